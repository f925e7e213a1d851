"""An import as it is stored, read-only: what was asked for, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, Table, delete, insert, select, update

from core import clock
from core.errors import NotFound
from core.exchange.imports.models import Import, ImportState, Mode
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX

if TYPE_CHECKING:
    from core.env import Env

IMPORTS: Table = Import.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of `Import`; see there for what its fields mean."""

    id: int
    user_id: int
    model: str
    name: str
    stored: str
    table: Mapping[str, Any]
    heads: Sequence[str]
    sample: Mapping[str, Any]
    columns: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]
    keys: Sequence[str]
    mode: Mode
    day_first: bool
    state: ImportState
    counts: Mapping[str, int]
    job_id: int | None
    created_at: datetime
    started_at: datetime | None
    done_at: datetime | None
    is_broken_off: bool = False
    """Whether its last job was stopped, or failed, before it had come to the end."""


BUSY = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)

_BROKEN_OFF = {
    ImportState.CHECKING: ImportState.DRAFT,
    ImportState.RUNNING: ImportState.DONE,
    ImportState.UNDOING: ImportState.DONE,
}
"""The state that an import falls back to when its job is given up."""


_GIVEN_UP = (JobState.FAILED.value, JobState.CANCELLED.value)


def read(connection: Connection, id: int, *, locked: bool = False) -> Asked:
    """The import of that id; `locked` keeps others from changing it until the transaction ends. Raises `NotFound`."""
    wanted = select(IMPORTS).where(IMPORTS.c.id == id)
    row = connection.execute(wanted.with_for_update() if locked else wanted).mappings().first()
    if row is None:
        raise NotFound()
    found = _asked(row)
    if found.state in _LEFT and not _is_alive(connection, found.job_id):
        # Its job was cancelled before it began, given up or forgotten: nobody else will say how it ended.
        return replace(found, state=_LEFT[found.state])
    return found


_LEFT = {
    ImportState.CHECKING: ImportState.DRAFT,
    ImportState.RUNNING: ImportState.DONE,
    ImportState.UNDOING: ImportState.DONE,
}
"""The state of an import whose job is over without having said so: what was taken in is there, and can be undone."""


def _is_alive(connection: Connection, job_id: int | None) -> bool:
    alive = (JobState.QUEUED.value, JobState.RUNNING.value)
    wanted = select(OUTBOX.c.id).where(OUTBOX.c.id == job_id, OUTBOX.c.state.in_(alive))
    return connection.execute(wanted).first() is not None


def own(env: Env, id: int, *, locked: bool = False) -> Asked:
    """One of the actor's own imports. Raises `NotFound` for everybody else's."""
    found = read(env.connection_of_core, id, locked=locked)
    if found.user_id != env.user_id:
        raise NotFound()
    return _settled(env.connection_of_core, found)


def latest(env: Env, limit: int = 50) -> list[Asked]:
    """The actor's own imports, the newest first."""
    wanted = select(IMPORTS).where(IMPORTS.c.user_id == env.user_id).order_by(IMPORTS.c.id.desc()).limit(limit)
    rows = env.connection_of_core.execute(wanted).mappings().all()
    return [_settled(env.connection_of_core, _asked(row)) for row in rows]


def add(env: Env, **values: Any) -> Asked:
    """Stores a new draft of the actor's."""
    given = {"user_id": env.user_id, "created_at": clock.now(), "counts": {}, **values}
    made = insert(IMPORTS).values(given).returning(IMPORTS.c.id)
    return read(env.connection_of_core, int(env.connection_of_core.execute(made).scalar_one()))


def change(connection: Connection, id: int, **values: Any) -> None:
    """Stores what has changed of it."""
    connection.execute(update(IMPORTS).where(IMPORTS.c.id == id).values(**values))


def remove(connection: Connection, id: int) -> None:
    """Forgets it, with the rows that it refused and the note of what it made."""
    connection.execute(delete(IMPORTS).where(IMPORTS.c.id == id))


def _settled(connection: Connection, found: Asked) -> Asked:
    """An import whose job has ended otherwise than well is as far as the job's last batch got."""
    if found.job_id is None:
        return found
    wanted = select(OUTBOX.c.state, OUTBOX.c.checkpoint).where(OUTBOX.c.id == found.job_id)
    job = connection.execute(wanted).first()
    if found.state not in BUSY:
        return replace(found, is_broken_off=job is not None and job.state in _GIVEN_UP)
    if job is not None and job.state not in _GIVEN_UP:
        return found
    so_far = (job.checkpoint or {}).get("counts", {}) if job is not None else {}
    return replace(found, state=_BROKEN_OFF[found.state], counts={**found.counts, **so_far}, is_broken_off=True)


def _asked(row: RowMapping) -> Asked:
    values: dict[str, Any] = {str(name): value for name, value in row.items()}
    return Asked(**values | {"mode": Mode(row["mode"]), "state": ImportState(row["state"])})
