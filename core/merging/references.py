"""Every column of any table that points at records of a model: by a foreign key, or by kind and id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Table, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from core.orm.model import Base, CoreModel, Model, ModelInfo, describe, models

NOT_MOVED = ("created_by", "updated_by", "deleted_by")
"""Links that say who did something: that remains true of who did it."""

BATCH = 500
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Reference:
    """A column whose values are ids of records; `kind` is the column beside it that says of which model, if any."""

    table: Table
    name: str
    kind: str = ""
    model: str = ""

    @property
    def column(self) -> Any:
        return self.table.c[self.name]

    @cached_property
    def info(self) -> ModelInfo | None:
        """The model that the rows are records of; None for a table of the framework itself."""
        found = (model for model in models().values() if model.__table__ is self.table)
        return next(map(describe, found), None)

    def pointing_at(self, id: int) -> ColumnElement[bool]:
        """The rows that point at the record."""
        points: ColumnElement[bool] = self.column == id
        return points & (self.table.c[self.kind] == self.model) if self.kind else points

    def keys(self, connection: Connection, id: int) -> list[Key]:
        """The primary keys of the rows that point at the record, deleted ones included."""
        wanted = select(*self.table.primary_key.columns).where(self.pointing_at(id))
        return [tuple(row) for row in connection.execute(wanted.order_by(*self.table.primary_key.columns))]

    def move(self, connection: Connection, keys: Sequence[Key], *, of: int, to: int) -> list[Key]:
        """Lets the rows point at `to` instead of `of`. Returns those that do now.

        A row that a unique rule keeps from it, since the other record has its like, stays where it is.
        """
        try:
            with connection.begin_nested():
                return [key for batch in _batches(keys) for key in self._moved(connection, batch, of, to)]
        except IntegrityError:
            return [key for key in keys if self._moves(connection, key, of, to)]

    def _moves(self, connection: Connection, key: Key, of: int, to: int) -> bool:
        try:
            with connection.begin_nested():
                return bool(self._moved(connection, [key], of, to))
        except IntegrityError:
            return False

    def _moved(self, connection: Connection, keys: Sequence[Key], of: int, to: int) -> list[Key]:
        primary = list(self.table.primary_key.columns)
        chosen = primary[0].in_([key[0] for key in keys]) if len(primary) == 1 else tuple_(*primary).in_(keys)
        values: dict[str, Any] = {self.name: to}
        if self.info is not None:
            # Who has the row open in a form is to see that it has changed.
            values["version"] = self.table.c.version + 1
        statement = update(self.table).where(chosen, self.pointing_at(of)).values(values).returning(*primary)
        return [tuple(row) for row in connection.execute(statement)]


def references_to(model: type[Model]) -> Iterator[Reference]:
    """All of them, in tables of core and of every installed addon, enabled or not."""
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            leads_here = any(key.column.table is model.__table__ for key in column.foreign_keys)
            if leads_here and column.name not in NOT_MOVED:
                yield Reference(table, column.name)
    for mapper in Base.registry.mappers:
        named = getattr(mapper.class_, "__about__", None) if issubclass(mapper.class_, CoreModel) else None
        if named is not None:
            yield Reference(cast("Table", mapper.local_table), named[1], named[0], model.key())


def _batches(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
