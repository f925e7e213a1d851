"""What may not be changed because of a state: the record itself, and what belongs to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import get_history

from core.i18n import Text, _
from core.orm.model import Model, describe
from core.orm.roots import lock_roots
from core.workflow.composition import Flow, Parent, flow_of, parents_of
from core.workflow.errors import Locked
from core.workflow.tables import WaitingTransition

if TYPE_CHECKING:
    from core.env import Env


def lock_on(env: Env, record: Model) -> Text | None:
    """Why the record is read-only but for its open fields; None if it is not."""
    flow = flow_of(env, type(record))
    if flow is None:
        return None
    state = flow.state_of(record)
    waits = not flow.is_locked(state) and is_waiting(env, type(record).key(), record.id)
    return lock_for(flow, state, is_waiting=waits)


def lock_for(flow: Flow, state: str, *, is_waiting: bool) -> Text | None:
    """Why a record in the state is read-only, or one that waits; None if it is not."""
    if flow.is_locked(state):
        return _("This record is “{state}” and cannot be changed any more.", state=flow.label(state))
    if is_waiting:
        return _("This record is waiting for approval and cannot be changed until that is decided.")
    return None


def is_waiting(env: Env, key: str, id: int) -> bool:
    """Whether a transition of the record waits to be decided on."""
    table = WaitingTransition.__table__.c
    wanted = select(table.id).where(table.model == key, table.record_id == id).limit(1)
    return env.connection_of_core.scalar(wanted) is not None


def check_edit(env: Env, record: Model, names: Collection[str]) -> None:
    """Raises `Locked` unless the fields of the record may be changed in its present state."""
    flow = flow_of(env, type(record))
    if flow is None or not set(names) - flow.open_fields:
        return
    reason = lock_on(env, record)
    if reason is not None:
        raise Locked(reason)


def check_state(env: Env, record: Model, names: Collection[str]) -> None:
    """Raises `Locked` if the stored state alone keeps the fields as they are; without a look at what it waits for."""
    flow = flow_of(env, type(record))
    if flow is None or not set(names) - flow.open_fields:
        return
    before = get_history(record, flow.field).deleted
    reason = lock_for(flow, before[0] if before else flow.state_of(record), is_waiting=False)
    if reason is not None:
        raise Locked(reason)


def check_delete(env: Env, record: Model) -> None:
    """Raises `Locked` for a record whose state keeps it, or the state of what it belongs to."""
    reason = lock_on(env, record)
    if reason is not None:
        raise Locked(reason)
    links = {parent.link: getattr(record, parent.link) for parent in parents_of(env, type(record))}
    check_parents(env, type(record), [links])


def check_parents(env: Env, model: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Raises `Locked` if what the rows belong to, before or after a change, locks what belongs to it."""
    for parent in parents_of(env, model):
        for id in sorted({row[parent.link] for row in rows if row.get(parent.link) is not None}):
            _check_parent(env, parent, id)


def _check_parent(env: Env, parent: Parent, id: int) -> None:
    """Its state as it is stored, which nobody changes until this transaction ends."""
    columns = describe(parent.model).table.c
    wanted = select(columns[parent.flow.field]).where(columns.id == id).with_for_update(key_share=True)
    env.flush()
    lock_roots(env.connection_of_core, describe(parent.model), [id])
    state = env.connection_of_core.scalar(wanted)
    if state is None:
        return
    if parent.flow.is_locked(state) or is_waiting(env, parent.model.key(), id):
        text = _(
            "It belongs to a record that is “{state}” and cannot be changed any more.", state=parent.flow.label(state)
        )
        raise Locked(text)
