"""What follows from a stage: how likely, how much, and from when on for too long. Plain arithmetic."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)


def forecast_of(amount: Decimal | None, probability: Decimal) -> Decimal | None:
    """Amount × probability (in percent), half-up to the whole unit; None without an amount."""
    if amount is None:
        return None
    return (amount * probability / HUNDRED).quantize(Decimal(1), ROUND_HALF_UP)


def stale_from(since: date, days: int | None) -> date | None:
    """The last day on which it is all right to be in a stage since `since`; None if that does not count."""
    return None if days is None else since + timedelta(days=days)
