"""Jobs that a transaction asks for, kept in the database until they are done.

A row is written with the business data, handed to the queue after the commit, claimed by one worker, and
marked as done in the transaction that did the work. The queue only makes this fast: if it loses everything,
the sweeper hands the rows over again.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from core import clock
from core.jobs import endings, registry
from core.jobs.machine import is_gone, this_machine
from core.jobs.models import JobState, OutboxRow
from core.jobs.queue import handover
from core.jobs.site_id import site_id
from core.orm.database import WRITES

if TYPE_CHECKING:
    from core.env import Env
    from core.i18n import Text
    from core.jobs.result import JobResult
    from core.site import Site

log = logging.getLogger(__name__)

OUTBOX: Table = OutboxRow.__table__  # type: ignore[assignment]
BATCH = 500

LEASE_MARGIN = timedelta(seconds=30)
"""How much longer than its timeout a run may last before it counts as dead."""

GRACE = timedelta(seconds=3)
"""What the transaction's own hand-over gets before the sweeper looks."""

HANDED_AGAIN = timedelta(seconds=10)
"""How often it is checked that a waiting row is on the queue: a killed worker or queue may have lost it."""


class LostClaimError(Exception):
    """Another run has taken over the row, so that what this one did is undone."""


@dataclass(slots=True)
class Claim:
    """The right of this process to run a row. `token` proves it: a run that lost it cannot finish the row."""

    id: int
    job: registry.Job
    arguments: dict[str, Any]
    token: str
    attempt: int
    user_id: int | None = None
    checkpoint: Any = None
    done: int = 0
    total: int | None = None
    """Progress as the run has told it last."""


def add(env: Env, job: str, arguments: dict[str, Any], *, at: datetime | None = None) -> int:
    """Writes the job into the outbox, in the env's transaction; returns the row's id.

    `at` delays it. Raises LookupError for an unknown job, TypeError for arguments that it does not take.
    """
    registry.check_arguments(registry.find(job), arguments)
    now = clock.now()
    row = {
        "job": job,
        "arguments": arguments,
        "user_id": env.user_id,
        "created_at": now,
        "available_at": at or now,
    }
    result = env.connection_of_core.execute(insert(OUTBOX).values(**row))
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def hand_over(site: Site, ids: Sequence[int]) -> None:
    """Puts rows that were just committed on the queue. Never raises: the sweeper comes after."""
    try:
        with site.engine.connect() as connection:
            rows = _due(connection, OUTBOX.c.id.in_(ids))
        _send(site, rows)
    except SQLAlchemyError as error:
        log.warning("Jobs %s wait in the outbox for the sweeper. %s", ids, error)


def sweep(site: Site) -> int:
    """Hands over what still waits, and takes back what a dead process held; returns how many went over."""
    take_back(site)
    now = clock.now()
    waits = and_(
        OUTBOX.c.available_at <= now - GRACE,
        or_(OUTBOX.c.handed_at.is_(None), OUTBOX.c.handed_at < now - HANDED_AGAIN),
    )
    with site.engine.connect() as connection:
        rows = _due(connection, waits)
    sent = _send(site, rows, again=True)
    if sent:
        with writing(site) as connection:
            connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(sent)).values(handed_at=now))
    return len(sent)


def take_back(site: Site) -> int:
    """Queues again the rows whose lease has run out or whose process is gone; returns how many.

    A row whose last attempt died is given up: a job that takes its worker down must not do so for ever.
    """
    columns = (OUTBOX.c.id, OUTBOX.c.job, OUTBOX.c.attempts, OUTBOX.c.claim, OUTBOX.c.lease_until)
    with site.engine.connect() as connection:
        running = connection.execute(select(*columns).where(OUTBOX.c.state == JobState.RUNNING.value)).all()
    dead = [row for row in running if row.lease_until < clock.now() or is_gone(row.claim)]
    for row in dead:
        log.warning("The process that ran job %s (%s) has ended before it was done.", row.id, row.job)
        error = f"Attempt {row.attempts}: the process ended before the job was done."
        fail(site, row.id, row.claim, error, retry_in=_pause(row.job, row.attempts, after_crash=True))
    return len(dead)


def claim(site: Site, id: int) -> Claim | None:
    """Takes a waiting row for this process; None if it is done, running elsewhere, or not to be run now."""
    token = f"{this_machine()}:{os.getpid()}:{secrets.token_hex(8)}"
    now = clock.now()
    with writing(site) as connection:
        row = connection.execute(select(OUTBOX).where(OUTBOX.c.id == id)).first()
        job = registry.get(row.job) if row is not None else None
        if row is None or job is None:
            return None
        if row.cancel_at is not None:
            # Its process died, or it failed, before it saw that it was to stop.
            cancel(connection, id)
            return None
        taken = connection.execute(
            update(OUTBOX)
            .where(OUTBOX.c.id == id, *_waiting(now))
            .values(
                state=JobState.RUNNING.value,
                claim=token,
                lease_until=now + timedelta(seconds=job.timeout) + LEASE_MARGIN,
                attempts=OUTBOX.c.attempts + 1,
                started_at=func.coalesce(OUTBOX.c.started_at, now),
            )
        )
        if taken.rowcount != 1:
            return None
        known = {"user_id": row.user_id, "checkpoint": row.checkpoint, "done": row.done_count, "total": row.total}
        return Claim(id, job, row.arguments, token, row.attempts + 1, **known)


