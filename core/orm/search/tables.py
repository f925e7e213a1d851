"""The search tables, as plain SQL for migrations; they are no part of the mapped metadata."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, TableClause, Text, column, table

from core.orm.field import Field
from core.orm.model import ModelInfo

OWNER, SHARE = "§o", "§k"
"""How reader tokens begin: with a sign that is never part of a word."""


def has_index(info: ModelInfo) -> bool:
    """Whether anything of the model can be searched."""
    return bool(info.searched)


def ddl(info: ModelInfo, dialect_name: str) -> list[str]:
    """What creates the model's search table, [] if nothing in it is searched."""
    if not has_index(info):
        return []
    name = table_name(info)
    if dialect_name == "sqlite":
        # The tokenizer `ascii` keeps everything beyond ASCII whole, whatever Unicode SQLite was built with.
        return [
            f"CREATE VIRTUAL TABLE {name} USING fts5(terms, readers, text UNINDEXED, "
            "tokenize = 'ascii', prefix = '1 2', columnsize = 0)"
        ]
    return [
        f"CREATE TABLE {name} (id bigint PRIMARY KEY, terms tsvector NOT NULL, "
        "readers text[] NOT NULL, text text NOT NULL)",
        f"CREATE INDEX ix_{name}_terms ON {name} USING gin (terms, readers) WITH (fastupdate = off)",
    ]


def drop_ddl(info: ModelInfo, dialect_name: str) -> list[str]:
    """What removes the model's search table."""
    return [f"DROP TABLE IF EXISTS {table_name(info)}"] if has_index(info) else []


def finish_ddl(info: ModelInfo, dialect_name: str) -> list[str]:
    """What makes a table quick that was filled all at once."""
    name = table_name(info)
    return [f"INSERT INTO {name} ({name}) VALUES ('optimize')" if dialect_name == "sqlite" else f"ANALYZE {name}"]


def table_name(info: ModelInfo) -> str:
    """The name of the model's search table."""
    return f"{info.model.__tablename__}_search"


def search_table(info: ModelInfo, dialect_name: str) -> tuple[TableClause, Any]:
    """The search table and its column that holds the record's id."""
    key: Any = column("rowid" if dialect_name == "sqlite" else "id", Integer)
    found = table(table_name(info), key, column("terms"), column("readers"), column("text", Text))
    return found, found.c[key.name]


def text_key(field: Field | str) -> str:
    """The key of a field's text in the stored JSON: never equal to anything that people search for."""
    return "·".join(field if isinstance(field, str) else field.name)
