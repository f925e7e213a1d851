"""Dates as people mean them in a filter: a day, or a word for a span of days, where the reader is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.i18n import Text, _

EARLIEST, LATEST = date(1, 1, 3), date(9999, 12, 29)
"""A few days inside what Python knows, so that a time zone never leads out of it."""

_SHIFT = re.compile(r"([+-])(\d{1,5})([dwmy])")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until before `end`: dates for a date, moments in UTC for a date-time."""

    start: date | datetime
    end: date | datetime


def parse_dates(text: str, today: date) -> Period | None:
    """The days that `text` means, seen from `today`; None if it means none."""
    try:
        first, last = _days(text, today)
        return Period(first, last + timedelta(days=1)) if EARLIEST <= first <= last <= LATEST else None
    except (ValueError, OverflowError, TypeError):
        return None


def parse_moments(text: str, today: date, zone: ZoneInfo) -> Period | None:
    """The moments that `text` means where the reader is: a day from midnight to midnight, or a minute."""
    if _MOMENT.fullmatch(text):
        return _moment(text, zone)
    days = parse_dates(text, today)
    if days is None:
        return None
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (days.start, days.end))
    return Period(start, end)


def describe_period(text: str) -> Text | str:
    """What people read for `text`: “today”, “7 days ago”, or the date itself."""
    if text in WORDS:
        return WORDS[text][0]
    match = _SHIFT.fullmatch(text)
    if match is None:
        return text.replace("T", " ")
    return _SHIFTED[match[1], match[3]](int(match[2]))


def _moment(text: str, zone: ZoneInfo) -> Period | None:
    try:
        start = datetime.fromisoformat(text)
        start = (start if start.tzinfo else start.replace(tzinfo=zone)).astimezone(UTC)
        if not EARLIEST <= start.date() <= LATEST:
            return None
        has_seconds = text[16:17] == ":"
        return Period(start, start + timedelta(seconds=1 if has_seconds else 60))
    except (ValueError, OverflowError):
        return None


def _days(text: str, today: date) -> tuple[date, date]:
    if text in WORDS:
        return WORDS[text][1](today)
    match = _SHIFT.fullmatch(text)
    day = _shifted(today, match) if match else date.fromisoformat(text)
    return day, day


def _shifted(today: date, match: re.Match[str]) -> date:
    amount = int(match[2]) * (1 if match[1] == "+" else -1)
    if match[3] in "dw":
        return today + timedelta(days=amount * (7 if match[3] == "w" else 1))
    return add_months(today, amount * (12 if match[3] == "y" else 1))


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _week(today: date, shift: int) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=shift)
    return monday, monday + timedelta(days=6)


def _months(today: date, size: int, shift: int) -> tuple[date, date]:
    """The span of `size` months (1, 3 or 12) that today is in, or the one `shift` spans later."""
    first = date(today.year, (today.month - 1) // size * size + 1, 1)
    start = add_months(first, shift * size)
    return start, add_months(start, size) - timedelta(days=1)


def _day(today: date, shift: int) -> tuple[date, date]:
    day = today + timedelta(days=shift)
    return day, day


WORDS: dict[str, tuple[Text, Callable[[date], tuple[date, date]]]] = {
    "today": (_("today"), lambda today: _day(today, 0)),
    "yesterday": (_("yesterday"), lambda today: _day(today, -1)),
    "tomorrow": (_("tomorrow"), lambda today: _day(today, 1)),
    "this_week": (_("this week"), lambda today: _week(today, 0)),
    "last_week": (_("last week"), lambda today: _week(today, -1)),
    "next_week": (_("next week"), lambda today: _week(today, 1)),
    "this_month": (_("this month"), lambda today: _months(today, 1, 0)),
    "last_month": (_("last month"), lambda today: _months(today, 1, -1)),
    "next_month": (_("next month"), lambda today: _months(today, 1, 1)),
    "this_quarter": (_("this quarter"), lambda today: _months(today, 3, 0)),
    "last_quarter": (_("last quarter"), lambda today: _months(today, 3, -1)),
    "next_quarter": (_("next quarter"), lambda today: _months(today, 3, 1)),
    "this_year": (_("this year"), lambda today: _months(today, 12, 0)),
    "last_year": (_("last year"), lambda today: _months(today, 12, -1)),
    "next_year": (_("next year"), lambda today: _months(today, 12, 1)),
}
"""Word → (what people read, the first and the last day it means). Weeks begin on Monday."""

_SHIFTED: dict[tuple[str, str], Callable[[int], Text]] = {
    ("-", "d"): lambda n: _("{number} days ago", number=n),
    ("-", "w"): lambda n: _("{number} weeks ago", number=n),
    ("-", "m"): lambda n: _("{number} months ago", number=n),
    ("-", "y"): lambda n: _("{number} years ago", number=n),
    ("+", "d"): lambda n: _("in {number} days", number=n),
    ("+", "w"): lambda n: _("in {number} weeks", number=n),
    ("+", "m"): lambda n: _("in {number} months", number=n),
    ("+", "y"): lambda n: _("in {number} years", number=n),
}
