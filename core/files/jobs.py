"""Tidying up: files that were removed long ago, and contents that nothing has any more."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from core import clock
from core.files.binding import WAITS
from core.files.models import WAITING, Attachment
from core.jobs.registry import job, schedule
from core.mail.models import MessageFile

if TYPE_CHECKING:
    from core.env import Env

KEPT = timedelta(days=30)
"""How long a removed file can be brought back."""

SETTLED_SECONDS = 86_400
"""A content younger than this may belong to a save that is still going on."""


@schedule(every=timedelta(hours=1))
@job("files.purge_waiting")
def purge_waiting(env: Env) -> None:
    """Removes files that were sent for a record which was never saved."""
    forgotten = (Attachment.model == WAITING, Attachment.created_at < clock.now() - WAITS)
    env.connection_of_core.execute(delete(Attachment).where(*forgotten))


@schedule(every=timedelta(days=1))
@job("files.purge", timeout=3600)
def purge(env: Env) -> None:
    """Removes them. Runs in a transaction that the removal of contents waits for."""
    connection = env.connection_of_core
    connection.execute(delete(Attachment).where(Attachment.deleted_at < clock.now() - KEPT))
    kept = {*connection.scalars(select(Attachment.sha256)), *connection.scalars(select(MessageFile.sha256))}
    folder = env.site.settings.data / "files"
    before = time.time() - SETTLED_SECONDS
    for path in folder.glob("*/*/*"):
        if path.name not in kept and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
    for path in (folder / "incoming").glob("*"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
