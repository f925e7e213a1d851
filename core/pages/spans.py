"""The days that a calendar shows: of a month, a week or a day, with the weeks as the reader's language begins them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton

Kind = Literal["month", "week", "day"]
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
"""Nobody plans beyond them, and within them no arithmetic of days fails."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` to `last`, of which those of the month of `day` are meant where it is a month."""

    kind: Kind
    day: date
    first: date
    last: date

    @classmethod
    def around(cls, kind: str, day: date, locale: str) -> Span:
        """The span of that kind with the day in it; a month begins and ends with whole weeks."""
        day = min(max(day, EARLIEST), LATEST)
        if kind == "day":
            return cls("day", day, day, day)
        begins = Locale.parse(locale).first_week_day
        if kind == "week":
            first = _week_of(day, begins)
            return cls("week", day, first, first + timedelta(days=6))
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = _week_of(following - timedelta(days=1), begins) + timedelta(days=6)
        return cls("month", day, _week_of(day.replace(day=1), begins), last)

    @property
    def days(self) -> list[date]:
        """All of them, in order."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def is_meant(self, day: date) -> bool:
        """Whether the day is not just there to fill a week."""
        return self.kind != "month" or day.month == self.day.month

    def moved(self, by: int) -> date:
        """A day of the span before (-1) or after (1)."""
        if self.kind != "month":
            return self.day + timedelta(days=by * (7 if self.kind == "week" else 1))
        middle = self.day.replace(day=15) + timedelta(days=30 * by)
        return middle.replace(day=1)

    def title(self, locale: str) -> str:
        """What the span is called: 2026年11月, Nov 22 – 28, 2026."""
        if self.kind == "day":
            return format_date(self.day, "full", locale=locale)
        if self.kind == "week":
            return format_interval(self.first, self.last, "yMMMd", locale=locale)
        return format_skeleton("yMMMM", self.day, locale=locale)


def _week_of(day: date, begins: int) -> date:
    return day - timedelta(days=(day.weekday() - begins) % 7)
