"""What happened to a record: its history as far as the reader may see the fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape
from sqlalchemy import and_, or_, select

from core.i18n import Text, _, ngettext
from core.merging import ACT
from core.merging.models import Merge
from core.orm.field import Field, Kind
from core.orm.model import Model, describe
from core.orm.session import MARKED
from core.orm.tables import Change as Entry
from core.orm.values import from_json
from core.pages.actions import actions_of, may_merge
from core.pages.cells import Cells, Formatter
from core.pages.happenings import OTHER, TITLES, TOLD, details, titled
from core.pages.history_parts import PartsTold
from core.pages.nodes import Action
from core.pages.people import person
from core.pages.reach import is_masked, is_open, visible_fields
from core.pages.views import Button, Change, Person, TimelineEntry, Tone
from core.workflow.waiting import WAITS, WITHDRAWN

if TYPE_CHECKING:
    from core.env import Env

Cursor = tuple[datetime, int, int]
"""(moment, source, id) of the last entry shown; entries are ordered by it, newest first."""

OWN_HISTORY = 0
"""The source of a record's own changes in a cursor."""


class History:
    """Reads the history of one record that the actor may see. `in_full` tells what it was created with, too."""

    def __init__(self, env: Env, record: Model, cells: Cells, *, in_full: bool = False) -> None:
        self.env, self.record, self.cells, self.in_full = env, record, cells, in_full
        self.info = describe(type(record))
        self.flow = env.workflow.flow(type(record))
        self.state = self.flow.field if self.flow else ""
        self.fields = visible_fields(env, type(record))
        self.parts = PartsTold(env, record, cells, in_full=in_full)

    def entries(self, *, limit: int, before: Cursor | None = None) -> list[tuple[Cursor, TimelineEntry | None]]:
        """At most `limit` entries older than `before`, newest first; None for one without anything to see."""
        rows = self._rows(limit, before)
        self.cells.links.know(self._linked(rows))
        self.cells.links.files.know(self._files(rows))
        return [((row.at, OWN_HISTORY, row.id), self._entry(row)) for row in rows]

    def _rows(self, limit: int, before: Cursor | None) -> Sequence[Entry]:
        statement = select(Entry).where(Entry.model == self.info.key, Entry.record_id == self.record.id)
        if before is not None:
            at, source, id = before
            # Of entries of the same moment the record's own come last.
            last = id if source == OWN_HISTORY else 2**62
            statement = statement.where(or_(Entry.at < at, and_(Entry.at == at, Entry.id < last)))
        statement = statement.order_by(Entry.at.desc(), Entry.id.desc()).limit(limit)
        # Core's own statement: the record has been read through the guard already.
        return self.env.session.scalars(statement, execution_options=MARKED).all()

    def _linked(self, rows: Iterable[Entry]) -> dict[str, set[int]]:
        wanted: dict[str, set[int]] = {}
        for row in rows:
            for name, pair in row.changes.items():
                spec = self.fields.get(name)
                if spec is not None and spec.kind is Kind.LINK and spec.target:
                    ids = {value for value in pair if isinstance(value, int)}
                    wanted.setdefault(spec.target, set()).update(ids)
            for target, id in self.parts.linked(row.changes):
                wanted.setdefault(target, set()).add(id)
        return wanted

    def _files(self, rows: Iterable[Entry]) -> set[int]:
        names = [name for name, spec in self.fields.items() if spec.kind.is_file]
        pairs = [row.changes[name] for row in rows for name in names if name in row.changes]
        return {value for pair in pairs for value in pair if isinstance(value, int)}

    def _entry(self, row: Entry) -> TimelineEntry | None:
        changes = self._changes(row)
        told = self.parts.summary(row.changes)
        if row.action == "update" and not (changes or told):
            return None
        title, icon, tone = self._title(row, len(changes) + len(told))
        if row.action == "update" and told and not self._is_typed(row):
            # What follows from the parts, such as totals, is no news beside them.
            title = told[0]
        changes += self.parts.details(row.changes) if row.action != "create" or self.in_full else []
        return TimelineEntry(
            at=row.at,
            at_html=self.cells.moments.full(row.at),
            who=self._who(row),
            icon=icon,
            title=escape(str(title)),
            body=escape(row.reason) if row.reason else Markup(""),
            changes=changes if self.in_full or row.action != "create" else (),
            tone=tone,
            action=self._undoing(row),
        )

    def _is_typed(self, row: Entry) -> bool:
        """Whether a field was changed that people fill in."""
        return any(spec is not None and not spec.readonly for spec in map(self.fields.get, row.changes))

    def _undoing(self, row: Entry) -> Button | None:
        """What takes a merge apart again, until that has been done."""
        act = row.changes.get(ACT, (None, None))[1]
        if row.action != "merge" or not may_merge(self.env, type(self.record)):
            return None
        lasting = select(Merge.id).where(Merge.id == act, Merge.undone_at.is_(None))
        if self.env.connection_of_core.scalar(lasting) is None:
            return None
        asks = _("Take this merge apart again? The others come back with what was theirs.")
        return Button(
            "unmerge", str(_("Undo the merge")), f"/undo/merge/{act}", "post", "arrows-split", confirm=str(asks)
        )

    def _who(self, row: Entry) -> Person | None:
        """Who did it; None if the reader may not know who writes such records."""
        name = "created_by" if row.action == "create" else "updated_by"
        return person(self.env, row.user_id) if is_open(self.env, type(self.record), name) else None

    def _title(self, row: Entry, count: int) -> tuple[Text, str, Tone]:
        if row.action in TITLES:
            return titled(row.action, row.changes)
        if row.action == "update":
            return ngettext("Changed {count} field", "Changed {count} fields", count), "pencil", "neutral"
        if row.action in (WAITS, WITHDRAWN):
            return self._waiting_title(row)
        action = self._actions.get(row.action)
        if action is None:
            return OTHER
        is_move = self.flow is not None and row.action in self.flow.transitions
        return (action.done if is_move and action.done else action.label), action.icon or OTHER[1], action.tone

    def _waiting_title(self, row: Entry) -> tuple[Text, str, Tone]:
        """Which transition waits, or waits no longer."""
        before, after = row.changes.get("transition", (None, None))
        name = str(after or before)
        label = self._actions[name].label if name in self._actions else name
        if row.action == WAITS:
            return _("“{action}” waits for approval", action=label), "clock", "warning"
        return _("“{action}” has been withdrawn", action=label), "arrow-back-up", "neutral"

    @cached_property
    def _actions(self) -> dict[str, Action]:
        return actions_of(self.env, type(self.record))

    def _changes(self, row: Entry) -> list[Change]:
        found = details(self.env, self.cells, row.action, row.changes)
        for name, (before, after) in row.changes.items():
            spec = self.fields.get(name)
            # What is kept up by other records tells nobody anything new between them.
            is_told = self.in_full or name == self.state or (spec is not None and not spec.readonly)
            if spec is not None and row.action not in TOLD and is_told:
                show = self._shower(spec)
                found.append(Change(str(spec.label), show(from_json(spec, before)), show(from_json(spec, after))))
        return found

    def _shower(self, spec: Field) -> Formatter:
        """What shows a value; of a picture its name as well, as the small ones look alike."""
        currency = self.cells.currencies.of(spec, self.record)
        show = self.cells.formatter(spec, currency=currency, record=self.record)
        if spec.kind is not Kind.IMAGE or is_masked(self.env, spec):
            return show

        def named(value: Any) -> Markup:
            picture = show(value)
            return Markup("{} {}").format(picture, self.cells.plain(spec, value)) if picture else picture

        return named
