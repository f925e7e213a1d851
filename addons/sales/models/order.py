"""Orders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from addons.sales.invoice import check_invoice_number
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
from core.api import (
    Choice,
    Follower,
    Follows,
    Model,
    Money,
    Part,
    State,
    Transition,
    Workflow,
    _,
    field,
    pgettext,
)

STATES = (
    DRAFT,
    SUBMITTED,
    APPROVED,
    State("in_progress", _("In progress"), tone="accent"),
    State("done", pgettext("document", "Done"), tone="positive"),
    VOID,
)

TRANSITIONS = (
    *review(),
    Transition(
        "start",
        pgettext("document", "Start"),
        source=("approved",),
        target="in_progress",
        done=_("Started"),
        icon="player-play",
        is_primary=True,
        bulk=True,
    ),
    Transition(
        "finish",
        pgettext("document", "Finish"),
        source=("in_progress",),
        target="done",
        done=_("Finished"),
        icon="checks",
        is_primary=True,
        bulk=True,
    ),
    Transition(
        "void",
        pgettext("document", "Void"),
        source=("draft", "submitted", "approved", "in_progress", "done"),
        target="void",
        grant="approve",
        arguments=(REASON,),
        done=_("Voided"),
        icon="ban",
        tone="negative",
    ),
)


class Order(Follower, DocumentFields, Model):
    """What a customer has bought. How much of it is paid follows from the receipts."""

    __tablename__ = "sales_order"
    __key__ = "order"
    __title__ = pgettext("document", "Order")
    __title_plural__ = _("Orders")
    __access__ = Follows("customer_id", owner="owner_id")
    __icon__ = "shopping-cart"
    __sort__ = "-dated_on"
    __parts__ = {"lines": Part("order_line", via="order_id", label=_("Lines"))}
    __workflow__ = Workflow(
        "state",
        states=STATES,
        transitions=TRANSITIONS,
        locked=tuple(state.code for state in STATES if state.code != "draft"),
        open_fields=("note", "invoice_number", "invoiced_on", "contract_id"),
    )

    number: Mapped[str | None] = field(
        String(30),
        label=_("Order number"),
        template="SO-{yyyy}{mm}-{####}",
        number_at="submit",
        readonly=True,
        unique=True,
        search=True,
        sort=True,
    )
    customer_id: Mapped[int] = field(ForeignKey("customer.id"), label=_("Customer"), required=True, search=True)
    state: Mapped[str] = field(Choice(), label=_("State"), required=True, index=True)
    quote_id: Mapped[int | None] = field(ForeignKey("quote.id"), label=_("Quote"), readonly=True, unique=True)
    """The quote that was converted: no quote makes two orders, whoever converts it at the same time."""
    promised_on: Mapped[date | None] = field(Date, label=_("Promised on"))
    contract_id: Mapped[int | None] = field(ForeignKey("contract.id"), label=_("Contract"))
    invoice_number: Mapped[str | None] = field(
        String(20), label=_("Invoice number"), search=True, check=check_invoice_number
    )
    invoiced_on: Mapped[date | None] = field(Date, label=_("Invoice date"))
    received_total: Mapped[Decimal] = field(
        Money,
        currency="currency_id",
        label=_("Received"),
        required=True,
        readonly=True,
        default=Decimal(0),
        history=False,
    )
    credited_total: Mapped[Decimal] = field(
        Money,
        currency="currency_id",
        label=_("Credited"),
        required=True,
        readonly=True,
        default=Decimal(0),
        history=False,
    )
    outstanding_total: Mapped[Decimal] = field(
        Money,
        currency="currency_id",
        label=_("Outstanding"),
        required=True,
        readonly=True,
        default=Decimal(0),
        history=False,
    )
    instalments: Mapped[int] = field(
        Integer, label=_("Instalments"), required=True, readonly=True, default=0, history=False
    )
    instalments_paid: Mapped[int] = field(
        Integer, label=_("Instalments paid"), required=True, readonly=True, default=0, history=False
    )
    next_due_on: Mapped[date | None] = field(
        Date, label=_("Next due on"), readonly=True, sort=True, due=True, history=False
    )


class OrderLine(Follower, LineFields, Model):
    """A line of an order."""

    __tablename__ = "order_line"
    __title__ = _("Order line")
    __title_plural__ = _("Order lines")
    __access__ = Follows("order_id", owner="owner_id")
    __display__ = "description"
    __icon__ = "list-details"
    __sort__ = "position"

    order_id: Mapped[int] = field(
        ForeignKey("sales_order.id", ondelete="CASCADE"), label=pgettext("document", "Order"), required=True
    )
