"""Forgetting answers that nobody will ask for again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from core import clock
from core.jobs.registry import job, schedule
from core.orm.tables import Idempotent

if TYPE_CHECKING:
    from core.env import Env

KEPT = timedelta(hours=24)


@schedule(every=timedelta(hours=1))
@job("rest.purge")
def purge(env: Env) -> None:
    """Removes the answers kept for an `Idempotency-Key` after a day."""
    env.connection_of_core.execute(delete(Idempotent).where(Idempotent.at < clock.now() - KEPT))
