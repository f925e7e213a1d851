"""How payment terms cut a total into instalments, and when each of them is due. No database: plain arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

ORDER, DELIVERY, ACCEPTANCE = "order", "delivery", "acceptance"
"""What an instalment waits for: that the order is approved, that the goods are there, that they are accepted."""

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of payment terms: `percent` of the total, `days` after what it waits for.

    With `month_end` the days are counted from the end of that month: 月結 30 天.
    """

    label: str
    percent: Decimal
    event: str = ORDER
    days: int = 0
    month_end: bool = False


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a total. `due_on` is None until the day is known that it waits for."""

    step: Step
    amount: Decimal
    due_on: date | None


def instalments(
    total: Decimal, steps: Sequence[Step], *, decimals: int, days: Mapping[str, date | None]
) -> list[Instalment]:
    """The instalments of a total: together they are the total, to the unit of the currency.

    `days` says when what the steps wait for happens. A part that rounds to nothing is left out. Without steps it is
    one, due when the order is approved.
    """
    steps = steps or [Step("", WHOLE)]
    amounts = cut(total, [step.percent for step in steps], decimals=decimals)
    return [
        Instalment(step, amount, due_on(step, days.get(step.event)))
        for step, amount in zip(steps, amounts, strict=True)
        if amount
    ]


def cut(total: Decimal, shares: Sequence[Decimal], *, decimals: int) -> list[Decimal]:
    """The total in proportion to the shares. The sums up to each part are rounded, so that nothing is lost.

    No part is negative, and none is more than one unit off its exact share. Raises `ValueError` without a share.
    """
    whole = sum(shares, Decimal(0))
    if whole <= 0 or min(shares) < 0:
        raise ValueError("Shares are not negative, and together more than nothing.")
    unit = Decimal(1).scaleb(-decimals)
    parts, share, before = [], Decimal(0), Decimal(0)
    for each in shares:
        share += each
        # Never past the total itself, which may be finer than the unit.
        until = total if share == whole else (total * share / whole).quantize(unit, ROUND_HALF_UP)
        parts.append(min(until, total) - before)
        before = min(until, total)
    return parts


def due_on(step: Step, happens_on: date | None) -> date | None:
    """The day on which the step is due, if that is known."""
    if happens_on is None:
        return None
    begin = _month_end(happens_on) if step.month_end else happens_on
    return begin + timedelta(days=step.days)


def _month_end(day: date) -> date:
    following = day.replace(day=28) + timedelta(days=4)
    return following - timedelta(days=following.day)
