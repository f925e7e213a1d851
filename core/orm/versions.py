"""Counters of what workers cache: grown with each change, read once per unit of work."""

from __future__ import annotations

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.orm.tables import Version


def read_versions(connection: Connection) -> dict[str, int]:
    """The one cheap check per unit of work that keeps every worker's caches right."""
    return dict(connection.execute(_VERSIONS).all())


_VERSIONS = select(Version.key, Version.number)


def bump(connection: Connection, key: str) -> None:
    """Makes every worker load what it caches under `key` anew, once this transaction is committed."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(Version).values(key=key, number=0).on_conflict_do_nothing(index_elements=["key"]))
    connection.execute(update(Version).where(Version.key == key).values(number=Version.number + 1))
