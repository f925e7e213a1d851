"""Dates and times as people read them: in words within a week, else by locale, the full date at hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from babel.dates import format_date, format_datetime, format_timedelta
from markupsafe import Markup, escape

from core.i18n import _

DAYS = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
NUMERIC = "y/MM/dd"
SHORT = {"zh_Hant_TW": NUMERIC, "zh_Hans_CN": NUMERIC}
"""How a date is written where words would not do; other languages use their own medium form."""


class Moments:
    """Formats dates and moments for one reader. Each day is formatted once."""

    def __init__(self, locale: str, timezone: tzinfo, today: date) -> None:
        self.locale, self.timezone, self.today = locale, timezone, today
        self._days: dict[date, Markup] = {}

    def day(self, value: date) -> Markup:
        """`<time>` of a day: 明天, 3 天前, or 2026/11/23."""
        found = self._days.get(value)
        if found is None:
            title = format_date(value, "full", locale=self.locale)
            found = self._days[value] = _time(value.isoformat(), title, self.words(value))
        return found

    def moment(self, value: datetime) -> Markup:
        """`<time>` of a moment: the time today, else its day."""
        local = value.astimezone(self.timezone)
        day = local.date()
        shown = f"{local:%H:%M}" if day == self.today else self.words(day)
        title = f"{format_date(day, 'full', locale=self.locale)} {local:%H:%M}"
        return _time(local.isoformat(timespec="seconds"), title, shown)

    def full(self, value: datetime) -> Markup:
        """`<time>` of a moment with day and time, for histories."""
        local = value.astimezone(self.timezone)
        title = format_datetime(local, "full", locale=self.locale, tzinfo=self.timezone)
        return _time(local.isoformat(timespec="seconds"), title, f"{self.words(local.date())} {local:%H:%M}")

    def words(self, day: date) -> str:
        """The day in words within a week of today, else as a date."""
        away = (day - self.today).days
        if away in DAYS:
            return str(DAYS[away])
        if -7 <= away <= 7:
            return format_timedelta(
                timedelta(days=away), granularity="day", threshold=10, add_direction=True, locale=self.locale
            )
        return format_date(day, SHORT.get(self.locale, "medium"), locale=self.locale)


def _time(machine: str, title: str, shown: str) -> Markup:
    return Markup(f'<time datetime="{machine}" title="{escape(title)}">{escape(shown)}</time>')
