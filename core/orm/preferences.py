"""What each user has arranged for themselves, as JSON by key. None of it is of interest to anybody else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, ForeignKey, String, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import Base
from core.orm.types import Id, Json


class Preference(Base):
    """One preference of one user."""

    __tablename__ = "core_preference"

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)


PREFERENCES: Table = Preference.__table__  # type: ignore[assignment]


def read_preference(connection: Connection, user_id: int, key: str, default: Any = None) -> Any:
    """What the user has chosen under `key`."""
    wanted = (PREFERENCES.c.user_id == user_id, PREFERENCES.c.key == key)
    row = connection.execute(select(PREFERENCES.c.value).where(*wanted)).first()
    return default if row is None else row[0]


def write_preference(connection: Connection, user_id: int, key: str, value: Any) -> None:
    """Keeps the user's choice; None goes back to what everybody has."""
    if value is None:
        wanted = (PREFERENCES.c.user_id == user_id, PREFERENCES.c.key == key)
        connection.execute(delete(PREFERENCES).where(*wanted))
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(PREFERENCES).values(user_id=user_id, key=key, value=value)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["user_id", "key"], set_={"value": statement.excluded.value})
    )
