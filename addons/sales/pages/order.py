"""The pages of orders."""

from __future__ import annotations

from addons.sales.models import Order
from core.api import BoardPage, DetailPage, FormPage, ListPage, Section, _

ORDER = [
    ListPage(
        model=Order,
        columns=("name", "number", "customer_id", "state", "total", "outstanding_total", "owner_id", "dated_on"),
        filters=("state", "customer_id", "owner_id", "dated_on", "total"),
        card=("state", "total"),
        sort="-dated_on",
        empty=_("Here are the orders of your customers. Convert a quote that was accepted, or write one."),
    ),
    BoardPage(model=Order, card=("customer_id", "total", "promised_on"), sum="total"),
    FormPage(
        model=Order,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=("name", "customer_id", "contact_id", "owner_id", "dated_on", "promised_on"),
            ),
            Section(key="note", label=_("Note"), fields=("note",)),
        ),
    ),
    DetailPage(
        model=Order,
        number="number",
        pills=("state",),
        header=("customer_id", "total", "outstanding_total"),
        side=(Section(key="facts", label=_("Key facts"), fields=("total", "promised_on", "owner_id")),),
    ),
]
