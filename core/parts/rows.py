"""The rows of one part while their whole is saved: read, compared, checked and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core import checking
from core.errors import Invalid, Message
from core.i18n import _, ngettext
from core.orm.field import Kind
from core.orm.model import SYSTEM_FIELDS, Model
from core.orm.parts import Part, part_model
from core.parts.reading import stored_parts
from core.parts.writing import write_rows

if TYPE_CHECKING:
    from core.env import Env

Values = dict[str, Any]
Problems = dict[str, Message | list[Message]]
NO_LIST = _("Please give a list of rows.")
NO_ROW = _("Please give the fields of the row, each with its value.")
NO_SUCH_ROW = _("There is no such row here.")
TWICE = _("This row stands here twice.")


@dataclass(slots=True, eq=False)
class Row:
    """One row as it would be: `record` is the stored one, `given` what its author says, `values` all of it."""

    record: Any
    values: Values
    given: Values = field(default_factory=dict)
    before: Values = field(default_factory=dict)

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from what is stored."""
        return self.record is None or any(self.values[name] != value for name, value in self.before.items())


class PartRows:
    """All rows that a record has, or would have, under one name."""

    def __init__(self, env: Env, name: str, part: Part, whole: Model | None) -> None:
        self.env, self.name, self.part, self.whole = env, name, part, whole
        self.service = env.records(part_model(part))
        info = self.service.info
        self.kept = {part.via, part.order, *([info.owner] if info.owner else ())}
        """The fields that core alone writes."""
        self.names = [name for name in self.service.fields if name not in SYSTEM_FIELDS]
        self.stored = [] if whole is None else stored_parts(env, whole, part)
        self.rows = [self._of_stored(record) for record in self.stored]
        self.is_given = False

    def take(self, sent: Any) -> Problems:
        """The complete list of rows, as somebody gives it. Returns what is wrong with it, by `lines.0.quantity`."""
        self.is_given = True
        if not isinstance(sent, Sequence) or isinstance(sent, str | bytes):
            return {self.name: NO_LIST}
        if len(sent) > self.part.most:
            return {self.name: _("At most {most} rows are possible.", most=self.part.most)}
        problems: Problems = {}
        known = {row.record.id: row for row in self.rows}
        self.rows = []
        for place, values in enumerate(sent):
            for name, message in self._take_row(values, known).items():
                problems[self._key(place, name)] = message
        self._number()
        return problems

    def _take_row(self, sent: Any, known: dict[int, Row]) -> Problems:
        if not isinstance(sent, Mapping):
            return {"": NO_ROW}
        id = sent.get("id")
        row = self._new() if id is None else known.get(id) if type(id) is int else None
        if row is None:
            return {"id": NO_SUCH_ROW}
        if row in self.rows:
            return {"id": TWICE}
        self.rows.append(row)
        # What the API answers of a row beside its fields may come back with it.
        named = {name: value for name, value in sent.items() if name not in ("id", "version")}
        try:
            given = checking.cleaned(self.service, named, row.before)
        except Invalid as error:
            return dict(error.fields)
        row.given = {name: value for name, value in given.items() if name not in self.kept}
        row.values |= row.given
        return {}

    def put_over(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Takes values that are right already, each row over the one that is stored in its place."""
        self.is_given = True
        stored = dict(enumerate(self.rows))
        self.rows = [stored.get(place) or self._new() for place in range(len(rows))]
        for row, values in zip(self.rows, rows, strict=True):
            row.values |= {name: value for name, value in values.items() if name not in self.kept}
        self._number()

    def as_values(self) -> list[Values]:
        """The rows as `derive`, `validate` and hooks get them: every field, and the id of those that are stored."""
        return [row.values if row.record is None else {"id": row.record.id} | row.values for row in self.rows]

    def derive_each(self) -> None:
        """What the part's own service derives in each row."""
        for row in self.rows:
            row.values |= self.service.derive(row.values, row.record)

    def put(self, derived: Sequence[Mapping[str, Any]]) -> None:
        """Sets what the whole's service has derived: one mapping per row, in the order of the rows."""
        for row, values in zip(self.rows, derived, strict=True):
            row.values |= {name: value for name, value in values.items() if name not in self.kept}

    def problems(self) -> dict[str, Message]:
        """What is wrong with the rows as they would be."""
        found: dict[str, Message] = {}
        least = self.part.least
        if len(self.rows) < least and (self.is_given or self.whole is None):
            found[self.name] = ngettext("Please add at least {count} row.", "Please add at least {count} rows.", least)
        unreadable = checking.unreadable_links(self.service, [(row.given, row.record) for row in self.rows])
        for place, row in enumerate(self.rows):
            given = None if row.record is None else row.given
            # What is missing may be what would have followed from the record that cannot be chosen.
            wrong = unreadable[place] or dict(self.service.missing(row.values, given))
            wrong = dict(self.service.validate(row.values, row.record)) | self._misfits(row) | wrong
            found |= {self._key(place, name): text for name, text in wrong.items() if name not in self.kept}
        return found

    def _misfits(self, row: Row) -> dict[str, Message]:
        given = {n: v for n, v in row.given.items() if self.service.fields[n].kind is not Kind.LINK}
        return checking.misfits(self.service, given, row.record)

    @property
    def is_changed(self) -> bool:
        """Whether rows come, go, move or change."""
        return len(self.rows) != len(self.stored) or any(row.is_changed for row in self.rows)

    def write(self, whole: Model) -> None:
        """Stores the rows. The whole has been written by then."""
        write_rows(self.env, self, whole)

    def gone(self) -> list[Model]:
        """The stored rows that are not mentioned any more."""
        kept = {row.record.id for row in self.rows if row.record is not None}
        return [record for record in self.stored if record.id not in kept]

    def set_whole(self, whole: Model) -> None:
        """Names the whole in each row, and its owner."""
        owner = self.service.info.owner
        for row in self.rows:
            row.values[self.part.via] = whole.id
            if owner:
                row.values[owner] = getattr(whole, self.env.records(type(whole)).info.owner)

    def _key(self, place: int, name: str) -> str:
        return ".".join(each for each in (self.name, str(place), name) if each)

    def _number(self) -> None:
        for place, row in enumerate(self.rows, 1):
            row.values[self.part.order] = place

    def _new(self) -> Row:
        values = dict.fromkeys(self.names) | self.service.defaults()
        if self.whole is not None:
            values[self.part.via] = self.whole.id
        return Row(None, values)

    def _of_stored(self, record: Model) -> Row:
        values = {name: getattr(record, name) for name in self.names}
        return Row(record, values, before=dict(values))

    def before(self) -> Iterator[Values]:
        """The rows as they are stored."""
        for record in self.stored:
            yield {"id": record.id} | {name: getattr(record, name) for name in self.names}
