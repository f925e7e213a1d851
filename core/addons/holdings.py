"""What an addon has stored: its tables, and its columns of other addons' tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, func, inspect, or_, select

from core.orm.belonging import extensions
from core.orm.model import Base


@dataclass(frozen=True, slots=True)
class Holding:
    """A table of the addon, or with `columns` those that it added to another one's."""

    table: Table
    columns: Sequence[Column[Any]] = ()

    @property
    def rows(self) -> Select[Any]:
        """The rows that hold something there, with all that the addon stored in them, by their key."""
        keys = list(self.table.primary_key.columns)
        if not self.columns:
            return select(self.table).order_by(*keys)
        filled = or_(*(column.is_not(None) for column in self.columns))
        return select(*keys, *self.columns).where(filled).order_by(*keys)

    def count(self, connection: Connection) -> int:
        """How many rows hold something."""
        return connection.scalar(select(func.count()).select_from(self.rows.order_by(None).subquery())) or 0


def holdings(connection: Connection, name: str) -> list[Holding]:
    """Those that are in the database: a purge that was cut short, or an upgrade to come, leaves fewer than declared."""
    there = set(inspect(connection).get_table_names())
    declared = {mapper.class_.__tablename__ for mapper in Base.registry.mappers if mapper.class_.__addon__ == name}
    own = [Holding(table) for table in Base.metadata.sorted_tables if table.name in declared & there]
    return own + [
        Holding(table, columns) for table, columns in extensions(name) if _has(connection, table.name, columns)
    ]


def _has(connection: Connection, table: str, columns: Sequence[Column[Any]]) -> bool:
    here = {column["name"] for column in inspect(connection).get_columns(table)}
    return here.issuperset(column.name for column in columns)
