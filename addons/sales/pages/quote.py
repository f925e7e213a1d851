"""The pages of quotes."""

from __future__ import annotations

from addons.sales.models import Order, Quote, QuoteLine
from addons.sales.pages.shared import AMOUNTS, LINES, NOTE, TERMS, before_submitting, to_decide
from addons.sales.services import Quotes
from core.api import (
    Action,
    AnalysisPage,
    BoardPage,
    CalendarPage,
    DetailPage,
    Env,
    FormPage,
    Hide,
    ListPage,
    Made,
    Notice,
    Remedy,
    Section,
    Tab,
    Text,
    _,
    files_tab,
    ngettext,
    pgettext,
)

SOON = 7
"""Days before its last one from which a quote is said to expire soon."""


def _revise(env: Env, quote: Quote) -> Made:
    return Made(env.service(Quotes).revise(quote))


def _convert(env: Env, quote: Quote) -> Made:
    return Made(env.service(Quotes).convert(quote))


def _superseded(env: Env, quote: Quote) -> Text | None:
    return None if quote.is_current else _("There is a later revision of this quote. This one stays as it was printed.")


def _to_submit(env: Env, quote: Quote) -> Text | None:
    if quote.state != "draft":
        return None
    if not env.parts(quote, "lines"):
        return _("There are no lines yet. Add what you offer.")
    return before_submitting(env, quote)


def _to_send(env: Env, quote: Quote) -> Text | None:
    return _("Approved. Send it to the customer.") if quote.state == "approved" and quote.is_current else None


def _to_convert(env: Env, quote: Quote) -> Text | None:
    return _("The customer has accepted. Convert it into an order.") if quote.state == "accepted" else None


def _ordered(env: Env, quote: Quote) -> Text | None:
    return _("This quote has become an order.") if quote.order_id is not None else None


def _to_revise(env: Env, quote: Quote) -> Text | None:
    if not quote.is_current:
        return None
    if quote.state == "expired":
        return _("This quote has expired. Revise it to offer it anew.")
    return _("The customer has declined. Revise it to make another offer.") if quote.state == "declined" else None


def _ends_soon(env: Env, quote: Quote) -> Text | None:
    if quote.state not in ("approved", "sent") or not quote.is_current or quote.valid_until is None:
        return None
    days = (quote.valid_until - env.today).days
    if not 0 <= days <= SOON:
        return None
    return ngettext("Expires in {count} day.", "Expires in {count} days.", days) if days else _("Expires today.")


def _latest(env: Env, quote: Quote) -> str:
    return f"/quote?view=none&filter=origin_id:is:{quote.origin_id or quote.id}&filter=is_current:is:yes"


def _order(env: Env, quote: Quote) -> str:
    may_see = quote.order_id is not None and env.ids_within(Order, {quote.order_id}, "read")
    return f"/order/{quote.order_id}" if may_see else ""


PLACE = "quote.detail"

