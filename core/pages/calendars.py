"""Calendars as data: the records of a model on their days, as far as their reader may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from babel.dates import format_date

from core.access.actor import CREATE, EDIT
from core.errors import NotFound
from core.holidays import holidays_between
from core.i18n import _, current_locale, pgettext
from core.orm.field import Field, Kind
from core.orm.filters import parse_all
from core.orm.listing import Count, ListRequest, Page, count, list_page
from core.orm.model import describe
from core.pages.catalogue import ModelPages
from core.pages.cells import Cells
from core.pages.columns import Columns
from core.pages.list_args import ListArgs
from core.pages.listing import ListBuilder
from core.pages.pills import choices_of, tone_of
from core.pages.reach import is_open, resolve
from core.pages.rights import extent_of, reached
from core.pages.spans import Span
from core.pages.views import CalendarDay, CalendarEntry, CalendarView, MenuItem, Pager

if TYPE_CHECKING:
    from core.env import Env

AT_ONCE = 250
"""Up to so many records of a span are read in one statement; of more, each day is asked for its first few."""

SHOWN = {"month": 4, "week": 12, "day": 100}
NOTHING = (Page((), None, None), Count(0, True))
SPANS = {"month": _("Month"), "week": _("Week"), "day": pgettext("span", "Day")}


class CalendarBuilder:
    """Builds the calendar of a model. Raises `NotFound` where there is none, or the reader may not see its dates."""

    def __init__(self, env: Env, pages: ModelPages, args: ListArgs) -> None:
        if pages.calendar is None or pages.listing is None or args.bin:
            raise NotFound()
        self.env, self.node, self.model = env, pages.calendar, pages.model
        self.info, self.list_url, self.url = describe(pages.model), pages.url, f"{pages.url}/calendar"
        self.cells, self.has_form = Cells(env), pages.form is not None
        found = [self._date(name) for name in (self.node.at, *self.node.also)]
        self.dates: dict[str, Field] = {spec.name: spec for spec in found if spec is not None}
        if not self.dates:
            raise NotFound()
        self.at: Field = self.dates.get(args.by) or next(iter(self.dates.values()))
        kind = args.span if args.span in SPANS else "month"
        self.span = Span.around(kind, _day(args.day) or env.today, current_locale())
        by = "" if self.at.name == next(iter(self.dates)) else self.at.name
        span, day = "" if kind == "month" else kind, self._shown(self.span.day)
        shown = args.but(column="", span=span, day=day, by=by)
        self.lists = ListBuilder(env, pages.listing, shown, url=self.url, cells=self.cells)
        self.args = self.lists.args

    def _date(self, name: str) -> Field | None:
        """The field, if the reader sees it in full, in lists too."""
        return self.info.fields[name] if is_open(self.env, self.model, name, in_list=True) else None

    def build(self) -> CalendarView:
        """The calendar with everything around it."""
        found = self._read()
        number = sum(total.number for _page, total in found.values())
        total = Count(number, all(total.is_exact for _page, total in found.values()))
        rows = [row for page, _total in found.values() for row in page.rows]
        entries = self._entries(rows)
        return CalendarView(
            **self.lists.surroundings(total),
            columns=(),
            rows=(),
            pager=Pager(""),
            span=self.span.kind,
            heading=self.span.title(current_locale()),
            days=[self._day(day, *found.get(day, NOTHING), entries) for day in self.span.days],
            weekdays=[format_date(day, "EEE", locale=current_locale()) for day in self.span.days[:7]],
            spans=[self._link(key, str(label), span="" if key == "month" else key) for key, label in SPANS.items()],
            dates=self._choices_of_date(),
            previous_url=self._url_of(self.span.moved(-1)),
            today_url=self._url_of(self.env.today),
            next_url=self._url_of(self.span.moved(1)),
            legend=list(self.tones.values()) if self.colour is not None else (),
            move_url=f"{self.url}/move" if self._may_move else "",
            by=self.at.name,
        )

    # Reading

    def _read(self) -> dict[date, tuple[Page, Count]]:
        """The records of each day that has any."""
        whole = self._request(self.span.first, self.span.last, AT_ONCE)
        page = list_page(self.env, whole, self.stored, counted=True)
        if page.next is None:
            days: dict[date, list[Any]] = {}
            for row in page.rows:
                days.setdefault(self._day_of(row), []).append(row)
            most = SHOWN[self.span.kind]
            return {day: (Page(r[:most], None, None), Count(len(r), True)) for day, r in days.items()}
        return {day: self._read_day(day) for day in self.span.days}

    def _read_day(self, day: date) -> tuple[Page, Count]:
        request = self._request(day, day, SHOWN[self.span.kind])
        return list_page(self.env, request, self.stored, counted=True), count(self.env, request)

    def _request(self, first: date, last: date, limit: int) -> ListRequest:
        between = f"{self.at.name}:between:{first.isoformat()}|{last.isoformat()}"
        wanted = (*self.lists.request.filters, *parse_all(self.env, self.model, [between]))
        sort = self.at.name if self.at.sort else self.lists.request.sort
        return replace(self.lists.request, filters=wanted, sort=sort, limit=limit, after=None, before=None)

    def _day_of(self, row: Any) -> date:
        value: date | datetime = getattr(row, self.at.name)
        return value.astimezone(self.env.timezone).date() if isinstance(value, datetime) else value

    @cached_property
    def _paths(self) -> list[Any]:
        found = (resolve(self.env, self.model, name) for name in (self.node.label or self.info.display,))
        return [path for path in found if path is not None]

    @cached_property
    def colour(self) -> Field | None:
        """The choice whose tone entries have, if the reader sees it."""
        spec = self._date(self.node.colour) if self.node.colour else None
        return spec if spec is not None and spec.kind is Kind.CHOICE else None

    @cached_property
    def tones(self) -> Mapping[str, tuple[str, Any]]:
        """Code → (label, tone)."""
        if self.colour is None:
            return {}
        return {code: (label, tone_of(tone)) for code, (label, tone) in choices_of(self.env, self.colour).items()}

    @cached_property
    def stored(self) -> list[str]:
        names = [self.at.name, *(path.link.name if path.link else path.field.name for path in self._paths)]
        names += [self.colour.name] if self.colour is not None else []
        names += [self.info.display] if resolve(self.env, self.model, self.info.display) else []
        return list(dict.fromkeys([*names, *(name for name, _owners in self._extent.by_owner)]))

    # Showing

    @cached_property
    def _extent(self) -> Any:
        return extent_of(self.env, self.model, EDIT)

    @property
    def _may_move(self) -> bool:
        return self.env.actor.may(self.info.key, EDIT) and self.env.records(self.model).writable(self.at.name)

    def _entries(self, rows: Sequence[Any]) -> dict[int, CalendarEntry]:
        lead = self._paths[0].name if self._paths else ""
        columns = Columns(self.env, self.info, self._paths, self.stored, self.cells, lead=lead)
        columns.prepare(rows)
        may = self._may_move
        movable = reached(self.env, self.model, EDIT, self._extent, rows, columns.order) if may else set()
        return {row.id: self._entry(row, columns, row.id in movable) for row in rows}

    def _entry(self, row: Any, columns: Columns, is_movable: bool) -> CalendarEntry:
        value = getattr(row, self.at.name)
        time = f"{value.astimezone(self.env.timezone):%H:%M}" if isinstance(value, datetime) else ""
        code = getattr(row, self.colour.name) if self.colour is not None else None
        label, tone = self.tones.get(code or "", ("", "neutral"))
        shown = columns.cells_of(row)
        url = f"/{self.info.key}/{row.id}" if self.lists.has_page else ""
        name = columns.name_of(row)
        return CalendarEntry(row.id, url, shown[0] if shown and shown[0] else name, name, time, label, tone, is_movable)

    def _day(self, day: date, page: Page, total: Count, entries: Mapping[int, CalendarEntry]) -> CalendarDay:
        shown = [entries[row.id] for row in page.rows]
        more = total.number - len(shown)
        return CalendarDay(
            day=day.isoformat(),
            number=str(day.day),
            label=format_date(day, "full", locale=current_locale()),
            holiday=self.holidays.get(day, ""),
            entries=shown,
            more=f"{more:,}" + ("" if total.is_exact else "+") if more > 0 else "",
            more_url=self._list_url(day),
            url=self._but(span="day", day=self._shown(day)),
            new_url=self._new_url(day),
            is_today=day == self.env.today,
            is_meant=self.span.is_meant(day),
            is_off=day.weekday() >= 5 or day in self.holidays,
        )

    @cached_property
    def holidays(self) -> Mapping[date, str]:
        """The holidays of the span."""
        return holidays_between(self.env, self.span.first, self.span.last)

    def _list_url(self, day: date) -> str:
        filters = (*self.args.filters, f"{self.at.name}:is:{day.isoformat()}")
        return replace(self.args, filters=filters, span="", day="", by="").url(self.list_url)

    def _new_url(self, day: date) -> str:
        """Where a record of that day is made, by who may."""
        may = self.env.actor.may(self.info.key, CREATE) and self.env.records(self.model).writable(self.at.name)
        if not may or not self.has_form:
            return ""
        value = f"{day.isoformat()}T09:00" if self.at.kind is Kind.DATE_TIME else day.isoformat()
        return f"{self.list_url}/new?{urlencode({self.at.name: value, 'next': self._but()})}"

    def _but(self, **changes: str) -> str:
        given: Mapping[str, Any] = changes
        return replace(self.args, **given).url(self.url)

    def _url_of(self, day: date) -> str:
        return self._but(day=self._shown(day))

    def _shown(self, day: date) -> str:
        """The day in an address: today needs none, so that a kept address stays with the time."""
        return "" if day == self.env.today else day.isoformat()

    def _link(self, key: str, label: str, **changes: Any) -> MenuItem:
        return MenuItem(key, label, self._but(**changes), is_active=key == self.span.kind)

    def _choices_of_date(self) -> list[MenuItem]:
        """By which of the dates, where there are several."""
        if len(self.dates) < 2:
            return []
        first = next(iter(self.dates))
        return [
            MenuItem(name, str(spec.label), self._but(by="" if name == first else name), is_active=spec is self.at)
            for name, spec in self.dates.items()
        ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
