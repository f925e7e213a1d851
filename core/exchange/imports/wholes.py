"""Rows that make one record with its parts: gathered by their key, written together, and refused together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from core.errors import AppError, Invalid
from core.exchange.imports.models import ImportedRecord
from core.exchange.imports.plan import Plan
from core.exchange.imports.rows import WHOLE_ROW, Row
from core.i18n import _

if TYPE_CHECKING:
    from core.env import Env

ANOTHER = _("Another row of the same record cannot be taken in.")


def gathered(plan: Plan, rows: Sequence[Row], key_of: Callable[[Row], Any]) -> list[Row]:
    """The first row of each record, with the others of the same key as its `rest`; all rows where there are no parts.

    What the first one leaves empty is taken from the next that says it.
    """
    if not plan.with_parts:
        return list(rows)
    first: dict[Any, Row] = {}
    found: list[Row] = []
    for row in rows:
        key = key_of(row)
        if key and None not in key and key in first:
            first[key].rest.append(row)
            continue
        first[key] = row
        found.append(row)
    for row in found:
        _refuse_all(row)
        for more in row.rest:
            row.values[0] |= {n: v for n, v in more.values[0].items() if row.values[0].get(n) is None}
    return found


def _refuse_all(row: Row) -> None:
    """A record of which one row is wrong is not taken in without it: its totals would be wrong."""
    together = (row, *row.rest)
    if any(each.problems for each in together):
        for each in together:
            if not each.problems:
                each.problems[WHOLE_ROW] = ANOTHER


def parts_of_row(plan: Plan, row: Row) -> dict[str, list[dict[str, Any]]]:
    """The parts that the row and its rest make, by their names."""
    found = {}
    for number, part in enumerate(plan.parts):
        if part.name:
            filled = [each.values[number] for each in (row, *row.rest) if each.has_values(number)]
            found[part.name] = [{n: v for n, v in values.items() if v is not None} for values in filled]
    return found


def refuse(plan: Plan, row: Row, error: AppError, *, after: int = 0) -> None:
    """Says of a record that cannot be written what is wrong, at the row and the cell where it stands.

    `after` so many parts that were there before.
    """
    by_part = {part.name: (number, part) for number, part in enumerate(plan.parts) if part.name}
    own: dict[str, Any] = {}
    for key, messages in error.fields.items() if isinstance(error, Invalid) else ():
        name, _dot, rest = key.partition(".")
        place, _dot, field = rest.partition(".")
        # What is wrong with a part that was there before stands in no row of this file.
        if name not in by_part or not place.isdigit() or int(place) < after:
            own[key] = messages
            continue
        number, part = by_part[name]
        rows = [each for each in (row, *row.rest) if each.has_values(number)]
        rows[int(place) - after].refuse(part, Invalid({field: messages}))
    if own or not isinstance(error, Invalid):
        row.refuse(plan.main, Invalid(own) if own else error)
    _refuse_all(row)


class Added:
    """Adds further parts to records that earlier batches of the same import have made."""

    def __init__(self, env: Env, plan: Plan, import_id: int) -> None:
        self.env, self.plan, self.import_id = env, plan, import_id

    def made_here(self, ids: Sequence[int]) -> set[int]:
        """Those of the records that this import has made."""
        if not self.plan.with_parts or not ids:
            return set()
        found = self.env.connection_of_core.execute(
            select(ImportedRecord.record_id, ImportedRecord.changes).where(*self._entries(ids))
        )
        return {id for id, changes in found if changes is None}

    def add(self, row: Row) -> None:
        """Adds the parts of the row to its record, which counts as untouched by others after it."""
        model: Any = self.plan.main.info.model
        record = self.env.get(model, row.record_id or 0)
        stored = {name: self.env.parts(record, name) for name in parts_of_row(self.plan, row)}
        try:
            with self.env.savepoint():
                lines = {
                    n: [*({"id": p.id} for p in stored[n]), *new] for n, new in parts_of_row(self.plan, row).items()
                }
                self.env.records(model).update(record, lines)
        except AppError as error:
            refuse(self.plan, row, error, after=max(map(len, stored.values()), default=0))
            return
        noted = update(ImportedRecord).where(*self._entries([record.id]))
        self.env.connection_of_core.execute(noted.values(version=record.version))

    def _entries(self, ids: Sequence[int]) -> tuple[Any, ...]:
        key = self.plan.main.info.key
        mine = ImportedRecord.import_id == self.import_id
        return mine, ImportedRecord.model == key, ImportedRecord.record_id.in_(ids)
