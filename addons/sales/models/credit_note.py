"""Returns and allowances: what customers need not pay after all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from addons.sales.invoice import check_invoice_number
from addons.sales.models.receivable import SMALLEST
from addons.sales.models.settlement import settling
from core.api import Choice, Follower, Follows, LongText, Model, Money, Part, _, field, pgettext

KINDS = {"return": _("Return"), "allowance": _("Allowance")}


class CreditNote(Follower, Model):
    """What an order costs less after all. It takes nothing of what was received."""

    __tablename__ = "credit_note"
    __title__ = _("Credit note")
    __title_plural__ = _("Credit notes")
    __access__ = Follows("customer_id", owner="owner_id")
    __display__ = "number"
    __icon__ = "receipt-refund"
    __sort__ = "-dated_on"
    __parts__ = {
        "allocations": Part("credit_note_allocation", via="credit_note_id", label=_("Receivables"), most=200),
    }
    __workflow__ = settling("certificate_number", "certified_on")

    number: Mapped[str | None] = field(
        String(30),
        label=_("Number of the credit note"),
        template="CN-{yyyy}{mm}-{####}",
        number_at="submit",
        readonly=True,
        unique=True,
        search=True,
        sort=True,
    )
    order_id: Mapped[int] = field(ForeignKey("sales_order.id"), label=pgettext("document", "Order"), required=True)
    customer_id: Mapped[int] = field(
        ForeignKey("customer.id"), label=_("Customer"), required=True, search=True, readonly=True
    )
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Owner"))
    state: Mapped[str] = field(Choice(), label=_("State"), required=True, index=True)
    kind: Mapped[str] = field(
        Choice(), label=_("Return or allowance"), options=KINDS, required=True, default="allowance", index=True
    )
    dated_on: Mapped[date] = field(Date, label=pgettext("document", "Date"), required=True, sort=True)
    currency_id: Mapped[int] = field(ForeignKey("currency.id"), label=_("Currency"), required=True, readonly=True)
    amount: Mapped[Decimal] = field(
        Money,
        currency="currency_id",
        label=_("Amount"),
        required=True,
        minimum=SMALLEST,
        sort=True,
        help=_("With tax."),
    )
    reason: Mapped[str] = field(LongText, label=_("Reason"), required=True)
    invoice_number: Mapped[str | None] = field(
        String(20), label=_("Invoice number"), search=True, check=check_invoice_number
    )
    certificate_number: Mapped[str | None] = field(String(30), label=_("Certificate number"), search=True)
    """Of the 銷貨退回、進貨退出或折讓證明單 that goes with the invoice."""
    certified_on: Mapped[date | None] = field(Date, label=_("Date of the certificate"))
    submitted_by_id: Mapped[int | None] = field(
        ForeignKey("core_user.id"), label=pgettext("document", "Submitted by"), readonly=True, history=False
    )
    note: Mapped[str | None] = field(LongText, label=_("Note"))


class CreditNoteAllocation(Follower, Model):
    """The part of a credit note by which a receivable shrinks. It counts while the credit note is approved."""

    __tablename__ = "credit_note_allocation"
    __title__ = _("Allocation of a credit note")
    __title_plural__ = _("Allocations of credit notes")
    __access__ = Follows("credit_note_id", owner="owner_id")
    __display__ = "amount"
    __icon__ = "arrows-split"
    __sort__ = "position"

    credit_note_id: Mapped[int] = field(
        ForeignKey("credit_note.id", ondelete="CASCADE"), label=_("Credit note"), required=True
    )
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Owner"), readonly=True, history=False)
    position: Mapped[int] = field(Integer, label=_("No."), required=True, readonly=True, sort=True, default=0)
    receivable_id: Mapped[int] = field(ForeignKey("receivable.id"), label=_("Receivable"), required=True)
    amount: Mapped[Decimal] = field(
        Money, currency="receivable_id.currency_id", label=_("Amount"), required=True, minimum=SMALLEST
    )
