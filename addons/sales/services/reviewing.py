"""What stands in the way of documents on their way through their review and after, and what happens on it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from addons.sales.models import Order, OrderChange, Quote
from addons.sales.services.discounts import DiscountLimits
from addons.sales.services.order_changes import OrderChanges
from addons.sales.services.orders import CHANGEABLE, Orders
from addons.sales.services.quotes import Quotes
from addons.sales.services.settings import SalesSettings
from core.api import Env, Text, WorkflowPart, _

SUPERSEDED = _("There is a later revision of this quote.")


def is_complete(env: Env, document: Any) -> Text | None:
    """A document without lines says nothing."""
    if isinstance(document, Quote):
        if (reason := is_latest(env, document)) is not None:
            return reason
        if document.valid_until is not None and document.valid_until < env.service(Quotes).today:
            return _("The day until which the quote is valid has passed.")
    return None if env.parts(document, "lines") else _("Please add at least one line first.")


def may_approve(env: Env, document: Any) -> Text | None:
    """Nobody approves what they have submitted, nor more of a discount than they may."""
    if env.user_id is None or env.workflow.is_completing(document):
        # Where a flow has decided, its own rules have been asked.
        return None
    if document.submitted_by_id == env.user_id and not env.service(SalesSettings).values()["self_approval"]:
        return _("You have submitted this yourself. Somebody else approves it.")
    return env.service(DiscountLimits).refusal(document.highest_discount, submitted_by=document.submitted_by_id)


def is_latest(env: Env, quote: Quote) -> Text | None:
    """Only the latest revision goes on."""
    return None if quote.is_current else SUPERSEDED


def may_be_accepted(env: Env, quote: Quote) -> Text | None:
    """A quote is accepted while it is valid."""
    if quote.valid_until is not None and quote.valid_until < env.service(Quotes).today:
        return _("This quote has expired. Revise it to offer it anew.")
    return is_latest(env, quote)


def has_expired(env: Env, quote: Quote) -> Text | None:
    """A quote expires once its last day has passed."""
    if quote.valid_until is not None and quote.valid_until < env.service(Quotes).today:
        return None
    return _("The last day of the quote has not passed yet.")


def has_order(env: Env, quote: Quote) -> Text | None:
    """Ordered is what has been converted."""
    return None if quote.order_id is not None else _("Convert the quote into an order.")


def may_change(env: Env, change: OrderChange) -> Text | None:
    """The order can still be changed, and stays worth what was received for it."""
    with env.system("the order that is to change") as session:
        order = session.scalars(select(Order).where(Order.id == change.order_id)).one()
    if order.state not in CHANGEABLE:
        return _("Only an order that is approved and not done yet is changed by a request.")
    if change.total < order.received_total + order.credited_total:
        return _("The total cannot be less than what was received and credited already.")
    return None


def is_complete_change(env: Env, change: OrderChange) -> Text | None:
    """A request has lines, and its order can be changed."""
    return is_complete(env, change) or may_change(env, change)


def may_approve_change(env: Env, change: OrderChange) -> Text | None:
    """As for every document; and its order can be changed."""
    return may_change(env, change) or may_approve(env, change)


def fix(env: Env, document: Any) -> None:
    """Exchange rate and submitter stay as they are now."""
    env.service(_SERVICES[type(document)]).fix(document)


def note_approver(env: Env, document: Any, **arguments: Any) -> None:
    """Who has approved it stands on it."""
    document.approved_by_id = env.user_id


def win(env: Env, order: Order) -> None:
    """Whoever has an approved order has bought."""
    note_approver(env, order)
    env.service(Orders).win(order)


def write_over(env: Env, change: OrderChange) -> None:
    """The order is as it was approved to be."""
    note_approver(env, change)
    env.service(OrderChanges).write(change)


_SERVICES: dict[type[Any], Any] = {Quote: Quotes, Order: Orders, OrderChange: OrderChanges}

REVIEWING = [
    WorkflowPart(
        Quote,
        guards={
            "submit": is_complete,
            "approve": may_approve,
            "send": is_latest,
            "accept": may_be_accepted,
            "decline": is_latest,
            "expire": has_expired,
            "order": has_order,
            "void": is_latest,
        },
        effects={"submit": fix, "approve": note_approver},
    ),
    WorkflowPart(
        Order,
        guards={"submit": is_complete, "approve": may_approve},
        effects={"submit": fix, "approve": win},
    ),
    WorkflowPart(
        OrderChange,
        guards={"submit": is_complete_change, "approve": may_approve_change},
        effects={"submit": fix, "approve": write_over},
    ),
]
