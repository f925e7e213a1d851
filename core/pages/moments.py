"""Dates and times as people read them: in words within a week, else by locale, the full date at hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from babel.dates import format_date, format_timedelta
from markupsafe import Markup, escape

from core.i18n import _, use_locale

DAYS = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
NEAR = 7
"""Up to so many days away a day is said in words."""

NUMERIC = "y/MM/dd"
SHORT = {"zh_Hant_TW": NUMERIC, "zh_Hans_CN": NUMERIC}
"""How a date is written where words would not do; other languages use their own medium form."""
WEEKDAY = {"zh_Hant_TW": "M/d（EEEEE）", "zh_Hans_CN": "M/d（EEEEE）"}


class Moments:
    """Formats dates and moments for one reader."""

    def __init__(self, locale: str, timezone: tzinfo, today: date) -> None:
        self.locale, self.timezone, self.today = locale, timezone, today

    def day(self, value: date) -> Markup:
        """`<time>` of a day: 明天, 3 天前, or 2026/11/23."""
        return _day(self.locale, value, (value - self.today).days)

    def moment(self, value: datetime) -> Markup:
        """`<time>` of a moment: the time today, else its day."""
        local = value.astimezone(self.timezone)
        day = local.date()
        return self._shown(local, f"{local:%H:%M}" if day == self.today else self.words(day))

    def full(self, value: datetime) -> Markup:
        """`<time>` of a moment with day and time, for histories."""
        local = value.astimezone(self.timezone)
        return self._shown(local, f"{self.words(local.date())} {local:%H:%M}")

    def _shown(self, local: datetime, shown: str) -> Markup:
        title = f"{_long(self.locale, local.date())} {local:%H:%M}"
        return _time(local.isoformat(timespec="seconds"), title, shown)

    def words(self, day: date) -> str:
        """The day in words within a week of today, else as a date."""
        return _words(self.locale, day, (day - self.today).days)


@lru_cache(maxsize=20_000)
def _day(locale: str, day: date, away: int) -> Markup:
    return _time(day.isoformat(), _long(locale, day), _words(locale, day, away))


@lru_cache(maxsize=20_000)
def _long(locale: str, day: date) -> str:
    return format_date(day, "full", locale=locale)


def weekday(locale: str, day: date) -> str:
    """The day of the week with the day of the month: 11/26（四）, Thu 11/26."""
    return format_date(day, WEEKDAY.get(locale, "EEE M/d"), locale=locale)


@lru_cache(maxsize=20_000)
def _words(locale: str, day: date, away: int) -> str:
    if away in DAYS:
        with use_locale(locale):
            return str(DAYS[away])
    if abs(away) <= NEAR:
        far = timedelta(days=away)
        return format_timedelta(far, granularity="day", threshold=NEAR + 1, add_direction=True, locale=locale)
    return format_date(day, SHORT.get(locale, "medium"), locale=locale)


def _time(machine: str, title: str, shown: str) -> Markup:
    return Markup(f'<time datetime="{machine}" title="{escape(title)}">{escape(shown)}</time>')
