"""A calendar: days with what stands on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.pages.views.frame import MenuItem
from core.pages.views.listing import ListView
from core.pages.views.tones import Tone


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One record on its day. `text` is what is shown of it, `name` what it is called; `kind` says in words what its
    tone means."""

    id: int
    url: str
    text: str
    name: str
    time: str = ""
    kind: str = ""
    tone: Tone = "neutral"
    is_movable: bool = False


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day. `more` counts what is not shown, and `more_url` lists the whole day; `new_url` makes something on it."""

    day: str
    number: str
    label: str
    holiday: str
    entries: Sequence[CalendarEntry]
    more: str
    more_url: str
    url: str
    new_url: str
    is_today: bool
    is_meant: bool
    is_off: bool


@dataclass(slots=True)
class CalendarView(ListView):
    """A month, a week or a day, with all that stands around a list."""

    span: Literal["month", "week", "day"] = "month"
    heading: str = ""
    days: Sequence[CalendarDay] = ()
    weekdays: Sequence[str] = ()
    spans: Sequence[MenuItem] = ()
    dates: Sequence[MenuItem] = ()
    """By which date, where there are several."""
    previous_url: str = ""
    today_url: str = ""
    next_url: str = ""
    legend: Sequence[tuple[str, Tone]] = ()
    move_url: str = ""
    by: str = ""
