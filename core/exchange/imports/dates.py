"""Dates as people in Taiwan and elsewhere write them in spreadsheets."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ROC_OFFSET = 1911
"""民國 1 is 1912."""

FIRST_SERIAL = datetime(1899, 12, 30, tzinfo=UTC)
"""Day 0 of the numbers by which spreadsheets count days."""

SERIALS = range(10_000, 80_000)
"""Day numbers that can be meant as a date: 1927 to 2119."""

_CHINESE = re.compile(r"^(民國|中華民國|西元|公元)?\s*(\d{1,4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?號?$")
_YEAR_FIRST = re.compile(r"^(民國|中華民國|西元|公元)?\s*(\d{2,4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})$")
_YEAR_LAST = re.compile(r"^(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})$")
_COMPACT = re.compile(r"^(\d{4}|\d{3})(\d{2})(\d{2})$")
_HALF = "(上午|下午|AM|PM)?"
_CLOCK = re.compile(rf"^{_HALF}\s*(\d{{1,2}}):(\d{{2}})(?::(\d{{2}})(?:\.\d+)?)?\s*{_HALF}$", re.IGNORECASE)
_WEEKDAY = re.compile(r"[(]?(?:星期|週|周)[一二三四五六日天][)]?|[(][一二三四五六日天][)]")


def read_date(text: str, *, day_first: bool = False) -> date | None:
    """The date that the text means; None if it means none.

    Years up to 200 are those of the Republic (115 is 2026). `day_first` decides on 03/04/2026, which alone could be
    either; where one of the two numbers is over 12, it is the day.
    """
    text = _WEEKDAY.sub("", unicodedata.normalize("NFKC", text)).strip()
    for pattern in (_CHINESE, _YEAR_FIRST):
        if found := pattern.match(text):
            return _made(_year(found[1] or "", int(found[2])), int(found[3]), int(found[4]))
    if found := _YEAR_LAST.match(text):
        first, second = int(found[1]), int(found[2])
        day, month = (first, second) if first > 12 or (day_first and second <= 12) else (second, first)
        return _made(int(found[3]), month, day)
    if found := _COMPACT.match(text):
        return _made(_year("", int(found[1])), int(found[2]), int(found[3]))
    return None


def read_moment(text: str, zone: ZoneInfo, *, day_first: bool = False) -> datetime | None:
    """The moment that the text means, a date alone as its first minute, on the clock of `zone`; None for none."""
    text = unicodedata.normalize("NFKC", text).strip()
    try:
        exact = datetime.fromisoformat(text)
    except ValueError:
        exact = None
    if exact is not None and len(text) > len("2026-01-31"):
        return exact if exact.tzinfo else exact.replace(tzinfo=zone)
    whole = read_date(text, day_first=day_first)
    if whole is not None:
        return datetime.combine(whole, time(), zone)
    # The date ends where the time of day begins, with a word for the half of the day or with the digits.
    for cut in re.finditer(r"[\sT]+|(?=上午|下午)", text):
        day, clock = read_date(text[: cut.start()], day_first=day_first), _clock(text[cut.end() :])
        if day is not None and clock is not None:
            return datetime.combine(day, clock, zone)
    return None


def from_serial(number: float) -> datetime | None:
    """The moment of a spreadsheet's day number, without a zone; None for a number that can hardly be one."""
    if not math.isfinite(number) or int(number) not in SERIALS:
        return None
    return (FIRST_SERIAL + timedelta(seconds=round(number * 86_400))).replace(tzinfo=None)


def _year(era: str, year: int) -> int:
    if era.endswith("民國") or (not era and year <= 200):
        return year + ROC_OFFSET
    return year


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    found = _CLOCK.match(text.strip())
    if found is None:
        return None
    hour, half = int(found[2]), (found[1] or found[5] or "").upper()
    if half in ("下午", "PM") and hour < 12:
        hour += 12
    elif half in ("上午", "AM") and hour == 12:
        hour = 0
    try:
        return time(hour, int(found[3]), int(found[4] or 0))
    except ValueError:
        return None
