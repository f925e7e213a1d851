"""What a loyalty programme knows of a customer, and every earning and spending of points."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, text
from sqlalchemy.orm import Mapped, relationship

from addons.customer.models import Customer
from core.api import Choice, Extension, Follower, Follows, Model, UTCDateTime, _, clock, field

TIERS = {"basic": _("Basic"), "silver": _("Silver"), "gold": _("Gold")}
SILVER, GOLD = 100, 1000
"""Points from which a customer has the tier."""


class Loyalty(Extension[Customer]):
    """What the programme knows of a customer: columns `loyalty_…` of its table."""

    points: Mapped[int | None] = field(
        Integer, label=_("Points"), sort=True, readonly=True, server_default=text("0"), default=0
    )
    tier: Mapped[str | None] = field(Choice(), label=_("Member tier"), options=TIERS, index=True, default="basic")
    number: Mapped[str | None] = field(
        String(20), label=_("Member number"), template="L{####}", readonly=True, unique=True, search=True
    )
    card: Mapped[str | None] = field(
        String(20), label=_("Card number"), help=_("As printed on the card."), unique=True, search=True
    )
    referrer_id: Mapped[int | None] = field(
        ForeignKey("customer.id", ondelete="SET NULL"),
        label=_("Brought by"),
        help=_("The customer who told them of us."),
    )
    referrer: Mapped[Customer | None] = relationship(Customer, foreign_keys=[referrer_id], remote_side=[Customer.id])

    @property
    def earned_tier(self) -> str:
        """The tier that the customer's points are enough for."""
        points = self.points or 0
        if points >= GOLD:
            return "gold"
        return "silver" if points >= SILVER else "basic"


class PointEntry(Follower, Model):
    """Points that a customer earned, or spent where they are negative."""

    __tablename__ = "loyalty_entry"
    __title__ = _("Point entry")
    __title_plural__ = _("Point entries")
    __access__ = Follows("customer_id")
    __display__ = "reason"
    __icon__ = "star"
    __sort__ = "-earned_at"

    customer_id: Mapped[int] = field(ForeignKey("customer.id", ondelete="CASCADE"), label=_("Customer"), required=True)
    points: Mapped[int] = field(Integer, label=_("Points"), required=True)
    reason: Mapped[str] = field(String(200), label=_("What for"), required=True, search=True)
    earned_at: Mapped[datetime] = field(UTCDateTime, label=_("When"), required=True, sort=True, default=clock.now)
