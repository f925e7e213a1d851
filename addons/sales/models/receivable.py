"""What customers owe for orders, in instalments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from addons.sales.invoice import check_invoice_number
from addons.sales.models.terms import EVENTS
from addons.sales.standing import NOT_DUE, OVERDUE, PAID, PARTIAL, VOID, Claim
from core.api import Choice, Follower, Follows, LongText, Model, Money, _, field, pgettext

SMALLEST = Decimal("0.0001")

STATES = {
    NOT_DUE: _("Not yet due"),
    PARTIAL: _("Partly received"),
    PAID: pgettext("receivable", "Paid"),
    OVERDUE: _("Overdue"),
    VOID: _("Void"),
}
STATE_TONES = {NOT_DUE: "neutral", PARTIAL: "accent", PAID: "positive", OVERDUE: "negative", VOID: "neutral"}


class Receivable(Follower, Model):
    """An instalment of an order. What is received of it follows from the receipts and credit notes that count."""

    __tablename__ = "receivable"
    __title__ = _("Receivable")
    __title_plural__ = _("Receivables")
    __access__ = Follows("customer_id", owner="owner_id")
    __icon__ = "coins"
    __sort__ = "due_on"

    name: Mapped[str] = field(
        String(40), label=_("Receivable"), required=True, readonly=True, search=True, sort=True, default=""
    )
    """The number of the order, and which of its instalments this is: SO-202611-0001/2."""
    customer_id: Mapped[int] = field(ForeignKey("customer.id"), label=_("Customer"), required=True, readonly=True)
    order_id: Mapped[int] = field(ForeignKey("sales_order.id"), label=pgettext("document", "Order"), required=True)
    customer_name: Mapped[str | None] = field(
        String(200), label=_("Customer name"), readonly=True, search=True, history=False
    )
    """As the customer is called: who looks after the money need not be able to open the customer."""
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Owner"))
    position: Mapped[int] = field(Integer, label=_("No."), required=True, readonly=True, default=0)
    label: Mapped[str | None] = field(String(60), label=_("Instalment"))
    event: Mapped[str | None] = field(Choice(), label=_("Due once"), options=EVENTS, readonly=True)
    currency_id: Mapped[int] = field(ForeignKey("currency.id"), label=_("Currency"), required=True, readonly=True)
    amount: Mapped[Decimal] = field(Money, currency="currency_id", label=_("Amount"), required=True, minimum=SMALLEST)
    due_on: Mapped[date | None] = field(
        Date, label=_("Due on"), sort=True, help=_("Empty until the day is known that the payment waits for.")
    )
    received: Mapped[Decimal] = field(
        Money,
        currency="currency_id",
        label=_("Received"),
        required=True,
        readonly=True,
        default=Decimal(0),
        history=False,
    )
    credited: Mapped[Decimal] = field(
        Money,
        currency="currency_id",
        label=_("Credited"),
        required=True,
        readonly=True,
        default=Decimal(0),
        history=False,
    )
    balance: Mapped[Decimal] = field(
        Money,
        currency="currency_id",
        label=_("Balance"),
        required=True,
        readonly=True,
        default=Decimal(0),
        history=False,
    )
    awaited_on: Mapped[date | None] = field(
        Date, label=_("Payment awaited"), readonly=True, sort=True, due=True, history=False
    )
    """The day on which it is due while anything is owed of it: what has passed is overdue, whoever looks when."""
    state: Mapped[str] = field(
        Choice(),
        label=_("State"),
        options=STATES,
        tones=STATE_TONES,
        required=True,
        readonly=True,
        default=NOT_DUE,
        index=True,
        history=False,
    )
    voided_on: Mapped[date | None] = field(Date, label=_("Voided on"), readonly=True)
    invoice_number: Mapped[str | None] = field(
        String(20), label=_("Invoice number"), search=True, check=check_invoice_number
    )
    invoiced_on: Mapped[date | None] = field(Date, label=_("Invoice date"))
    note: Mapped[str | None] = field(LongText, label=_("Note"))

    @property
    def claim(self) -> Claim:
        """The receivable as far as its standing goes."""
        return Claim(self.amount, self.received, self.credited, self.due_on, is_void=self.voided_on is not None)
