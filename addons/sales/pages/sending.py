"""The papers of sales, and how they go out."""

from __future__ import annotations

from typing import Any

from addons.sales.models import Order, Quote, Receipt
from addons.sales.services import sending
from core.api import Env, Mailing, PrintTemplate, Text, _, pgettext, sent_tab

LANGUAGES = ("zh_Hant_TW", "en")

_HEAD = {
    "number": pgettext("paper", "No."),
    "date": pgettext("paper", "Date"),
    "number-of-business": _("Unified business number"),
    "contact": _("Contact"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "address": _("Address"),
    "subject": _("Subject"),
    "our-contact": _("Our contact"),
    "currency": _("Currency"),
    "no": pgettext("paper", "#"),
    "item": _("Item"),
    "amount": _("Amount"),
    "capitals": _("Total in words"),
    "remarks": _("Remarks"),
    "bank": _("Bank account"),
}

_LINES = _HEAD | {
    "quantity": _("Quantity"),
    "unit": _("Unit"),
    "unit-price": _("Unit price"),
    "line-discount": _("Discount"),
    "tax-kind": _("Tax kind"),
    "subtotal": _("Sum of the lines"),
    "discount": _("Discount"),
    "total": _("Total"),
    "inclusive": _("Prices include tax."),
    "delivery": _("Delivery"),
    "payment-terms": _("Payment terms"),
    "signed-by-us": _("For us: signature and stamp"),
    "signed-by-customer": _("For the customer: signature, stamp and date"),
}

_QUOTE = _LINES | {
    "title": pgettext("paper", "Quotation"),
    "revision": _("Revision"),
    "valid-until": pgettext("quote", "Valid until"),
    "closing": _("Please sign and return this quotation to place your order."),
}

_ORDER = _LINES | {
    "title": pgettext("paper", "Sales order"),
    "promised-on": _("Promised on"),
    "quote-number": _("Quote"),
    "invoice": _("Invoice number"),
}

_RECEIPT = _HEAD | {
    "title": pgettext("paper", "Receipt"),
    "method": _("Payment method"),
    "reference": _("Payment reference"),
    "cheque-number": _("Cheque number"),
    "cheque-due": _("Cheque due on"),
    "received": _("Received with thanks"),
    "paid": _("Receivable"),
    "prepaid": _("Prepaid"),
    "total": _("Total"),
    "handled-by": _("Handled by"),
    "accountant": _("Accountant"),
    "company-stamp": _("Company's stamp"),
}


def _is_issued(env: Env, record: Any) -> bool:
    """What nobody has approved, or what is void, does not go out."""
    return record.state not in ("draft", "submitted", "void")


def _paper(model: type[Any], key: str, label: Text, words: dict[str, Text], more: Any) -> PrintTemplate:
    return PrintTemplate(
        model=model,
        key=key,
        label=label,
        source=f"{key}.typ",
        filename=_("{label} {number} {name}"),
        words=words,
        languages=LANGUAGES,
        more=more,
        before="record",
    )


SENDING = [
    _paper(Quote, "quote", pgettext("paper", "Quotation"), _QUOTE, sending.of_document),
    _paper(Order, "order", pgettext("paper", "Sales order"), _ORDER, sending.of_document),
    _paper(Receipt, "receipt", pgettext("paper", "Receipt"), _RECEIPT, sending.of_receipt),
    Mailing(model=Quote, draft=sending.draft, templates=("quote",), when=_is_issued, sent=sending.sent),
    Mailing(model=Order, draft=sending.draft, templates=("order",), when=_is_issued),
    Mailing(model=Receipt, draft=sending.draft, templates=("receipt",), when=_is_issued),
    sent_tab("quote.detail.tabs"),
    sent_tab("order.detail.tabs"),
    sent_tab("receipt.detail.tabs"),
]
