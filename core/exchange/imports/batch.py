"""Taking in some rows: finding their records, and writing what is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.access.actor import ASSIGN, CREATE
from core.errors import AppError, Forbidden, Invalid
from core.exchange.imports import wholes
from core.exchange.imports.earlier import Earlier, Key
from core.exchange.imports.matching import TWICE, find_keyed
from core.exchange.imports.models import ImportedRecord, Mode
from core.exchange.imports.plan import Part, Plan
from core.exchange.imports.reading import Cell
from core.exchange.imports.rows import WHOLE_ROW, Row, read
from core.i18n import _
from core.orm.model import Model
from core.orm.validation import Refused, clean
from core.orm.values import to_json

if TYPE_CHECKING:
    from core.env import Env


class Batch:
    """Some rows of one import, within one transaction by who takes them in."""

    def __init__(
        self,
        env: Env,
        plan: Plan,
        import_id: int,
        rows: Sequence[tuple[int, Sequence[Cell]]],
        earlier: Earlier | None = None,
    ) -> None:
        """`earlier` is given for a try: what the batches before this one would have stored."""
        self.env, self.plan, self.import_id, self.earlier = env, plan, import_id, earlier
        self.rows = [Row(number, cells) for number, cells in rows]
        self.counts: Counter[str] = Counter(rows=len(self.rows))
        self._written: list[dict[str, Any]] = []

    def take_in(self) -> None:
        """Writes all rows that nothing is wrong with. `rows` tells of the problems, `counts` of what was done."""
        read(self.env, self.plan, self.rows)
        children = [(number, part) for number, part in enumerate(self.plan.parts) if part.via and not part.name]
        for number, part in children:
            self._check_children(part, number)
        self._write_main()
        for number, part in children:
            self._write_children(part, number)
        self.counts["refused"] = sum(bool(row.problems) for row in self.rows)
        if self._written:
            self.env.connection_of_core.execute(insert(ImportedRecord), self._written)

    # The record that each row is about.

    def _write_main(self) -> None:
        part = self.plan.main
        rows = wholes.gathered(self.plan, self.rows, lambda row: self._key(part, row.values[0]))
        keys = {row.number: self._key(part, row.values[0]) for row in rows if not row.problems}
        known = dict(find_keyed(self.env, part.info, part.keys, keys.values()))
        added = wholes.Added(self.env, self.plan, self.import_id)
        made = added.made_here(list(known.values()))
        new: list[Row] = []
        again: list[Row] = []
        first: dict[Key, Row] = {}
        for row in rows:
            if row.problems:
                continue
            key = keys[row.number]
            id = known.get(key) if part.keys and None not in key else None
            if id == TWICE:
                row.problems[str(part.places[part.keys[0]])] = _("Several records have this value.")
            elif id is not None and id in made:
                row.record_id = id
                added.add(row)
            elif id is not None:
                row.record_id = id
                again.append(row)
            elif part.keys and None not in key and key in first:
                # The same record once more, further down in the file.
                again.append(row)
            elif self.earlier is not None and key in self.earlier.records and self.plan.with_parts:
                # More parts of what a batch before would have made.
                continue
            elif self.earlier is not None and key in self.earlier.records:
                self._try_again(self.earlier, part, row, key)
            elif self.plan.mode is Mode.UPDATE:
                self.counts["skipped"] += 1 + len(row.rest)
            else:
                new.append(row)
                first[key] = row
        self._create(part, 0, [row for row in new if self._may_own(part, row)])
        if self.earlier is not None:
            for row in new:
                if row.record_id is not None:
                    self.earlier.keep(keys[row.number], row.values[0])
        for row in again:
            if row.record_id is None:
                row.record_id = first[keys[row.number]].record_id
        self._change(part, [row for row in again if row.record_id is not None])

    def _try_again(self, earlier: Earlier, part: Part, row: Row, key: Key) -> None:
        """A further row of a try about a record that a batch before would have made, and that is not there."""
        if self.plan.mode is not Mode.CREATE:
            try:
                self.env.records(part.info.model).clean(self._changing(part, row))
            except Invalid as error:
                row.refuse(part, error)
                return
        self.counts[earlier.change(self.plan.mode, key, row.values[0])] += 1

    def _may_own(self, part: Part, row: Row) -> bool:
        """Whether the record may be created with that owner: the grant to create reaches so far and no further."""
        owner, reach = part.info.owner, self.env.actor.owners(part.info.key, CREATE)
        to = row.values[0].get(owner)
        if to is None or reach is None or to in reach:
            return True
        row.refuse(part, Invalid({owner: _("You may not create records for this user.")}))
        return False

    def _key(self, part: Part, values: Mapping[str, Any]) -> Key:
        return tuple(self._cleaned(part, name, values.get(name)) for name in part.keys)

    def _cleaned(self, part: Part, name: str, value: Any) -> Any:
        try:
            return clean(part.info.fields[name], value, self.env.lists)
        except Refused:
            # Said at its cell when the record is written.
            return None

    def _create(self, part: Part, number: int, rows: Sequence[Row], *, links: Sequence[int] | None = None) -> None:
        own = {name for name in part.places if part.info.fields[name].readonly}
        if self.earlier is not None:
            rows = self._free(self.earlier, part, number, rows)
        values = [{n: v for n, v in row.values[number].items() if n not in own and v is not None} for row in rows]
        if links is not None:
            values = [{**each, part.via: link} for each, link in zip(values, links, strict=True)]
        if number == 0:
            values = [each | wholes.parts_of_row(self.plan, row) for each, row in zip(values, rows, strict=True)]
        outcome = self.env.records(part.info.model).create_many(values) if rows else None
        if outcome is None:
            return
        versions = self._versions(part, list(outcome.ids.values()))
        for place, row in enumerate(rows):
            if place in outcome.problems:
                self._refuse(part, row, outcome.problems[place])
                continue
            id = outcome.ids[place]
            if number == 0:
                for each in (row, *row.rest):
                    each.record_id = id
                self.counts["created"] += 1
            self._note(row, part, id, versions[id], None)
            if self.earlier is not None:
                for name, value in self._unique(part, row.values[number]).items():
                    self.earlier.take(part.info.key, name, value)

    def _refuse(self, part: Part, row: Row, error: AppError) -> None:
        if part is self.plan.main:
            wholes.refuse(self.plan, row, error)
        else:
            row.refuse(part, error)

    def _free(self, earlier: Earlier, part: Part, number: int, rows: Sequence[Row]) -> list[Row]:
        """The rows whose unique values no earlier batch of the try has taken; the others are refused."""
        for row in rows:
            values = self._unique(part, row.values[number])
            taken = [name for name, value in values.items() if earlier.is_taken(part.info.key, name, value)]
            if taken:
                row.refuse(part, Invalid(dict.fromkeys(taken, _("This value is already used by another record."))))
        return [row for row in rows if not row.problems]

    def _unique(self, part: Part, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the unique fields that the row writes."""
        specs = [part.info.fields[name] for name in part.places if values.get(name) is not None]
        names = [spec.name for spec in specs if spec.unique and not spec.readonly]
        return {name: self._cleaned(part, name, values[name]) for name in names}

    def _versions(self, part: Part, ids: Sequence[int]) -> Mapping[int, int]:
        """The versions of new records, whose service may have changed them once more."""
        self.env.flush()
        columns = part.info.table.c
        wanted = select(columns.id, columns.version).where(columns.id.in_(ids))
        return dict(self.env.connection_of_core.execute(wanted).all())

    def _change(self, part: Part, rows: Sequence[Row]) -> None:
        if not rows:
            return
        if self.plan.mode is Mode.CREATE:
            self.counts["skipped"] += sum(1 + len(row.rest) for row in rows)
            return
        model: Any = part.info.model
        ids = {row.record_id for row in rows}
        found = self.env.session.scalars(select(model).where(model.id.in_(ids))) if ids else ()
        records = {record.id: record for record in found}
        for row in rows:
            record = records.get(row.record_id)
            if record is None:
                row.problems[WHOLE_ROW] = _("The record is gone.")
            else:
                self._change_one(part, row, record)

    def _change_one(self, part: Part, row: Row, record: Model) -> None:
        values, id, to = self._changing(part, row), record.id, row.values[0].get(part.info.owner)
        before = {name: getattr(record, name) for name in values}
        try:
            with self.env.savepoint():
                self.env.records(part.info.model).update(record, values)
                pairs = [(name, old, getattr(record, name)) for name, old in before.items()]
                changes = {name: [to_json(old), to_json(new)] for name, old, new in pairs if old != new}
                # Last: whoever gives a record away may not see it any more.
                version = self._assign(part, record, to, changes)
        except AppError as error:
            row.refuse(part, error)
            return
        self.counts["updated" if changes else "unchanged"] += 1
        if changes:
            self._note(row, part, id, version, changes)

    def _changing(self, part: Part, row: Row) -> dict[str, Any]:
        """What a row changes of its record, but for the owner. An empty cell says nothing: it clears no value."""
        kept = {*part.keys, part.info.owner}
        filled = {n: v for n, v in row.values[0].items() if v is not None and n not in kept}
        return {n: v for n, v in filled.items() if not part.info.fields[n].readonly}

    def _assign(self, part: Part, record: Model, to: int | None, changes: dict[str, list[Any]]) -> int:
        """Gives the record to the owner of the row, if that is another one. Returns the record's version."""
        owner, id = part.info.owner, record.id
        before = getattr(record, owner) if to is not None else None
        if to is None or to == before:
            return record.version
        if not self.env.can(ASSIGN, record):
            raise Invalid({owner: _("You may not give this record to somebody else.")})
        try:
            self.env.records(part.info.model).assign(record, to=to)
        except Forbidden as error:
            raise Invalid({owner: error.message}) from error
        changes[owner] = [before, to]
        return self._versions(part, [id])[id]

    # What belongs to it.

    def _check_children(self, part: Part, number: int) -> None:
        """A row whose second record is wrong makes no first one either: put right, it would make another."""
        service = self.env.records(part.info.model)
        for row in self.rows:
            if row.problems or not row.has_values(number):
                continue
            values = {name: value for name, value in row.values[number].items() if value is not None}
            try:
                missing = service.missing(service.defaults() | service.clean(values))
            except Invalid as error:
                row.refuse(part, error)
                continue
            missing.pop(part.via, None)
            if missing:
                row.refuse(part, Invalid(missing))

    def _write_children(self, part: Part, number: int) -> None:
        rows = [row for row in self.rows if row.record_id is not None and not row.problems and row.has_values(number)]
        if not rows:
            return
        known = self._known_children(part, number, rows)
        fresh = [row for row in rows if (row.record_id, self._name(part, row, number)) not in known]
        unique = {(row.record_id, self._name(part, row, number)): row for row in reversed(fresh)}
        chosen = sorted(unique.values(), key=lambda row: row.number)
        self._create(part, number, chosen, links=[row.record_id for row in chosen if row.record_id is not None])

    def _known_children(self, part: Part, number: int, rows: Sequence[Row]) -> set[tuple[int, Any]]:
        """(main record, name) of the children that are there: the same person is not taken in twice."""
        display = part.info.display
        keys = {(row.record_id, self._name(part, row, number)) for row in rows}
        return {(key[0], key[1]) for key in find_keyed(self.env, part.info, [part.via, display], keys)}

    def _name(self, part: Part, row: Row, number: int) -> Any:
        display = part.info.display
        return self._cleaned(part, display, row.values[number].get(display))

    def _note(self, row: Row, part: Part, id: int, version: int, changes: Mapping[str, Sequence[Any]] | None) -> None:
        self._written.append(
            {
                "import_id": self.import_id,
                "row": row.number,
                "model": part.info.key,
                "record_id": id,
                "version": version,
                "changes": changes,
            }
        )
