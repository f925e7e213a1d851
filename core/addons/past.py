"""What has happened to records of the demo data: told as if their workflows and services had been at it then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm.attributes import set_committed_value

from core.orm import search
from core.orm.model import Model, describe
from core.orm.tables import Change
from core.orm.values import to_json
from core.workflow.decisions import Performed
from core.workflow.tables import WaitingTransition
from core.workflow.waiting import WAITS

if TYPE_CHECKING:
    from core.env import Env


_ENTRIES = cast("Table", Change.__table__)
_WAITING = cast("Table", WaitingTransition.__table__)


@dataclass(frozen=True, slots=True)
class PastEvent:
    """What somebody did with a record: fields that it has since, and the entry of its history."""

    record: Model
    action: str
    at: datetime
    by: int | None
    values: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def replay(env: Env, events: Sequence[PastEvent]) -> None:
    """Has flushed records go through what happened to them, one event after the other, past workflows and services."""
    env.session.flush()
    final: dict[Model, dict[str, Any]] = defaultdict(dict)
    entries = []
    for event_ in events:
        record, known = event_.record, final[event_.record]
        before = {name: known.get(name, getattr(record, name)) for name in event_.values}
        known |= event_.values
        known |= {"updated_at": event_.at, "updated_by": event_.by}
        entries.append(_entry(event_, before))
    if entries:
        env.connection_of_core.execute(insert(Change), entries)
    _store(env, final)


def replay_request(env: Env, record: Model, transition: str, *, by: int | None, at: datetime) -> Performed:
    """Has the transition wait if an addon wants it to, as if that user had asked for it at that moment.

    Raises what `env.workflow.request` raises.
    """
    performed = env.workflow.request(record, transition)
    waiting, entries = _WAITING.c, _ENTRIES.c
    mine = (waiting.model == record.key(), waiting.record_id == record.id, waiting.transition == transition)
    connection = env.connection_of_core
    connection.execute(update(_WAITING).where(*mine).values(requested_by=by, requested_at=at))
    told = (entries.model == record.key(), entries.record_id == record.id, entries.action == WAITS)
    connection.execute(update(_ENTRIES).where(*told, entries.user_id == env.user_id).values(user_id=by, at=at))
    return performed


def _entry(event_: PastEvent, before: Mapping[str, Any]) -> dict[str, Any]:
    fields = describe(type(event_.record)).fields
    told = {name: value for name, value in event_.values.items() if fields[name].history and value != before[name]}
    return {
        "model": event_.record.key(),
        "record_id": event_.record.id,
        "action": event_.action,
        "at": event_.at,
        "user_id": event_.by,
        "reason": event_.reason,
        "changes": {name: [to_json(before[name]), to_json(value)] for name, value in told.items()},
    }


def _store(env: Env, final: Mapping[Model, Mapping[str, Any]]) -> None:
    """Writes the fields past the session, which then knows them, and finds the records by them."""
    connection = env.connection_of_core
    alike: dict[tuple[type[Model], tuple[str, ...]], list[Model]] = defaultdict(list)
    for record, values in final.items():
        alike[type(record), tuple(sorted(values))].append(record)
    for (model, names), records in alike.items():
        table: Any = model.__table__
        rows = [{"record": record.id} | {f"to_{name}": final[record][name] for name in names} for record in records]
        moved: dict[str, Any] = {name: bindparam(f"to_{name}") for name in names}
        connection.execute(update(table).where(table.c.id == bindparam("record")).values(moved), rows)
        for record in records:
            for name in names:
                set_committed_value(record, name, final[record][name])
        search.index_ids(connection, describe(model), [record.id for record in records])