def finish(env: Env, claim: Claim, result: JobResult | None = None) -> None:
    """Marks the row as done, in the transaction that did the work, and tells who asked for it.

    Raises `LostClaimError` if another run has taken it over.
    """
    values = {"state": JobState.DONE.value, "done_at": clock.now(), "claim": None, "error": None}
    # The last progress may have been told too soon after the one before to be written.
    values |= {"done_count": claim.done, "total": claim.total}
    if result is not None:
        values["result"] = result.as_json()
    if not _change(env.connection_of_core, claim.id, claim.token, values):
        raise LostClaimError
    endings.tell_done(env, claim.job, claim.id, claim.user_id, result)


def postpone(site: Site, claim: Claim, pause: timedelta) -> None:
    """Gives the row back untried, for later."""
    values = _released(JobState.QUEUED) | {
        "available_at": clock.now() + pause,
        "attempts": OUTBOX.c.attempts - 1,
    }
    with writing(site) as connection:
        _change(connection, claim.id, claim.token, values)


def fail(
    site: Site, id: int, token: str, error: str, *, retry_in: timedelta | None, reason: Text | None = None
) -> None:
    """Notes the error; queues the row again after `retry_in`, or with None gives it up and keeps it.

    Who asked for it is told then, with the `reason` if there is one that people understand.
    """
    now = clock.now()
    if retry_in is not None:
        values = _released(JobState.QUEUED) | {"available_at": now + retry_in, "error": error}
        with writing(site) as connection:
            _change(connection, id, token, values)
        return
    failure = None if reason is None else reason.as_json()
    values = _released(JobState.FAILED) | {"done_at": now, "error": error, "failure": failure}
    with site.system("a job is given up") as env:
        row = env.connection_of_core.execute(select(OUTBOX.c.job, OUTBOX.c.user_id).where(OUTBOX.c.id == id)).first()
        if _change(env.connection_of_core, id, token, values) and row is not None:
            endings.tell_failed(env, registry.get(row.job), id, row.user_id)


def stop(site: Site, claim: Claim) -> None:
    """Ends a job that who started it no longer wants; what its batches stored stays."""
    values = _released(JobState.CANCELLED) | {"done_at": clock.now()}
    with writing(site) as connection:
        _change(connection, claim.id, claim.token, values)


def cancel(connection: Connection, id: int) -> None:
    """Ends a waiting job, and asks a running one to end."""
    now = clock.now()
    ended = {"state": JobState.CANCELLED.value, "done_at": now, "cancel_at": now}
    connection.execute(update(OUTBOX).where(OUTBOX.c.id == id, OUTBOX.c.state == JobState.QUEUED.value).values(**ended))
    running = (OUTBOX.c.id == id, OUTBOX.c.state == JobState.RUNNING.value)
    connection.execute(update(OUTBOX).where(*running).values(cancel_at=now))


def pause_after(claim: Claim) -> timedelta | None:
    """How long to wait before the next attempt; None when there is none."""
    return _pause(claim.job.name, claim.attempt)


def retry(site: Site, id: int) -> bool:
    """Queues a failed row again, as if it had never been tried; False if it has not failed."""
    with site.system("run a job again") as env:
        return queue_again(env, id)


def queue_again(env: Env, id: int) -> bool:
    """The same in the env's transaction; the row goes to the queue once that is committed."""
    fresh = {"attempts": 0, "available_at": clock.now(), "done_at": None, "failure": None, "cancel_at": None}
    failed = (OUTBOX.c.id == id, OUTBOX.c.state == JobState.FAILED.value)
    statement = update(OUTBOX).where(*failed).values(**_released(JobState.QUEUED), **fresh)
    if env.connection_of_core.execute(statement).rowcount != 1:
        return False
    env.after_commit(lambda: hand_over(env.site, [id]))
    return True


@contextmanager
def writing(site: Site) -> Iterator[Connection]:
    """A short transaction of the outbox's own, beside any session."""
    with site.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        yield connection


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return OUTBOX.c.state == JobState.QUEUED.value, OUTBOX.c.available_at <= now


def _due(connection: Connection, condition: ColumnElement[bool]) -> Sequence[Row[int, str]]:
    return connection.execute(
        select(OUTBOX.c.id, OUTBOX.c.job)
        .where(*_waiting(clock.now()), condition)
        .order_by(OUTBOX.c.available_at, OUTBOX.c.id)
        .limit(BATCH)
    ).all()


def _send(site: Site, rows: Sequence[Row[int, str]], *, again: bool = False) -> list[int]:
    """Puts the rows on the queue; those of a job that is not installed count as handed over, and wait."""
    known = [(row, registry.get(row.job)) for row in rows]
    unknown = [row.id for row, job in known if job is None]
    if not known:
        return []
    jobs = [(row.id, job.timeout) for row, job in known if job is not None]
    sent = handover(site.settings, site_id(site)).send(jobs, again=again)
    return sent + unknown


def _pause(job: str, attempts: int, *, after_crash: bool = False) -> timedelta | None:
    """10 s, 40 s, 160 s … at most an hour. After a crash at once: the job itself may be in good order."""
    declared = registry.get(job)
    if declared is None or attempts > declared.retries:
        return None
    return timedelta(0) if after_crash and attempts == 1 else timedelta(seconds=min(10 * 4 ** (attempts - 1), 3600))


def _released(state: JobState) -> dict[str, Any]:
    return {"state": state.value, "claim": None, "lease_until": None, "handed_at": None}


def _change(connection: Connection, id: int, token: str, values: dict[str, Any]) -> bool:
    """Changes the row while the claim is still this run's: a run that was given up changes nothing."""
    result = connection.execute(update(OUTBOX).where(OUTBOX.c.id == id, OUTBOX.c.claim == token).values(**values))
    return result.rowcount == 1
