"""Quotes, in revisions."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from addons.sales.models.document import (
    APPROVED,
    DRAFT,
    REASON,
    SUBMITTED,
    VOID,
    DocumentFields,
    LineFields,
    review,
)
from core.api import Choice, Follower, Follows, Model, Part, State, Transition, Workflow, _, field, pgettext

STATES = (
    DRAFT,
    SUBMITTED,
    APPROVED,
    State("sent", pgettext("document", "Sent"), tone="accent"),
    State("accepted", _("Accepted"), tone="positive"),
    State("ordered", _("Ordered"), tone="positive"),
    State("declined", _("Declined"), tone="negative", aside=True),
    State("expired", _("Expired"), tone="warning", aside=True),
    VOID,
)

TRANSITIONS = (
    *review(),
    Transition(
        "send",
        pgettext("document", "Mark as sent"),
        source=("approved", "sent"),
        target="sent",
        done=pgettext("document", "Sent"),
        icon="mail",
        is_primary=True,
    ),
    Transition(
        "accept",
        _("Customer accepts"),
        source=("approved", "sent"),
        target="accepted",
        done=_("Accepted"),
        icon="thumb-up",
        tone="positive",
        is_primary=True,
    ),
    Transition(
        "decline",
        _("Customer declines"),
        source=("approved", "sent"),
        target="declined",
        arguments=(REASON,),
        done=_("Declined"),
        icon="thumb-down",
        tone="negative",
    ),
    Transition(
        "order",
        _("Ordered"),
        source=("accepted",),
        target="ordered",
        done=_("Ordered"),
        icon="shopping-cart",
    ),
    Transition(
        "expire",
        pgettext("quote", "Expire"),
        source=("approved", "sent"),
        target="expired",
        done=_("Expired"),
        icon="clock-off",
    ),
    Transition(
        "void",
        pgettext("document", "Void"),
        source=("draft", "submitted", "approved", "sent", "accepted", "declined", "expired"),
        target="void",
        arguments=(REASON,),
        done=_("Voided"),
        icon="ban",
        tone="negative",
    ),
)


class Quote(Follower, DocumentFields, Model):
    """What a customer is offered. A revision is a quote of its own, which names the first one as its origin."""

    __tablename__ = "quote"
    __title__ = _("Quote")
    __title_plural__ = _("Quotes")
    __access__ = Follows("customer_id", owner="owner_id")
    __icon__ = "file-text"
    __sort__ = "-dated_on"
    __parts__ = {"lines": Part("quote_line", via="quote_id", label=_("Lines"))}
    __workflow__ = Workflow(
        "state",
        states=STATES,
        transitions=TRANSITIONS,
        locked=tuple(state.code for state in STATES if state.code != "draft"),
        open_fields=("note",),
    )

    number: Mapped[str | None] = field(
        String(30),
        label=_("Quote number"),
        template="Q-{yyyy}{mm}-{####}",
        number_at="submit",
        readonly=True,
        unique=True,
        search=True,
        sort=True,
    )
    customer_id: Mapped[int] = field(ForeignKey("customer.id"), label=_("Customer"), required=True, search=True)
    state: Mapped[str] = field(Choice(), label=_("State"), required=True, index=True)
    valid_until: Mapped[date | None] = field(
        Date,
        label=pgettext("quote", "Valid until"),
        sort=True,
        help=_("The last day on which the customer may accept it."),
    )
    revision: Mapped[int] = field(Integer, label=_("Revision"), required=True, readonly=True, default=1)
    origin_id: Mapped[int | None] = field(ForeignKey("quote.id"), label=_("First revision"), readonly=True)
    is_current: Mapped[bool] = field(
        Boolean, label=_("Latest revision"), required=True, readonly=True, default=True, history=False
    )
    order_id: Mapped[int | None] = field(
        ForeignKey("sales_order.id", use_alter=True), label=pgettext("document", "Order"), readonly=True
    )


class QuoteLine(Follower, LineFields, Model):
    """A line of a quote."""

    __tablename__ = "quote_line"
    __title__ = _("Quote line")
    __title_plural__ = _("Quote lines")
    __access__ = Follows("quote_id", owner="owner_id")
    __display__ = "description"
    __icon__ = "list-details"
    __sort__ = "position"

    quote_id: Mapped[int] = field(ForeignKey("quote.id", ondelete="CASCADE"), label=_("Quote"), required=True)
