"""What migrations need beyond Alembic's operations."""

from __future__ import annotations

from typing import Any

from core.orm import search
from core.orm.model import ModelInfo, describe, models


def create_search_table(op: Any, table: str) -> None:
    """Makes the search index of the business table `table`."""
    for statement in search.ddl(_info(table), op.get_bind().dialect.name):
        op.execute(statement)


def drop_search_table(op: Any, table: str) -> None:
    """Removes the search index of the business table `table`."""
    for statement in search.drop_ddl(_info(table), op.get_bind().dialect.name):
        op.execute(statement)


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
