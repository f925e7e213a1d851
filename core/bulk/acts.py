"""Keeping what was done to many records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from core import clock
from core.bulk.models import BulkAct, BulkRecord
from core.errors import NotFound
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX
from core.orm.model import models

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.actions import Outcome
    from core.pages.nodes import Action

Act = Row[Any]
"""A row of `BulkAct`."""

LONGEST = 500
_GOES_ON = (JobState.QUEUED.value, JobState.RUNNING.value)


def begin(env: Env, action: Action, details: Sequence[str]) -> int:
    """Writes down that the actor does something to many records. Returns the act's id."""
    row = {
        "model": action.model.key(),
        "action": action.key,
        "details": list(details),
        "user_id": env.user_id,
        "at": clock.now(),
    }
    return int(env.connection_of_core.execute(insert(BulkAct).values(row).returning(BulkAct.id)).scalar_one())


def runs_as(env: Env, act: int, job_id: int) -> None:
    """Remembers the job that does it."""
    env.connection_of_core.execute(update(BulkAct).where(BulkAct.id == act).values(job_id=job_id))


def undone_by(env: Env, act: int, job_id: int) -> None:
    """Remembers the job that undoes it."""
    env.connection_of_core.execute(update(BulkAct).where(BulkAct.id == act).values(undo_job_id=job_id))


def note(env: Env, act: int, outcome: Outcome) -> None:
    """Writes down what became of each record."""
    empty = {"act_id": act, "name": "", "changes": None, "deletion": None, "problem": ""}
    rows = [empty | {"record_id": id, "changes": changes} for id, changes in outcome.changes.items()]
    rows += [empty | {"record_id": id, "deletion": deletion} for id, deletion in outcome.deletions.items()]
    rows += [
        empty | {"record_id": id, "name": name[:200], "problem": why[:LONGEST]}
        for id, (name, why) in zip(outcome.failed_ids, outcome.failed, strict=True)
    ]
    if rows:
        env.connection_of_core.execute(insert(BulkRecord), rows)


def find(env: Env, id: int, *, lock: bool = False) -> Act:
    """One of the actor's own acts. Raises `NotFound` for all others alike."""
    wanted = select(BulkAct.__table__).where(BulkAct.id == id, BulkAct.user_id == env.user_id)
    row = env.connection_of_core.execute(wanted.with_for_update() if lock else wanted).first()
    if row is None or row.model not in models():
        raise NotFound()
    return row


def latest(env: Env, limit: int, *, before: int | None = None) -> Sequence[Act]:
    """The actor's own acts, the latest first, older than the one with the id `before`."""
    wanted = [BulkAct.user_id == env.user_id, BulkAct.model.in_(sorted(models()))]
    if before is not None:
        wanted.append(BulkAct.id < before)
    statement = select(BulkAct.__table__).where(*wanted).order_by(BulkAct.id.desc()).limit(limit)
    return env.connection_of_core.execute(statement).all()


def counts(env: Env, ids: Sequence[int]) -> dict[int, int]:
    """Act → how many records it has changed or deleted."""
    wanted = (BulkRecord.act_id.in_(ids), BulkRecord.problem == "")
    statement = select(BulkRecord.act_id, func.count()).where(*wanted).group_by(BulkRecord.act_id)
    return dict(env.connection_of_core.execute(statement).all())


def is_running(env: Env, act: Act) -> bool:
    """Whether its job has not come to an end yet."""
    if act.job_id is None:
        return False
    state = env.connection_of_core.scalar(select(OUTBOX.c.state).where(OUTBOX.c.id == act.job_id))
    return state in _GOES_ON


def is_known(env: Env, job: int | None) -> bool:
    """Whether the job can still be looked at: what has been over for some days is forgotten."""
    return env.connection_of_core.scalar(select(OUTBOX.c.id).where(OUTBOX.c.id == job)) is not None


def stopped_undoing(env: Env, found: Sequence[Act]) -> set[int]:
    """Those of the acts whose undoing was cancelled, forgotten or has failed before its end."""
    begun = {act.undo_job_id: act.id for act in found if act.undo_job_id is not None}
    if not begun:
        return set()
    wanted = select(OUTBOX.c.id).where(OUTBOX.c.id.in_(begun), OUTBOX.c.state.in_(_GOES_ON))
    still = set(env.connection_of_core.scalars(wanted))
    over = [act for job, act in begun.items() if job not in still]
    return set(env.connection_of_core.scalars(select(BulkRecord.act_id).where(is_left(over)).distinct()))


def is_left(acts: Sequence[int]) -> ColumnElement[bool]:
    """The records to which these acts did something, and for which undoing has not been tried."""
    is_done = BulkRecord.act_id.in_(acts) & (BulkRecord.problem == "")
    return is_done & BulkRecord.undone.is_(False) & (BulkRecord.kept == "")


def undoable(env: Env, act: int) -> int:
    """How many records it has changed or deleted in a way that can be undone."""
    wanted = select(func.count()).select_from(BulkRecord).where(BulkRecord.act_id == act, BulkRecord.problem == "")
    return env.connection_of_core.scalar(wanted) or 0


def missed(env: Env, act: int, limit: int | None = None) -> Sequence[Row[Any]]:
    """The records to which nothing was done, in the order in which they were tried."""
    return env.connection_of_core.execute(_told(act, BulkRecord.problem).limit(limit)).all()


def kept(env: Env, act: int, limit: int | None = None) -> Sequence[Row[Any]]:
    """The records that were not, or not all, undone."""
    return env.connection_of_core.execute(_told(act, BulkRecord.kept).limit(limit)).all()


def _told(act: int, column: Any) -> Any:
    wanted = select(BulkRecord.record_id, BulkRecord.name, column.label("why"))
    return wanted.where(BulkRecord.act_id == act, column != "").order_by(BulkRecord.id)
