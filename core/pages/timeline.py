"""A record's timeline: its own changes and the children that its addons show there, newest first, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape
from sqlalchemy import and_, or_, select

from core.errors import BadRequest
from core.orm.field import Field, Kind
from core.orm.model import Model, describe
from core.pages.catalogue import catalogue_of
from core.pages.cells import Cells
from core.pages.history import Cursor, History
from core.pages.nodes import TimelineSource
from core.pages.people import person
from core.pages.reach import is_open, visible_fields
from core.pages.views import Person, TimelineEntry

if TYPE_CHECKING:
    from core.env import Env

PAGE = 25
EARLIEST, LATEST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
"""Between them a moment can be told in every time zone."""
Found = list[tuple[Cursor, TimelineEntry | None]]


def read_timeline(
    env: Env, record: Model, cells: Cells, *, before: str = "", own_only: bool = False
) -> tuple[Sequence[TimelineEntry], str]:
    """A page of the timeline, and the cursor of the next one, "" if there is none.

    `own_only` leaves the children out and tells the record's own changes in full.
    """
    cursor = read_cursor(before)
    found: Found = History(env, record, cells, in_full=own_only).entries(limit=PAGE + 1, before=cursor)
    if not own_only:
        for number, source in enumerate(_sources(env, record), 1):
            found += Children(env, record, cells, source, number).entries(limit=PAGE + 1, before=cursor)
    found.sort(key=lambda pair: pair[0], reverse=True)
    shown = found[:PAGE]
    more = write_cursor(shown[-1][0]) if len(found) > PAGE else ""
    return [entry for _, entry in shown if entry is not None], more


def _sources(env: Env, record: Model) -> list[TimelineSource]:
    pages = catalogue_of(env).of(type(record))
    return [source for source in pages.sources if env.actor.may(source.children.key(), "read")]


def write_cursor(cursor: Cursor) -> str:
    """The cursor as it stands in an address."""
    at, source, id = cursor
    return f"{at.astimezone(UTC).isoformat()}~{source}~{id}".replace("+00:00", "Z")


def read_cursor(text: str) -> Cursor | None:
    """The cursor of an address. Raises `BadRequest`."""
    if not text:
        return None
    try:
        at, source, id = text.split("~")
        cursor = datetime.fromisoformat(at).astimezone(UTC), int(source), int(id)
    except (ValueError, OverflowError) as error:
        raise BadRequest() from error
    if not (EARLIEST < cursor[0] < LATEST and 0 <= cursor[1] < 2**31 and 0 <= cursor[2] < 2**63):
        raise BadRequest()
    return cursor


class Children:
    """One source of a timeline: the children of a record, each an entry of its own."""

    def __init__(self, env: Env, record: Model, cells: Cells, source: TimelineSource, number: int) -> None:
        self.env, self.record, self.cells, self.source, self.number = env, record, cells, source, number
        self.fields = visible_fields(env, source.children)

    def entries(self, *, limit: int, before: Cursor | None) -> Found:
        """At most `limit` children older than `before`, newest first, as far as the actor may see them."""
        spec = self.fields.get(self.source.at)
        if spec is None:
            return []
        model: Any = self.source.children
        at = getattr(model, spec.name)
        statement = select(model).where(getattr(model, self.source.via) == self.record.id, at.is_not(None))
        if before is not None:
            statement = statement.where(self._older(spec, at, model.id, before))
        rows = self.env.session.scalars(statement.order_by(at.desc(), model.id.desc()).limit(limit)).all()
        self.cells.links.know_of([*self._facts(), *self._pictures()], rows)
        return [((self._moment(spec.read(row)), self.number, row.id), self._entry(row, spec)) for row in rows]

    def _older(self, spec: Field, at: Any, id: Any, before: Cursor) -> Any:
        moment, source, last = before
        limit = moment.astimezone(self.env.timezone).date() if spec.kind is Kind.DATE else moment
        if self.number > source:
            return at < limit
        return or_(at < limit, and_(at == limit, id < (last if self.number == source else 2**62)))

    def _moment(self, value: date | datetime) -> datetime:
        """When it happened; a day counts from its beginning."""
        if isinstance(value, datetime):
            return value
        return datetime.combine(value, time(), self.env.timezone).astimezone(UTC)

    def _facts(self) -> list[Field]:
        return [self.fields[name] for name in self.source.facts if name in self.fields]

    def _pictures(self) -> list[Field]:
        return [self.fields[self.source.picture]] if self.source.picture in self.fields else []

    def _entry(self, row: Model, spec: Field) -> TimelineEntry:
        body = self.fields.get(self.source.body)
        return TimelineEntry(
            at=self._moment(spec.read(row)),
            at_html=self.cells.formatter(spec)(spec.read(row)),
            who=self._who(row),
            icon=self.source.icon,
            title=self._title(row),
            body=self.cells.format(body, body.read(row)) if body else Markup(""),
            picture=Markup("").join(self.cells.format(spec, spec.read(row)) for spec in self._pictures()),
            tone="accent",
        )

    def _who(self, row: Model) -> Person | None:
        """Who did it, or wrote it down where the source does not say; None if the actor may not know."""
        name = self.source.who or "created_by"
        return person(self.env, getattr(row, name)) if is_open(self.env, self.source.children, name) else None

    def _title(self, row: Model) -> Markup:
        info = describe(self.source.children)
        title = escape(str(info.title))
        if catalogue_of(self.env).has_page(self.source.children):
            title = Markup(f'<a href="/{info.key}/{row.id}">{title}</a>')
        facts = [self._fact(spec, row) for spec in self._facts() if spec.read(row) not in (None, "", [])]
        return Markup(" ").join([title, *facts])

    def _fact(self, spec: Field, row: Model) -> Markup:
        value = self.cells.of(spec, row)
        if spec.kind in (Kind.CHOICE, Kind.CHOICES):
            return value
        return Markup(f'<span class="event-fact"><span class="muted">{escape(str(spec.label))}</span> {value}</span>')
