"""What migrations need beyond Alembic's operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, Connection, insert, inspect, select

from core import clock
from core.orm import search
from core.orm.model import ModelInfo, describe, models


def create_search_table(op: Any, table: str) -> None:
    """Makes the search index of the business table `table`, unless another addon has made it."""
    if inspect(op.get_bind()).has_table(f"{table}_search"):
        return
    for statement in search.ddl(_info(table), op.get_bind().dialect.name):
        op.execute(statement)


def drop_search_table(op: Any, table: str) -> None:
    """Removes the search index of the business table `table`."""
    for statement in search.drop_ddl(_info(table), op.get_bind().dialect.name):
        op.execute(statement)


def drop_unused_search_table(op: Any, table: str) -> None:
    """Removes the search index of `table` once no column that is searched is left in it."""
    there = {column["name"] for column in inspect(op.get_bind()).get_columns(table)}
    if not there.intersection(_info(table).searched):
        drop_search_table(op, table)


def index_anew(op: Any, table: str) -> None:
    """Makes the search index of `table` anew from the columns that it has by now, once more of them are searched."""
    info, connection = _info(table), op.get_bind()
    there = {column["name"] for column in inspect(connection).get_columns(table)}
    search.rebuild(connection, replace(info, fields={key: f for key, f in info.fields.items() if key in there}))


def insert_records(op: Any, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds the records that the business table `table` starts with, and lets the search find them."""
    info, connection, now = _info(table), op.get_bind(), clock.now()
    stamps = {"version": 1, "created_at": now, "updated_at": now}
    added = insert(info.table).returning(info.table.c.id)
    search.index_ids(connection, info, [connection.execute(added, stamps | dict(row)).scalar_one() for row in rows])


def add_column(op: Any, table: str, column: Column[Any]) -> None:
    """Adds a column, with the key that it may hold, to a table that has rows. Nothing is copied, on SQLite either."""
    op.add_column(table, column, inline_references=op.get_bind().dialect.name == "sqlite")


def drop_column(op: Any, table: str, column: str) -> None:
    """Removes a column, whose indexes are gone already, and its texts from the search."""
    info = _info(table)
    if column in info.searched:
        _forget(op.get_bind(), info, column)
    op.drop_column(table, column)


def _forget(connection: Connection, info: ModelInfo, name: str) -> None:
    """Indexes anew the rows that have something in the column, without it: what is gone must not be found."""
    there = {column["name"] for column in inspect(connection).get_columns(info.table.name)} - {name}
    table, others = info.table, {key: f for key, f in info.fields.items() if key in there}
    filled = select(table.c.id).where(table.c[name].is_not(None), table.c.deleted_at.is_(None))
    search.index_ids(connection, replace(info, fields=others), connection.scalars(filled).all())


def add_foreign_key(op: Any, name: str, table: str, column: str, target: str) -> None:
    """A foreign key between tables that refer to each other. SQLite cannot add one, and goes without."""
    if op.get_bind().dialect.name != "sqlite":
        op.create_foreign_key(name, table, target, [column], ["id"])


def drop_foreign_key(op: Any, name: str, table: str) -> None:
    """Removes such a key again."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(name, table, type_="foreignkey")


def _info(table: str) -> ModelInfo:
    return next(describe(model) for model in models().values() if model.__tablename__ == table)
