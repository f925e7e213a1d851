"""Payment terms: how the total of an order is cut into instalments."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from addons.sales.instalments import ACCEPTANCE, DELIVERY, ORDER
from core.api import ByGrant, Choice, LongText, Model, Part, Percent, _, field

EVENTS = {
    ORDER: _("The order is approved"),
    DELIVERY: _("The goods are delivered"),
    ACCEPTANCE: _("The goods are accepted"),
}

LONGEST_DAYS = 3650


class PaymentTerms(Model):
    """In which instalments customers pay, and when."""

    __tablename__ = "payment_terms"
    __title__ = _("Payment terms")
    __title_plural__ = _("Payment terms")
    __access__ = ByGrant()
    __icon__ = "calendar-dollar"
    __sort__ = "name"
    __parts__ = {
        "steps": Part("payment_terms_step", via="payment_terms_id", label=_("Instalments"), most=60),
    }

    name: Mapped[str] = field(
        String(100), label=_("Name of the terms"), required=True, unique=True, search=True, sort=True
    )
    is_active: Mapped[bool] = field(Boolean, label=_("In use"), required=True, default=True)
    note: Mapped[str | None] = field(LongText, label=_("Note"))


class PaymentTermsStep(Model):
    """One instalment of payment terms."""

    __tablename__ = "payment_terms_step"
    __title__ = _("Instalment of payment terms")
    __title_plural__ = _("Instalments of payment terms")
    __access__ = ByGrant()
    __icon__ = "list-numbers"
    __sort__ = "position"

    payment_terms_id: Mapped[int] = field(
        ForeignKey("payment_terms.id", ondelete="CASCADE"), label=_("Payment terms"), required=True
    )
    position: Mapped[int] = field(Integer, label=_("No."), required=True, readonly=True, sort=True, default=0)
    name: Mapped[str] = field(String(60), label=_("Instalment"), required=True)
    percent: Mapped[Decimal] = field(
        Percent,
        label=_("Percent of the total"),
        required=True,
        minimum=0,
        maximum=100,
        help=_("All instalments together are 100 percent."),
    )
    event: Mapped[str] = field(Choice(), label=_("Due once"), options=EVENTS, required=True, default=ORDER)
    days: Mapped[int] = field(
        Integer, label=_("Days after that"), required=True, minimum=0, maximum=LONGEST_DAYS, default=0
    )
    month_end: Mapped[bool] = field(
        Boolean,
        label=_("From the end of the month"),
        required=True,
        default=False,
        help=_("The days are counted from the last day of that month."),
    )
