"""All jobs of the site, for administrators: how they stand, and what can be done about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, select

from core.errors import NotFound
from core.jobs import outbox, registry
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX
from core.jobs.scheduler import SCHEDULE

if TYPE_CHECKING:
    from core.env import Env

SECRET_WORDS = ("password", "secret", "token", "key", "sent")
"""An argument whose name holds one of these is shown as dots."""

DOTS = "••••"
LONGEST = 300
"""Characters of an argument that are shown."""


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A job that is due by itself, by `rule`: an interval in seconds or a cron line. At first `next_at` is None."""

    name: str
    addon: str
    rule: float | str
    next_at: datetime | None
    is_enabled: bool


def counts(env: Env) -> dict[str, int]:
    """State → how many jobs are in it."""
    found = env.connection_of_core.execute(select(OUTBOX.c.state, func.count()).group_by(OUTBOX.c.state)).all()
    return {state: int(number) for state, number in found}


def jobs_in(env: Env, state: str, limit: int, *, before: int | None = None) -> Sequence[Row[Any]]:
    """The jobs in that state, newest first, older than the one with the id `before`."""
    wanted = [OUTBOX.c.state == state, *([] if before is None else [OUTBOX.c.id < before])]
    statement = select(OUTBOX).where(*wanted).order_by(OUTBOX.c.id.desc()).limit(limit)
    return env.connection_of_core.execute(statement).all()


def job_of(env: Env, id: int) -> Row[Any]:
    """One job. Raises `NotFound`."""
    found = env.connection_of_core.execute(select(OUTBOX).where(OUTBOX.c.id == id)).first()
    if found is None:
        raise NotFound()
    return found


def shown_arguments(row: Row[Any]) -> dict[str, str]:
    """The arguments of a job without what may be secret, each cut to a readable length."""
    return {name: DOTS if _is_secret(name) else _cut(value) for name, value in row.arguments.items()}


def scheduled(env: Env) -> list[ScheduledJob]:
    """What is due by itself, what comes first on top."""
    next_at = dict(env.connection_of_core.execute(select(SCHEDULE.c.name, SCHEDULE.c.next_at)).all())
    found = [_scheduled(env, schedule, next_at.get(schedule.job)) for schedule in registry.schedules()]
    return sorted(found, key=lambda job: (job.next_at is None, job.next_at, job.name))


def run_now(env: Env, name: str) -> int:
    """Does a scheduled job at once, beside its times. Returns the job's id. Raises `NotFound`."""
    if name not in {schedule.job for schedule in registry.schedules()}:
        raise NotFound()
    return env.enqueue(name)


def run_again(env: Env, ids: Sequence[int]) -> int:
    """Queues failed jobs anew, as if they had never been tried. Returns how many have failed and so are."""
    return sum(outbox.queue_again(env, id) for id in ids)


def forget(env: Env, ids: Sequence[int]) -> int:
    """Removes jobs that are waiting or over; running ones stay. Returns how many are gone."""
    wanted = (OUTBOX.c.id.in_(list(ids)), OUTBOX.c.state != JobState.RUNNING.value)
    return env.connection_of_core.execute(delete(OUTBOX).where(*wanted)).rowcount


def _scheduled(env: Env, schedule: registry.Schedule, next_at: datetime | None) -> ScheduledJob:
    job = registry.find(schedule.job)
    rule = schedule.cron or (schedule.every.total_seconds() if schedule.every else 0.0)
    return ScheduledJob(job.name, job.addon, rule, next_at, job.addon == "core" or job.addon in env.enabled)


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_WORDS)


def _cut(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
