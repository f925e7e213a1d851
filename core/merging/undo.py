"""Taking a merge apart again, as far as what it did has not been changed since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select, update

from core import clock, deletion
from core.access.actor import EDIT
from core.errors import Conflict, Forbidden, NotFound
from core.i18n import _
from core.merging.engine import note_moves, settle_followers
from core.merging.models import Merge, MergeMove
from core.merging.references import Reference, references_to
from core.orm import search
from core.orm.locking import locked_now
from core.orm.model import Model, ModelInfo, describe, model_of, models
from core.orm.tables import Change, Deletion
from core.orm.values import from_json, to_json
from core.workflow import locks

if TYPE_CHECKING:
    from core.env import Env


def undo(env: Env, act: int) -> Model:
    """Undoes one act of merging. Returns the record that had stayed.

    The others come back with what was theirs, unless it has been given to somebody else since; a value that the
    survivor got goes back unless it has been changed since. Raises `NotFound` for an act that is not the actor's to
    see, `Forbidden`, `Locked` where the record's state keeps it as it is, or `Conflict` if it is undone already or a
    unique value has been taken.
    """
    row = _act(env, act)
    info = describe(model_of(row.model))
    survivor = env.get(info.model, row.survivor_id)
    if not env.can(EDIT, survivor):
        raise Forbidden()
    if row.undone_at is not None:
        raise Conflict(_("This has been undone already."))
    # As for merging: it is as good as made anew, so its state must not keep it, nor that of what it belongs to.
    locks.check_delete(env, survivor)
    _give_back(env, info, survivor, row.changes)
    others = [_brought_back(env, info, deletion_id) for deletion_id in row.deletions]
    for move, reference in _moves(env, info, act):
        keys = [tuple(key) for key in move.keys]
        moved = reference.move(env.connection_of_core, keys, of=survivor.id, to=move.from_id)
        if moved:
            note_moves(env, reference, moved, survivor.id, move.from_id)
    env.connection_of_core.execute(update(Merge).where(Merge.id == act).values(undone_at=clock.now()))
    _settle(env, info, [survivor.id, *others])
    env.hooks.merge_undone(model=info.model, survivor=survivor, others=others, act=act)
    return survivor


def _act(env: Env, act: int) -> Row[Any]:
    # Locked: two people may undo it at the same moment.
    row = env.connection_of_core.execute(select(Merge.__table__).where(Merge.id == act).with_for_update()).first()
    if row is None or row.model not in models():
        raise NotFound()
    return row


def _brought_back(env: Env, info: ModelInfo, act: int) -> int:
    """The record that the act of deleting took, which is there again; somebody may have restored it already."""
    target = env.connection_of_core.scalar(select(Deletion.record_id).where(Deletion.id == act))
    columns = info.table.c
    alive = select(columns.id).where(columns.id == target, columns.deleted_at.is_(None))
    if target is not None and env.connection_of_core.scalar(alive) is not None:
        return target
    return deletion.restore(env, act)[1]


def _give_back(env: Env, info: ModelInfo, survivor: Model, changes: dict[str, list[Any]]) -> None:
    service = env.records(info.model)
    with env.system("a merge is undone") as session:
        stored = locked_now(session, info.model, survivor.id)
        session.info["history"] = ("unmerge", "")
        try:
            for name, (before, after) in changes.items():
                spec = info.fields.get(name)
                if spec is not None and to_json(getattr(stored, name)) == after:
                    setattr(stored, name, from_json(spec, before))
            values = {name: getattr(stored, name) for name in service.fields}
            for name, value in service.derive(values, stored).items():
                if values[name] != value:
                    setattr(stored, name, value)
            session.flush()
        finally:
            session.info.pop("history")
    env.session.refresh(survivor)


def _moves(env: Env, info: ModelInfo, act: int) -> Iterator[tuple[Row[Any], Reference]]:
    """What the act moved, the last first; of addons that are gone for good there is nothing to take back."""
    known = {(reference.table.name, reference.name): reference for reference in references_to(info.model)}
    wanted = select(MergeMove.__table__).where(MergeMove.merge_id == act).order_by(MergeMove.id.desc())
    for move in env.connection_of_core.execute(wanted).all():
        reference = known.get((move.table, move.column))
        if reference is not None:
            yield move, reference


def _settle(env: Env, info: ModelInfo, ids: list[int]) -> None:
    entry = {"model": info.key, "action": "unmerge", "at": clock.now(), "user_id": env.user_id, "reason": ""}
    rows = [entry | {"record_id": id, "changes": {}} for id in ids[1:]]
    env.connection_of_core.execute(insert(Change), rows)
    search.index_ids(env.connection_of_core, info, ids)
    with env.system("records that were merged") as session:
        for id in ids:
            record = session.get_one(info.model, id, populate_existing=True)
            settle_followers(env, info, record)
            env.records(info.model).regrouped(record)
