"""Transitions that wait to be decided on: who asked for what, and whose decision is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table, delete, insert, select

from core import clock
from core.orm.model import Model
from core.orm.tables import Change
from core.orm.values import from_json, to_json
from core.workflow.decisions import Pending
from core.workflow.declaration import Transition
from core.workflow.errors import NotWaiting
from core.workflow.tables import WaitingTransition

if TYPE_CHECKING:
    from core.env import Env

WAITS, WITHDRAWN = "transition_waits", "transition_withdrawn"
"""What such entries of a record's history are called."""

_ROWS = cast("Table", WaitingTransition.__table__)


def waiting_of(env: Env, record: Model) -> Sequence[WaitingTransition]:
    """What the record waits for: one transition, with a row for each decision that is missing."""
    columns = _ROWS.c
    wanted = select(_ROWS).where(columns.model == record.key(), columns.record_id == record.id).order_by(columns.id)
    return [WaitingTransition(**row) for row in env.connection_of_core.execute(wanted).mappings()]


def found_waiting(env: Env, reference: str) -> WaitingTransition:
    """What waits under the id. Raises `NotWaiting`."""
    wanted = select(_ROWS).where(_ROWS.c.reference == reference)
    row = env.connection_of_core.execute(wanted).mappings().one_or_none()
    if row is None:
        raise NotWaiting()
    return WaitingTransition(**row)


def begin_waiting(
    env: Env, record: Model, transition: Transition, given: Mapping[str, Any], pending: Sequence[Pending]
) -> None:
    """Writes down what is waited for."""
    common = {
        "model": record.key(),
        "record_id": record.id,
        "transition": transition.name,
        "arguments": {name: to_json(value) for name, value in given.items()},
        "requested_by": env.user_id,
        "requested_at": clock.now(),
    }
    rows = [common | {"reference": one.id, "url": one.url} for one in pending]
    env.connection_of_core.execute(insert(_ROWS), rows)
    note(env, record, WAITS, reason_of(given), {"transition": (None, transition.name)})


def end_waiting(env: Env, reference: str) -> None:
    """Takes one decision off the list. Raises `NotWaiting` if somebody else has."""
    gone = delete(_ROWS).where(_ROWS.c.reference == reference).returning(_ROWS.c.id)
    if env.connection_of_core.execute(gone).first() is None:
        raise NotWaiting()


def stop_waiting(env: Env, record: Model, transition: str, reason: str) -> list[str]:
    """Drops the whole request. Returns the ids that were waited for; raises `NotWaiting` if nothing waits any more."""
    about = (_ROWS.c.model == record.key(), _ROWS.c.record_id == record.id)
    ids = sorted(env.connection_of_core.scalars(delete(_ROWS).where(*about).returning(_ROWS.c.reference)))
    if not ids:
        raise NotWaiting()
    note(env, record, WITHDRAWN, reason, {"transition": (transition, None)})
    return ids


def arguments_of(transition: Transition, stored: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that were asked with, as Python has them."""
    known = {spec.name: spec for spec in transition.arguments}
    return {name: from_json(known[name], value) for name, value in stored.items() if name in known}


def reason_of(given: Mapping[str, Any]) -> str:
    """What the person gave as the reason, if the transition asks for one."""
    return str(given.get("reason") or "")


def note(env: Env, record: Model, action: str, reason: str, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """Adds an entry to the record's history."""
    row = {
        "model": record.key(),
        "record_id": record.id,
        "action": action,
        "at": clock.now(),
        "user_id": env.user_id,
        "reason": reason[:500],
        "changes": {name: [to_json(before), to_json(after)] for name, (before, after) in changes.items()},
    }
    env.connection_of_core.execute(insert(Change).values(row))
