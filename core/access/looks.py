"""Writing down that somebody has looked at what is not meant for everybody's eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from core import clock
from core.orm.tables import SystemAccess

if TYPE_CHECKING:
    from core.env import Env


def note_look(env: Env, what: str) -> None:
    """Notes that the actor looks at `what`, at most 200 characters. In a transaction of its own: looking only reads."""
    with env.site.system("log of looks") as log:
        row = {"at": clock.now(), "user_id": env.user_id, "reason": what[:200]}
        log.connection_of_core.execute(insert(SystemAccess), row)
