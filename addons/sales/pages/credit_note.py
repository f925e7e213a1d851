"""The pages of credit notes."""

from __future__ import annotations

from addons.sales.models import CreditNote
from core.api import DetailPage, FormPage, Lines, ListPage, Section, _, files_tab

CREDIT_NOTE = [
    ListPage(
        model=CreditNote,
        columns=("number", "customer_id", "order_id", "kind", "state", "amount", "dated_on", "certificate_number"),
        filters=("state", "kind", "customer_id", "order_id", "owner_id", "dated_on", "amount"),
        quick_filters={"waiting": (_("To approve"), ("state:is:submitted",))},
        card=("customer_id", "amount"),
        sort="-dated_on",
        empty=_("Here are returns and allowances. Each makes an order cost less."),
    ),
    FormPage(
        model=CreditNote,
        sections=(
            Section(key="main", label=_("Basic data"), fields=("order_id", "kind", "dated_on", "amount", "reason")),
            Section(
                key="certificate",
                label=_("Invoice and certificate"),
                fields=("invoice_number", "certificate_number", "certified_on"),
            ),
            Lines(part="allocations", columns=("receivable_id", "amount")),
            Section(key="note", label=_("Note"), fields=("note",)),
        ),
    ),
    DetailPage(
        model=CreditNote,
        pills=("state", "kind"),
        header=("customer_id", "order_id", "amount", "dated_on"),
        side=(
            Section(key="facts", label=_("Key facts"), fields=("amount", "currency_id", "reason", "owner_id", "note")),
            Section(
                key="certificate",
                label=_("Invoice and certificate"),
                fields=("invoice_number", "certificate_number", "certified_on"),
            ),
        ),
    ),
    files_tab("credit_note.detail.tabs"),
]
