"""Core's own scheduled jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from core import clock
from core.jobs import files
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX
from core.jobs.registry import job, schedule

if TYPE_CHECKING:
    from core.env import Env

KEPT = {
    JobState.DONE: timedelta(days=7),
    JobState.CANCELLED: timedelta(days=7),
    JobState.FAILED: timedelta(days=90),
}
"""How long what is over stays readable."""

FILES_KEPT = timedelta(days=1)
"""How long the files that jobs made can be fetched."""


@schedule(every=timedelta(hours=1))
@job("outbox.purge")
def purge(env: Env) -> None:
    """Removes what has been over for long, so that the outbox stays small."""
    for state, kept in KEPT.items():
        env.connection_of_core.execute(
            delete(OUTBOX).where(OUTBOX.c.state == state.value, OUTBOX.c.done_at < clock.now() - kept)
        )


@schedule(every=timedelta(hours=1))
@job("jobs.purge_files")
def purge_files(env: Env) -> None:
    """Removes the files that jobs made a day ago."""
    before = clock.now().timestamp() - FILES_KEPT.total_seconds()
    for path in files.folder(env.site.settings).glob("*"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
