"""What a long job says of itself while it runs, and where it goes on after a crash."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, update
from sqlalchemy.exc import SQLAlchemyError

from core.i18n import Text
from core.jobs import outbox
from core.jobs.outbox import OUTBOX, LostClaimError

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

log = logging.getLogger(__name__)
EVERY_SECONDS = 0.5
"""How often progress is written down at most, however often the job tells it."""


class Cancelled(Exception):
    """Raised in a job that is to stop. What its last batch stored stays."""


class Progress:
    """Given to a job whose function has a parameter `progress`; such a job has `own_transactions`.

    `checkpoint` is what the last finished batch left there, also of an attempt that died: any JSON, None at first.
    `user_id` is who started the job.
    """

    def __init__(self, site: Site, claim: outbox.Claim) -> None:
        self.site, self.user_id = site, claim.user_id
        self.checkpoint = claim.checkpoint
        self._note: Text | None = None
        self._claim = claim
        self._is_in_batch = self._is_cancelled = False
        self._written_at = 0.0
        self._told: dict[tuple[int, str, str], tuple[int, int]] = {}

    def update(self, done: int, total: int | None = None, note: Text | None = None) -> None:
        """Says that `done` of `total` are done. Cheap: call it as often as you like.

        Raises `Cancelled` if the job is to stop; within a batch it only takes note, and the batch tells it.
        """
        claim = self._claim
        claim.done, claim.total, self._note = done, claim.total if total is None else total, note or self._note
        if self._is_in_batch or time.monotonic() - self._written_at < EVERY_SECONDS:
            return
        try:
            with outbox.writing(self.site) as connection:
                self._write(connection)
        except SQLAlchemyError as error:
            log.info("The progress of job %s could not be written. %s", self._claim.id, error)
        self._check()

    @contextmanager
    def batch(self, *, user_id: int | None = None, locale: str | None = None) -> Iterator[Env]:
        """A transaction that is stored together with the progress and the `checkpoint` set in it, or not at all.

        By the system, or with `user_id` by that user with their rights, in the language `locale`. Raises `Cancelled`
        if the job is to stop.
        """
        self._check()
        reason = f"job {self._claim.job.name}"
        if user_id is None:
            unit = self.site.system(reason, locale=locale)
        else:
            unit = self.site.env(user_id, write=True, locale=locale)
        before = (self.checkpoint, self._claim.done, self._claim.total)
        try:
            with unit as env:
                self._is_in_batch = True
                # What batch after batch tells the same person becomes one sentence.
                env.told.update(self._told)
                yield env
                env.flush()
                # A job that gets on is not one that takes its workers down.
                self._write(env.connection_of_core, checkpoint=self.checkpoint, attempts=1)
            self._claim.attempt = 1
            self._told = env.told
        except BaseException:
            self.checkpoint, self._claim.done, self._claim.total = before
            raise
        finally:
            self._is_in_batch = False

    def _write(self, connection: Connection, **values: Any) -> None:
        """Raises `LostClaimError` where another run has taken the job over, which undoes the batch."""
        note = None if self._note is None else self._note.as_json()
        shown = {"done_count": self._claim.done, "total": self._claim.total, "note": note}
        mine = (OUTBOX.c.id == self._claim.id, OUTBOX.c.claim == self._claim.token)
        statement = update(OUTBOX).where(*mine).values(shown | values)
        row = connection.execute(statement.returning(OUTBOX.c.cancel_at)).first()
        if row is None:
            raise LostClaimError
        self._is_cancelled = row[0] is not None
        self._written_at = time.monotonic()

    def _check(self) -> None:
        if self._is_cancelled:
            raise Cancelled
