"""How the outbox stands, for administrators and `9kcrm doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core import clock
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX
from core.orm.types import UTCDateTime

if TYPE_CHECKING:
    from core.site import Site


@dataclass(frozen=True, slots=True)
class Status:
    """How many jobs there are in each state, and since when the oldest that is due waits."""

    waiting: int
    running: int
    failed: int
    oldest_waiting_seconds: float
    last_error: str


def status(site: Site) -> Status:
    """How the outbox stands at this moment."""
    state, now = OUTBOX.c.state, clock.now()
    counts = select(state, func.count()).where(state != JobState.DONE.value).group_by(state)
    oldest = select(func.min(OUTBOX.c.available_at, type_=UTCDateTime())).where(
        state == JobState.QUEUED.value, OUTBOX.c.available_at <= now
    )
    last = select(OUTBOX.c.error).where(state == JobState.FAILED.value).order_by(OUTBOX.c.done_at.desc()).limit(1)
    with site.engine.connect() as connection:
        found: dict[str, int] = dict(connection.execute(counts).all())
        waiting_since, error = connection.scalar(oldest), connection.scalar(last)
    return Status(
        waiting=found.get(JobState.QUEUED.value, 0),
        running=found.get(JobState.RUNNING.value, 0),
        failed=found.get(JobState.FAILED.value, 0),
        oldest_waiting_seconds=(now - waiting_since).total_seconds() if waiting_since else 0.0,
        last_error=(error or "").strip().rpartition("\n")[2],
    )
