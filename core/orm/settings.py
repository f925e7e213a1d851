"""Writing settings of the site. They are read with `Env.setting`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite

from core.orm.tables import Setting
from core.orm.versions import bump


def write_settings(connection: Connection, values: Mapping[str, Any]) -> None:
    """Stores the settings `values`; None takes one away. Every worker sees them once this is committed."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for key, value in values.items():
        if value is None:
            connection.execute(delete(Setting).where(Setting.key == key))
            continue
        statement = dialect.insert(Setting).values(key=key, value=value)
        connection.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
        )
    bump(connection, "settings")
