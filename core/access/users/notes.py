"""What the history of a user tells that is not a field of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from core import clock
from core.orm.tables import Change

if TYPE_CHECKING:
    from core.env import Env


def note(env: Env, user_id: int, action: str, changes: dict[str, list[Any]]) -> None:
    """Writes it down."""
    row = {"model": "user", "record_id": user_id, "action": action, "at": clock.now(), "user_id": env.user_id}
    env.connection_of_core.execute(insert(Change).values(**row, reason="", changes=changes))
