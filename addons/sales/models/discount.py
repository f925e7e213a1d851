"""How much who may take off the price."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from core.api import ByGrant, Model, Percent, _, field


class DiscountLimit(Model):
    """The highest discount that the people of a role give by themselves."""

    __tablename__ = "discount_limit"
    __title__ = _("Highest discount")
    __title_plural__ = _("Highest discounts")
    __access__ = ByGrant()
    __display__ = "highest"
    __icon__ = "discount"

    role_id: Mapped[int] = field(
        ForeignKey("core_role.id", ondelete="CASCADE"),
        label=_("Role"),
        required=True,
        unique=True,
        help=_("Of several roles the widest limit counts. Who has none of them has no limit."),
    )
    highest: Mapped[Decimal] = field(
        Percent,
        label=_("Highest discount"),
        required=True,
        minimum=0,
        maximum=100,
        help=_("In percent of the price. A document above it is approved by somebody whose own limit covers it."),
    )
