"""The pages of payment terms."""

from __future__ import annotations

from addons.sales.models import PaymentTerms
from core.api import DetailPage, FormPage, Lines, ListPage, Section, _

TERMS = [
    ListPage(
        model=PaymentTerms,
        columns=("name", "is_active", "note"),
        filters=("is_active",),
        card=("is_active", "note"),
        sort="name",
        empty=_("Here is in which instalments customers pay: a deposit, at delivery, at acceptance."),
    ),
    FormPage(
        model=PaymentTerms,
        sections=(
            Section(key="main", label=_("Basic data"), fields=("name", "is_active", "note")),
            Lines(part="steps", columns=("name", "percent", "event", "days", "month_end")),
        ),
    ),
    DetailPage(
        model=PaymentTerms,
        pills=("is_active",),
        header=("note",),
        side=(Section(key="facts", label=_("Key facts"), fields=("is_active", "note")),),
    ),
]
