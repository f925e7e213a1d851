"""The pages of quotes."""

from __future__ import annotations

from addons.sales.models import Quote
from core.api import BoardPage, DetailPage, FormPage, ListPage, Section, _

QUOTE = [
    ListPage(
        model=Quote,
        columns=("name", "number", "customer_id", "state", "total", "valid_until", "owner_id", "dated_on"),
        filters=("state", "customer_id", "owner_id", "dated_on", "valid_until", "total"),
        card=("state", "total"),
        sort="-dated_on",
        empty=_("Here are the offers that you make to customers. Write the first one."),
    ),
    BoardPage(model=Quote, card=("customer_id", "total", "valid_until"), sum="total"),
    FormPage(
        model=Quote,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=("name", "customer_id", "contact_id", "owner_id", "dated_on", "valid_until"),
            ),
            Section(key="note", label=_("Note"), fields=("note",)),
        ),
    ),
    DetailPage(
        model=Quote,
        number="number",
        pills=("state",),
        header=("customer_id", "total", "valid_until"),
        side=(Section(key="facts", label=_("Key facts"), fields=("total", "valid_until", "owner_id")),),
    ),
]
