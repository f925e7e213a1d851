"""Requests to change an order that is approved."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, String
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
from core.api import Choice, Follower, Follows, LongText, Model, Part, Transition, Workflow, _, field, pgettext

STATES = (DRAFT, SUBMITTED, APPROVED, VOID)

TRANSITIONS = (
    *review(),
    Transition(
        "void",
        pgettext("document", "Void"),
        source=("draft", "submitted"),
        target="void",
        arguments=(REASON,),
        done=_("Voided"),
        icon="ban",
        tone="negative",
    ),
)


class OrderChange(Follower, DocumentFields, Model):
    """An order as it shall be. Once that is approved it is written over the order."""

    __tablename__ = "order_change"
    __title__ = _("Change of an order")
    __title_plural__ = _("Changes of orders")
    __access__ = Follows("order_id", owner="owner_id")
    __icon__ = "replace"
    __sort__ = "-dated_on"
    __parts__ = {"lines": Part("order_change_line", via="order_change_id", label=_("Lines"))}
    __workflow__ = Workflow(
        "state",
        states=STATES,
        transitions=TRANSITIONS,
        locked=("submitted", "approved", "void"),
        open_fields=("note",),
    )

    number: Mapped[str | None] = field(
        String(30),
        label=_("Number of the change"),
        template="OC-{yyyy}{mm}-{####}",
        number_at="submit",
        readonly=True,
        unique=True,
        search=True,
        sort=True,
    )
    order_id: Mapped[int] = field(
        ForeignKey("sales_order.id", ondelete="CASCADE"), label=pgettext("document", "Order"), required=True
    )
    customer_id: Mapped[int] = field(
        ForeignKey("customer.id"), label=_("Customer"), required=True, search=True, readonly=True
    )
    state: Mapped[str] = field(Choice(), label=_("State"), required=True, index=True)
    promised_on: Mapped[date | None] = field(Date, label=_("Promised on"))
    reason: Mapped[str] = field(LongText, label=_("Why the order changes"), required=True)


class OrderChangeLine(Follower, LineFields, Model):
    """A line of an order as it shall be."""

    __tablename__ = "order_change_line"
    __title__ = _("Line of a changed order")
    __title_plural__ = _("Lines of changed orders")
    __access__ = Follows("order_change_id", owner="owner_id")
    __display__ = "description"
    __icon__ = "list-details"
    __sort__ = "position"

    order_change_id: Mapped[int] = field(
        ForeignKey("order_change.id", ondelete="CASCADE"), label=_("Change of an order"), required=True
    )
