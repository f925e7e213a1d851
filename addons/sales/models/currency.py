"""The currencies that documents are written in."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Boolean, Integer, String
from sqlalchemy.orm import Mapped

from core.api import Everyone, Model, Rate, Text, _, field

LEAST_RATE = Decimal("0.00000001")


def check_code(value: str) -> Text | None:
    """Three capital letters of ISO 4217."""
    is_code = len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()
    return None if is_code else _("Please enter the three capital letters of the currency, such as USD.")


class Currency(Model):
    """A currency, and what it is worth in the company's own."""

    __tablename__ = "currency"
    __title__ = _("Currency")
    __title_plural__ = _("Currencies")
    __access__ = Everyone()
    __display__ = "code"
    __icon__ = "coin"
    __sort__ = "code"

    code: Mapped[str] = field(
        String(3), label=_("Currency code"), required=True, unique=True, search=True, sort=True, check=check_code
    )
    decimals: Mapped[int] = field(
        Integer,
        label=_("Decimals"),
        required=True,
        minimum=0,
        maximum=4,
        default=2,
        help=_("To so many decimals the amounts of documents are rounded."),
    )
    rate: Mapped[Decimal | None] = field(
        Rate,
        label=_("Exchange rate"),
        minimum=LEAST_RATE,
        help=_("How much of the company's currency one unit is worth. Documents keep the rate of their submission."),
    )
    is_active: Mapped[bool] = field(Boolean, label=_("In use"), required=True, default=True)
