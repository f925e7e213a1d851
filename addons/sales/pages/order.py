"""The pages of orders, and of requests to change them."""

from __future__ import annotations

from addons.sales.models import Order, OrderChange, OrderLine
from addons.sales.models.document import REASON
from addons.sales.pages.shared import AMOUNTS, LINES, NOTE, TERMS, before_submitting, to_decide
from addons.sales.services import Orders
from addons.sales.services.orders import CHANGEABLE
from core.api import (
    Action,
    AnalysisPage,
    BoardPage,
    CalendarPage,
    DetailPage,
    Env,
    FormPage,
    ListPage,
    Made,
    Notice,
    Remedy,
    Section,
    Tab,
    Text,
    _,
    files_tab,
    pgettext,
)


def _change(env: Env, order: Order, *, reason: str) -> Made:
    change = env.service(Orders).change(order, reason=reason)
    return Made(change, f"/order_change/{change.id}/edit")


def _to_submit(env: Env, document: Order | OrderChange) -> Text | None:
    if document.state != "draft":
        return None
    if not env.parts(document, "lines"):
        return _("There are no lines yet. Add what is sold.")
    return before_submitting(env, document)


def _to_start(env: Env, order: Order) -> Text | None:
    return _("Approved. Start it when the work begins.") if order.state == "approved" else None


def _late(env: Env, order: Order) -> Text | None:
    if order.state not in CHANGEABLE or order.promised_on is None or order.promised_on >= env.today:
        return None
    return _("The day that was promised has passed.")


SUBMIT = Remedy(label=pgettext("document", "Submit"), action="submit")
APPROVE = Remedy(label=_("Approve"), action="approve")

ORDER = [
    ListPage(
        model=Order,
        columns=("name", "number", "customer_id", "state", "total", "outstanding_total", "owner_id", "dated_on"),
        filters=(
            "state",
            "customer_id",
            "owner_id",
            "dated_on",
            "promised_on",
            "total",
            "highest_discount",
            "opportunity_id",
            "invoice_number",
            "customer.level",
        ),
        quick_filters={
            "mine": (_("Mine"), ("owner_id:is:me",)),
            "review": (_("Under review"), ("state:is:submitted",)),
            "running": (pgettext("orders", "Running"), ("state:in:approved|in_progress",)),
            "late": (pgettext("orders", "Late"), ("state:in:approved|in_progress", "promised_on:lt:today")),
        },
        card=("customer_id", "total"),
        sort="-dated_on",
        empty=_("Here are the orders of your customers. Convert a quote that was accepted, or write one."),
    ),
    BoardPage(model=Order, card=("customer_id", "total", "promised_on", "owner_id"), sum="total"),
    CalendarPage(model=Order, at="promised_on", also=("dated_on",), colour="state"),
    AnalysisPage(model=Order, by=("state", "owner_id", "dated_on")),
    FormPage(
        model=Order,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=(
                    "name",
                    "customer_id",
                    "contact_id",
                    "opportunity_id",
                    "dated_on",
                    "promised_on",
                    "owner_id",
                ),
            ),
            LINES,
            TERMS,
            Section(
                key="invoice",
                label=pgettext("document", "Invoice"),
                fields=("invoice_number", "invoiced_on"),
            ),
            NOTE,
        ),
    ),
    DetailPage(
        model=Order,
        number="number",
        pills=("state",),
        header=("customer_id", "total", "outstanding_total", "promised_on", "owner_id"),
        side=(
            Section(
                key="facts",
                label=_("Key facts"),
                fields=(
                    "customer_id",
                    "contact_id",
                    "opportunity_id",
                    "quote_id",
                    "dated_on",
                    "promised_on",
                    "invoice_number",
                    "invoiced_on",
                ),
            ),
            Section(key="amounts", label=pgettext("document", "Amounts"), fields=AMOUNTS),
            Section(key="review", label=_("Review"), fields=("submitted_by_id", "approved_by_id")),
        ),
        copy=True,
    ),
    Tab(
        place="order.detail.tabs",
        key="changes",
        label=pgettext("order", "Changes"),
        children=OrderChange,
        via="order_id",
        columns=("name", "number", "state", "total", "reason", "dated_on"),
    ),
    files_tab("order.detail.tabs"),
    Action(
        key="change",
        model=Order,
        label=_("Request a change"),
        icon="replace",
        run=_change,
        makes=OrderChange,
        grant="edit",
        arguments=(REASON,),
        when=lambda env, order: env.actor.may("order_change", "create") and order.state in CHANGEABLE,
    ),
    Notice(place="order.detail", key="submit", text=_to_submit, fields=("state",), remedy=SUBMIT),
    Notice(place="order.detail", key="decide", text=to_decide, fields=("state",), remedy=APPROVE),
    Notice(
        place="order.detail",
        key="start",
        text=_to_start,
        fields=("state",),
        remedy=Remedy(label=pgettext("document", "Start"), action="start"),
    ),
    Notice(place="order.detail", key="late", text=_late, fields=("state", "promised_on")),
    ListPage(
        model=OrderLine,
        columns=("description", "order_id", "product_id", "quantity", "unit_price", "discount_percent", "net_amount"),
        filters=("product_id", "order_id", "order.state", "order.dated_on", "tax_kind"),
        sort="position",
    ),
]

ORDER_CHANGE = [
    ListPage(
        model=OrderChange,
        columns=("name", "number", "order_id", "state", "total", "reason", "dated_on", "owner_id"),
        filters=("state", "order_id", "owner_id", "dated_on"),
        card=("order_id", "total"),
        sort="-dated_on",
        empty=_("Here are the requests to change orders. “Request a change” on an approved order makes one."),
    ),
    FormPage(
        model=OrderChange,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=("order_id", "reason", "name", "contact_id", "promised_on", "dated_on"),
            ),
            LINES,
            Section(
                key="terms",
                label=pgettext("document", "Discount and terms"),
                fields=("discount_percent", "discount_amount", "tax_mode", "delivery", "terms"),
            ),
            NOTE,
        ),
    ),
    DetailPage(
        model=OrderChange,
        number="number",
        pills=("state",),
        header=("order_id", "customer_id", "total", "owner_id"),
        side=(
            Section(key="facts", label=_("Key facts"), fields=("order_id", "reason", "promised_on", "submitted_by_id")),
            Section(key="amounts", label=pgettext("document", "Amounts"), fields=AMOUNTS),
        ),
    ),
    Notice(place="order_change.detail", key="submit", text=_to_submit, fields=("state",), remedy=SUBMIT),
    Notice(place="order_change.detail", key="decide", text=to_decide, fields=("state",), remedy=APPROVE),
]
