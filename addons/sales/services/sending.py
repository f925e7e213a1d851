"""What stands on the papers of sales beside their fields, and what goes with them by e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from addons.customer.models import Contact, Customer
from addons.product.models import TAX_KINDS
from addons.sales.amounts import NOTHING, Document, Line, amounts_of
from addons.sales.capitals import in_capitals
from addons.sales.models import Currency
from core.api import Env, FieldLevel, MailDraft, Model, NotFound, _

VOID, DRAFT, INCLUSIVE = "void", "draft", "inclusive"
_CLOSED = (FieldLevel.HIDDEN, FieldLevel.MASKED)


def of_document(env: Env, record: Any) -> dict[str, Any]:
    """What the paper of a quote or an order says beside its fields."""
    shows_total = _sees(env, record, "total")
    return _of(env, record, record.total if shows_total else None) | {
        "taxes": _taxes(env, record) if shows_total and _sees(env, record, "tax_total") else [],
        "inclusive": record.tax_mode == INCLUSIVE,
        "revision": getattr(record, "revision", 1),
    }


def of_receipt(env: Env, receipt: Any) -> dict[str, Any]:
    """What the paper of a receipt says beside its fields."""
    return _of(env, receipt, receipt.amount if _sees(env, receipt, "amount") else None)


def draft(env: Env, record: Any) -> MailDraft:
    """The message that a document goes out with, for whoever it is addressed to."""
    known, company = _addresses(env, record), str(env.setting("company.name") or "")
    told = {"document": record.__title__, "number": record.number or "", "company": company}
    subject = _("{document} {number} from {company}", **told)
    text = _(
        "Dear Sir or Madam,\n\nPlease find attached our {document} {number}.\n\nYours sincerely,\n{name}\n{company}",
        **told,
        name=env.actor.name,
    )
    return MailDraft(known=known, to=list(known)[:1], subject=str(subject).strip(), text=str(text).strip())


def sent(env: Env, quote: Any) -> None:
    """A quote that has gone out is sent, as the workflow calls it; one that was accepted stays what it is."""
    if quote.state in ("approved", "sent"):
        env.workflow.perform(quote, "send")


def _of(env: Env, record: Any, amount: Decimal | None) -> dict[str, Any]:
    currency = env.get(Currency, record.currency_id)
    return {
        "currency": currency.code,
        "decimals": currency.decimals,
        "customer": _customer(env, record),
        "capitals": in_capitals(amount, currency.code, env.locale) if amount is not None else "",
        "bank": str(env.setting("company.bank_account") or ""),
        "mark": _mark(record),
    }


def _mark(record: Any) -> str:
    """What stands behind the text of what is not, or no longer, valid."""
    if record.state == VOID:
        return str(_("VOID"))
    return str(_("DRAFT")) if record.state in (DRAFT, "submitted") else ""


def _customer(env: Env, record: Any) -> dict[str, str]:
    """Whom the paper is for, as far as the reader may see it."""
    found = dict.fromkeys(("name", "tax_id", "contact", "phone", "email", "address"), "")
    customer = _got(env, Customer, record.customer_id)
    if customer is None:
        # Who looks after the money knows what the customer is called without being able to open it.
        name = getattr(record, "customer_name", None)
        return found | {"name": name if name and _sees(env, record, "customer_name") else ""}
    found |= _open(env, customer, ("name", "tax_id", "phone", "email", "address"))
    contact = _got(env, Contact, getattr(record, "contact_id", None))
    if contact is not None:
        own = _open(env, contact, ("name", "phone", "mobile", "email"))
        found["contact"] = own["name"]
        found["phone"] = own["phone"] or own["mobile"] or found["phone"]
        found["email"] = own["email"] or found["email"]
    return found


def _addresses(env: Env, record: Any) -> dict[str, str]:
    """Address → whose it is: the contact's first, then the customer's."""
    found: dict[str, str] = {}
    for one in (_got(env, Contact, getattr(record, "contact_id", None)), _got(env, Customer, record.customer_id)):
        if one is not None:
            own = _open(env, one, ("name", "email"))
            if own["email"]:
                found.setdefault(own["email"], own["name"])
    return found


def _got(env: Env, model: type[Model], id: int | None) -> Any:
    try:
        return env.get(model, id) if id is not None else None
    except NotFound:
        return None


def _open(env: Env, record: Model, names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(getattr(record, name) or "") if _sees(env, record, name) else "" for name in names}


def _sees(env: Env, record: Model, name: str) -> bool:
    return env.actor.field_level(record.key(), name) not in _CLOSED


def _taxes(env: Env, record: Any) -> list[dict[str, Any]]:
    """What is taxed in which kind, and the tax on it."""
    found = amounts_of(_document(env, record)).taxes
    rates: Mapping[str, Any] = dict(TAX_KINDS)
    rate = format(Decimal(record.tax_rate).normalize(), "f")
    return [
        {
            "label": str(_("Tax {rate} %", rate=rate) if each.tax else rates.get(kind, kind)),
            "untaxed-label": str(_("Without tax ({kind})", kind=rates.get(kind, kind))),
            "untaxed": each.untaxed,
            "tax": each.tax,
        }
        for kind, each in sorted(found.items(), key=lambda pair: list(rates).index(pair[0]))
    ]


def _document(env: Env, record: Any) -> Document:
    lines = [
        Line(line.quantity, line.unit_price, line.discount_percent or NOTHING, line.tax_kind, line.list_price)
        for line in env.parts(record, "lines")
    ]
    return Document(
        lines,
        decimals=env.get(Currency, record.currency_id).decimals,
        tax_mode=record.tax_mode,
        tax_rate=record.tax_rate,
        discount_percent=record.discount_percent or NOTHING,
        discount_amount=record.discount_amount or NOTHING,
    )
