"""Jobs as those see them who asked for them. Everybody else's do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from babel.dates import format_timedelta
from sqlalchemy import Row, select

from core import clock
from core.errors import NotFound
from core.i18n import Text, _, current_locale
from core.jobs import registry
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX
from core.jobs.result import JobResult

if TYPE_CHECKING:
    from core.env import Env

Tone = Literal["neutral", "accent", "positive", "warning", "negative"]

STATES: dict[str, tuple[Text, Tone]] = {
    JobState.QUEUED.value: (_("Waiting"), "neutral"),
    JobState.RUNNING.value: (_("Running"), "accent"),
    JobState.DONE.value: (_("Done"), "positive"),
    JobState.FAILED.value: (_("Failed"), "negative"),
    JobState.CANCELLED.value: (_("Cancelled"), "warning"),
}
"""State → label and tone."""

UNCLEAR = _("Something went wrong, also when it was tried again. An administrator can see the reason.")
SURE_AFTER = timedelta(seconds=2)
"""Before that nobody can say how long the rest will take."""


@dataclass(frozen=True, slots=True)
class ShownJob:
    """One job for who asked for it. `left` says in words how long it will take, as far as that is known."""

    id: int
    title: str
    state: str
    label: str
    tone: Tone
    done: int
    total: int | None
    note: str
    left: str
    result: JobResult | None
    failure: str
    asked_at: datetime
    done_at: datetime | None
    is_stopping: bool

    @property
    def url(self) -> str:
        """Its page."""
        return f"/jobs/{self.id}"

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen any more."""
        return self.state not in (JobState.QUEUED, JobState.RUNNING)

    @property
    def percent(self) -> int | None:
        """How much is done; None where that is not known."""
        return None if not self.total else min(100 * self.done // self.total, 100)


def shown(env: Env, id: int) -> ShownJob:
    """One of the actor's own jobs. Raises `NotFound` for all others alike."""
    wanted = (OUTBOX.c.id == id, OUTBOX.c.user_id == env.user_id)
    row = env.connection_of_core.execute(select(OUTBOX).where(*wanted)).first()
    if row is None:
        raise NotFound()
    return _shown(row)


def latest(env: Env, limit: int) -> list[ShownJob]:
    """The actor's newest jobs, of those that people wait for."""
    titled = [name for name, job in registry.declared().items() if job.title is not None]
    wanted = (OUTBOX.c.user_id == env.user_id, OUTBOX.c.job.in_(titled))
    statement = select(OUTBOX).where(*wanted).order_by(OUTBOX.c.id.desc()).limit(limit)
    return [_shown(row) for row in env.connection_of_core.execute(statement)]


def title_of(name: str) -> str:
    """What a job is called; its name where nobody has given it a title."""
    job = registry.get(name)
    return str(job.title) if job is not None and job.title is not None else name


def _shown(row: Row[int, str]) -> ShownJob:
    label, tone = STATES[row.state]
    is_failed = row.state == JobState.FAILED.value
    is_running = row.state == JobState.RUNNING.value
    return ShownJob(
        id=row.id,
        title=title_of(row.job),
        state=row.state,
        label=str(label),
        tone=tone,
        done=row.done_count,
        total=row.total,
        note="" if row.note is None else str(Text.from_json(row.note)),
        left=_left(row) if is_running else "",
        result=None if row.result is None else JobResult.from_json(row.result),
        failure=str(UNCLEAR if row.failure is None else Text.from_json(row.failure)) if is_failed else "",
        asked_at=row.created_at,
        done_at=row.done_at,
        is_stopping=is_running and row.cancel_at is not None,
    )


def _left(row: Row[int, str]) -> str:
    """How long the rest will take if it goes on as it has so far."""
    passed = clock.now() - (row.started_at or clock.now())
    if not row.total or not row.done_count or passed < SURE_AFTER:
        return ""
    rest = passed / row.done_count * max(row.total - row.done_count, 0)
    words = format_timedelta(max(rest, timedelta(seconds=1)), threshold=1.2, locale=current_locale())
    return str(_("about {time} left", time=words))