QUOTE = [
    ListPage(
        model=Quote,
        columns=("name", "number", "customer_id", "state", "total", "valid_until", "owner_id", "dated_on", "revision"),
        filters=(
            "state",
            "is_current",
            "customer_id",
            "owner_id",
            "dated_on",
            "valid_until",
            "total",
            "highest_discount",
            "opportunity_id",
            "origin_id",
            "customer.level",
        ),
        quick_filters={
            "mine": (_("Mine"), ("owner_id:is:me", "is_current:is:yes")),
            "review": (_("Under review"), ("state:is:submitted",)),
            "out": (pgettext("quotes", "With the customer"), ("state:in:approved|sent", "is_current:is:yes")),
            "accepted": (pgettext("quotes", "To be converted"), ("state:is:accepted",)),
            "expired": (pgettext("quotes", "Expired"), ("state:is:expired", "is_current:is:yes")),
        },
        card=("customer_id", "total"),
        sort="-dated_on",
        empty=_("Here are the offers that you make to customers. Write the first one."),
    ),
    BoardPage(model=Quote, card=("customer_id", "total", "valid_until", "owner_id"), sum="total"),
    CalendarPage(model=Quote, at="valid_until", also=("dated_on",), colour="state"),
    AnalysisPage(model=Quote, by=("state", "owner_id", "dated_on")),
    FormPage(
        model=Quote,
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
                    "valid_until",
                    "owner_id",
                ),
            ),
            LINES,
            TERMS,
            NOTE,
        ),
    ),
    DetailPage(
        model=Quote,
        number="number",
        pills=("state",),
        header=("customer_id", "total", "valid_until", "revision", "owner_id"),
        side=(
            Section(
                key="facts",
                label=_("Key facts"),
                fields=(
                    "customer_id",
                    "contact_id",
                    "opportunity_id",
                    "dated_on",
                    "valid_until",
                    "payment_terms_id",
                    "order_id",
                ),
            ),
            Section(key="amounts", label=pgettext("document", "Amounts"), fields=AMOUNTS),
            Section(
                key="review",
                label=_("Review"),
                fields=("submitted_by_id", "approved_by_id", "revision", "origin_id"),
            ),
        ),
        copy=True,
    ),
    Tab(
        place="quote.detail.tabs",
        key="revisions",
        label=_("Revisions"),
        children=Quote,
        via="origin_id",
        columns=("name", "number", "revision", "state", "total", "dated_on"),
    ),
    files_tab("quote.detail.tabs"),
    Action(
        key="convert",
        model=Quote,
        label=_("Convert into an order"),
        icon="shopping-cart",
        run=_convert,
        makes=Order,
        grant="edit",
        when=lambda env, quote: env.actor.may("order", "create") and quote.state in ("accepted", "ordered"),
        done=_("This is the order of the quote."),
        is_primary=True,
    ),
    Action(
        key="revise",
        model=Quote,
        label=_("Revise"),
        icon="versions",
        run=_revise,
        makes=Quote,
        grant="edit",
        when=lambda env, quote: quote.state in ("approved", "sent", "declined", "expired"),
        done=_("This is the next revision."),
        is_primary=True,
    ),
    # Both follow from something else, and are no buttons.
    Hide(place="quote.actions", name="order"),
    Hide(place="quote.actions", name="expire"),
    Notice(
        place=PLACE,
        key="superseded",
        text=_superseded,
        fields=("is_current",),
        remedy=Remedy(label=_("Show the latest"), link=_latest),
    ),
    Notice(
        place=PLACE,
        key="submit",
        text=_to_submit,
        fields=("state",),
        remedy=Remedy(label=pgettext("document", "Submit"), action="submit"),
    ),
    Notice(
        place=PLACE,
        key="decide",
        text=to_decide,
        fields=("state",),
        remedy=Remedy(label=_("Approve"), action="approve"),
    ),
    Notice(
        place=PLACE,
        key="send",
        text=_to_send,
        fields=("state", "is_current"),
        remedy=Remedy(label=pgettext("document", "Send"), action="send"),
    ),
    Notice(place=PLACE, key="ends_soon", text=_ends_soon, fields=("state", "is_current", "valid_until")),
    Notice(
        place=PLACE,
        key="convert",
        text=_to_convert,
        fields=("state",),
        remedy=Remedy(label=_("Convert into an order"), action="convert"),
    ),
    Notice(
        place=PLACE,
        key="ordered",
        text=_ordered,
        fields=("order_id",),
        remedy=Remedy(label=_("Show the order"), link=_order),
    ),
    Notice(
        place=PLACE,
        key="revise",
        text=_to_revise,
        fields=("state", "is_current"),
        remedy=Remedy(label=_("Revise"), action="revise"),
    ),
    ListPage(
        model=QuoteLine,
        columns=("description", "quote_id", "product_id", "quantity", "unit_price", "discount_percent", "net_amount"),
        filters=("product_id", "quote_id", "quote.state", "quote.dated_on", "tax_kind"),
        sort="position",
    ),
]
