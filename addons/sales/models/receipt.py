"""Money that came in, and the receivables that it pays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from addons.sales.models.receivable import SMALLEST
from addons.sales.models.settlement import settling
from core.api import Choice, Follower, Follows, LongText, Model, Money, Part, Rate, _, field, pgettext

TRANSFER, CHEQUE, CASH, CARD = "transfer", "cheque", "cash", "card"

METHODS = {TRANSFER: _("Bank transfer"), CHEQUE: _("Cheque"), CASH: _("Cash"), CARD: _("Card")}


class Receipt(Follower, Model):
    """Money of one customer in one currency. What is not allocated to receivables is prepaid: 預收款."""

    __tablename__ = "receipt"
    __title__ = _("Receipt")
    __title_plural__ = _("Receipts")
    __access__ = Follows("customer_id", owner="owner_id")
    __display__ = "number"
    __icon__ = "cash"
    __sort__ = "-received_on"
    __parts__ = {"allocations": Part("receipt_allocation", via="receipt_id", label=_("Allocations"), most=200)}
    __workflow__ = settling("reference")

    number: Mapped[str | None] = field(
        String(30),
        label=_("Receipt number"),
        template="RC-{yyyy}{mm}-{####}",
        number_at="submit",
        readonly=True,
        unique=True,
        search=True,
        sort=True,
    )
    customer_id: Mapped[int] = field(ForeignKey("customer.id"), label=_("Customer"), required=True)
    customer_name: Mapped[str | None] = field(
        String(200), label=_("Customer name"), readonly=True, search=True, history=False
    )
    """As the customer is called: who looks after the money need not be able to open the customer."""
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Owner"))
    state: Mapped[str] = field(Choice(), label=_("State"), required=True, index=True)
    received_on: Mapped[date] = field(Date, label=pgettext("money", "Received on"), required=True, sort=True)
    currency_id: Mapped[int] = field(ForeignKey("currency.id"), label=_("Currency"), required=True)
    rate: Mapped[Decimal] = field(
        Rate,
        label=_("Exchange rate"),
        required=True,
        readonly=True,
        default=Decimal(1),
        help=_("What one unit is worth in the company's currency; it stays as it was at submission."),
    )
    amount: Mapped[Decimal] = field(
        Money, currency="currency_id", label=_("Amount"), required=True, minimum=SMALLEST, sort=True
    )
    method: Mapped[str] = field(Choice(), label=_("Payment method"), options=METHODS, required=True, default=TRANSFER)
    reference: Mapped[str | None] = field(
        String(60), label=_("Payment reference"), search=True, help=_("The last digits of the account, or of the card.")
    )
    cheque_number: Mapped[str | None] = field(String(30), label=_("Cheque number"), search=True)
    cheque_due_on: Mapped[date | None] = field(Date, label=_("Cheque due on"), sort=True)
    allocated_total: Mapped[Decimal] = field(
        Money,
        currency="currency_id",
        label=_("Allocated"),
        required=True,
        readonly=True,
        default=Decimal(0),
        history=False,
    )
    unallocated_total: Mapped[Decimal] = field(
        Money,
        currency="currency_id",
        label=_("Prepaid"),
        required=True,
        readonly=True,
        default=Decimal(0),
        history=False,
    )
    """What is not allocated yet; of a receipt that is void nothing is."""
    submitted_by_id: Mapped[int | None] = field(
        ForeignKey("core_user.id"), label=pgettext("document", "Submitted by"), readonly=True, history=False
    )
    note: Mapped[str | None] = field(LongText, label=_("Note"))


class ReceiptAllocation(Follower, Model):
    """The part of a receipt that pays a receivable. It counts while the receipt is approved."""

    __tablename__ = "receipt_allocation"
    __title__ = _("Allocation of a receipt")
    __title_plural__ = _("Allocations of receipts")
    __access__ = Follows("receipt_id", owner="owner_id")
    __display__ = "amount"
    __icon__ = "arrows-split"
    __sort__ = "position"

    receipt_id: Mapped[int] = field(ForeignKey("receipt.id", ondelete="CASCADE"), label=_("Receipt"), required=True)
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Owner"), readonly=True, history=False)
    position: Mapped[int] = field(Integer, label=_("No."), required=True, readonly=True, sort=True, default=0)
    receivable_id: Mapped[int] = field(ForeignKey("receivable.id"), label=_("Receivable"), required=True)
    amount: Mapped[Decimal] = field(
        Money, currency="receivable_id.currency_id", label=_("Amount"), required=True, minimum=SMALLEST
    )
