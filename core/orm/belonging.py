"""Which tables, columns, indexes and keys are one addon's: what its migrations make, and what they leave alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from alembic.operations import ops
from sqlalchemy import Column, Connection, ForeignKeyConstraint, Index, Table, inspect
from sqlalchemy.sql.schema import ColumnCollectionConstraint

from core.addons.origin import CORE
from core.orm.model import Base

VERSION_TABLE = "alembic_version_"


def owner_of(column: Column[Any]) -> str:
    """The addon that the column of a mapped table belongs to: the one that extended the table, else the table's."""
    return str(column.info.get("owner") or addon_of_table(column.table))


def addon_of_table(table: Table) -> str:
    """The addon that declares the table."""
    return next((m.class_.__addon__ for m in Base.registry.mappers if m.local_table is table), CORE)


def extensions(addon: str) -> Iterator[tuple[Table, list[Column[Any]]]]:
    """The tables of other addons that this one extends, each with its columns there."""
    for table in Base.metadata.sorted_tables:
        added = [column for column in table.c if column.info.get("owner") == addon]
        if added:
            yield table, added


class Belonging:
    """What is the addon's, in the models and in the database behind `connection`."""

    def __init__(self, addon: str, connection: Connection) -> None:
        self.addon = addon
        self.tables = {m.class_.__tablename__ for m in Base.registry.mappers if m.class_.__addon__ == addon}
        self.extended = {table.name for table, _columns in extensions(addon)}
        names = set(inspect(connection).get_table_names())
        installed = {name.removeprefix(VERSION_TABLE) for name in names if name.startswith(VERSION_TABLE)}
        self._others = {*installed, *(m.class_.__addon__ for m in Base.registry.mappers)} - {addon}
        self._inline = {key for table in names & (self.tables | self.extended) for key in _inline(connection, table)}

    def includes_name(self, name: str | None, kind: str, _parents: Any) -> bool:
        """Whether Alembic is to read the table at all."""
        return kind != "table" or name in self.tables | self.extended

    def includes(self, item: Any, name: str | None, kind: str, reflected: bool, counterpart: Any) -> bool:
        """Whether Alembic is to compare the thing. What is only in the database is told by its name."""
        if kind == "table":
            # Another addon's table is its own to make, whatever is added to it.
            return name in self.tables or (name in self.extended and (reflected or counterpart is not None))
        if isinstance(item, ForeignKeyConstraint) and self._inline.issuperset(
            (item.table.name, column) for column in _names(item)
        ):
            return False
        mapped = counterpart if reflected and counterpart is not None else item
        if not reflected or counterpart is not None:
            return _owner(mapped) == self.addon
        return all(self._is_ours(_table_name(item), column) for column in _names(item))

    def trim(self, operation: ops.CreateTableOp) -> None:
        """Takes what other addons add to the new table out of its making."""
        operation.columns = [
            item
            for item in operation.columns
            if not isinstance(item, Column | ColumnCollectionConstraint) or _owner(item) == self.addon
        ]

    def _is_ours(self, table: str, column: str) -> bool:
        """Of what no model knows any more, in an own table all that no other addon's prefix claims."""
        if table in self.tables:
            return not any(column.startswith(f"{other}_") for other in self._others)
        return column.startswith(f"{self.addon}_")


def _owner(item: Any) -> str:
    """Whoever adds one of its columns to another's table makes the index or the key as well."""
    columns = list(_columns(item))
    added = [column.info["owner"] for column in columns if "owner" in column.info]
    return str(added[0]) if added else addon_of_table(item.table)


def _inline(connection: Connection, table: str) -> Iterator[tuple[str, str]]:
    """(table, column) of keys that came with their column on SQLite, which does not tell all of them again."""
    if connection.dialect.name == "sqlite":
        for key in inspect(connection).get_foreign_keys(table):
            if key["name"] is None:
                yield from ((table, column) for column in key["constrained_columns"])


def _columns(item: Any) -> Iterable[Column[Any]]:
    if isinstance(item, Column):
        return [item]
    if isinstance(item, ForeignKeyConstraint):
        return list(item.columns)
    return [column for column in item.columns if isinstance(column, Column)]


def _names(item: Any) -> list[str]:
    return [column.name for column in _columns(item)]


def _table_name(item: Any) -> str:
    table = item.table if isinstance(item, Column | Index | ColumnCollectionConstraint) else None
    return table.name if table is not None else ""
