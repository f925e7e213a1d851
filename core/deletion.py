"""Deleting marks, takes along what goes with the record, and can be undone as one act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from core import clock
from core.access.actor import DELETE
from core.access.guard import predicate
from core.duplicates import store as duplicates
from core.errors import AppError, Conflict, Forbidden, NotFound, Stale
from core.i18n import _
from core.orm import search
from core.orm.field import Kind
from core.orm.model import Model, ModelInfo, describe, model_of, models
from core.orm.parts import whole_of
from core.orm.session import INCLUDE_DELETED, MARKED
from core.orm.tables import Change, Deletion
from core.orm.versions import bump
from core.workflow import locks
from core.workflow.composition import parents_of

if TYPE_CHECKING:
    from core.env import Env


Acts = Mapping[int, int | None]
"""Record → the act of deleting that takes it; None for a part that its whole has dropped, which no act brings back."""


def delete(env: Env, record: Model) -> int:
    """Marks the record and its dependents as deleted. Returns the id of this act.

    Raises `Forbidden`, `Stale` if somebody else has changed the record since it was read, or `Conflict` naming the
    records that would be left pointing at nothing.
    """
    if not env.can(DELETE, record) and record is not _taken_back.get(env):
        raise Forbidden()
    env.flush()
    info = describe(type(record))
    _lock(env, info, record)
    env.hooks.before_delete(record=record)
    env.flush()
    act = _take(env, info, [record.id])[record.id]
    env.session.expunge(record)
    env.hooks.after_delete(model=info.model, id=record.id, deletion=act)
    return act


MOMENT = timedelta(minutes=5)
"""How long their author may take back what they have created."""

_taken_back: WeakKeyDictionary[Env, Model] = WeakKeyDictionary()
"""The record that a unit of work is taking back."""


def take_back(env: Env, record: Model) -> int:
    """Deletes what the actor created a moment ago and nobody has changed since, also without the right to delete.

    Returns the id of the act. Raises `Forbidden` for anything else, and what `Records.delete` raises.
    """
    is_theirs = record.created_by is not None and record.created_by == env.user_id
    if not is_theirs or record.version != 1 or record.created_at < clock.now() - MOMENT:
        raise Forbidden(_("This cannot be taken back any more."))
    _taken_back[env] = record
    try:
        return env.records(type(record)).delete(record)
    finally:
        del _taken_back[env]


def delete_many(env: Env, info: ModelInfo, ids: Sequence[int]) -> list[int]:
    """Deletes these records with what goes with them, each as an act of its own. Returns the ids of those that went.

    One that something else still needs stays, and so does one that an addon keeps. No rights are asked for: that is
    for the caller.
    """
    listens = env.hooks.listens("before_delete", "after_delete")
    try:
        with env.savepoint():
            if listens:
                for record in _loaded(env, info, ids):
                    env.hooks.before_delete(record=record)
            acts = _take(env, info, ids)
            for id, act in acts.items() if listens else ():
                env.hooks.after_delete(model=info.model, id=id, deletion=act)
        return list(ids)
    except AppError:
        if len(ids) == 1:
            return []
    half = len(ids) // 2
    return [*delete_many(env, info, ids[:half]), *delete_many(env, info, ids[half:])]


def _loaded(env: Env, info: ModelInfo, ids: Sequence[int]) -> Sequence[Model]:
    model: Any = info.model
    return env.session.scalars(select(model).where(model.id.in_(ids)).order_by(model.id)).all()


def with_belongings(env: Env, info: ModelInfo, ids: Sequence[int]) -> set[int]:
    """Those of the records that people have added something to that would be deleted along, but for their parts."""
    found: set[int] = set()
    for child, name, rule in _references_to(info):
        spec, whole = child.fields.get(name), whole_of(child.model)
        if whole is not None and whole.model is info.model:
            continue
        # What is kept by the product itself, such as a log, is nobody's work.
        if rule == "CASCADE" and spec is not None and not spec.readonly:
            column = child.table.c[name]
            pointing = column.in_(ids) & child.table.c.deleted_at.is_(None)
            found.update(env.connection_of_core.scalars(select(column).where(pointing)))
    return found


def drop(env: Env, info: ModelInfo, ids: Sequence[int]) -> None:
    """Marks parts that their whole has no longer as deleted, with what goes with them, for good.

    No rights are asked for: that is for the caller. Raises `Conflict` if something else still needs one of them.
    """
    acts = dict.fromkeys(ids)
    for taken, theirs in [(info, acts), *_dependents(env, info, acts)]:
        _mark(env, taken, theirs)


def _take(env: Env, info: ModelInfo, ids: Sequence[int]) -> dict[int, int]:
    """Marks the records and what goes with them. Returns id → act. Raises `Conflict`."""
    if not ids:
        return {}
    entry = {"model": info.key, "at": clock.now(), "user_id": env.user_id}
    made = insert(Deletion).returning(Deletion.id, sort_by_parameter_order=True)
    numbers = env.connection_of_core.scalars(made, [entry | {"record_id": id} for id in ids])
    acts = dict(zip(ids, numbers, strict=True))
    for taken, theirs in [(info, acts), *_dependents(env, info, acts)]:
        _mark(env, taken, theirs)
    return acts


def restore(env: Env, act: int) -> tuple[str, int]:
    """Undoes one act of deleting as a whole. Returns the (model, id) of the record that it was aimed at.

    Raises `NotFound` unless the actor could delete that record, `Conflict` if a unique value has been taken, what it
    belonged to is gone, or the state of that keeps things out.
    """
    main = _main_of(env, act)
    found = [(info, ids) for info in _all() if (ids := _deleted_by(env, info, act))]
    try:
        for info, ids in found:
            table = info.table
            cleared = {
                "deleted_at": None,
                "deleted_by": None,
                "deletion": None,
                "version": table.c.version + 1,
            }
            env.connection_of_core.execute(update(table).where(table.c.id.in_(ids)).values(cleared))
            _note(env, info, ids, "restore")
            search.index_ids(env.connection_of_core, info, ids)
            duplicates.index_ids(env.connection_of_core, info, ids)
    except IntegrityError as error:
        raise Conflict(_("A record with the same unique value exists by now.")) from error
    _refuse_orphans(env, found)
    _refuse_into_locked(env, found)
    _announce(env, *main)
    return main


def _lock(env: Env, info: ModelInfo, record: Model) -> None:
    """Keeps others from changing the record, or adding to it, until this transaction ends."""
    wanted = select(info.table.c.version).where(info.table.c.id == record.id).with_for_update()
    version = env.connection_of_core.scalar(wanted)
    if version != record.version:
        raise Stale(model=info.key, id=record.id, version=version or 0)


def _refuse_orphans(env: Env, found: list[tuple[ModelInfo, list[int]]]) -> None:
    """What came back must belong to something that is there."""
    for info, ids in found:
        for name, spec in info.fields.items():
            if spec.kind is Kind.LINK and spec.required:
                target = describe(model_of(spec.target)).table.alias()
                gone = (
                    select(info.table.c.id)
                    .join(target, target.c.id == info.table.c[name])
                    .where(info.table.c.id.in_(ids), target.c.deleted_at.is_not(None))
                )
                if env.connection_of_core.scalar(gone.limit(1)) is not None:
                    raise Conflict(_("What this belonged to is deleted. Restore that first."))


def _refuse_into_locked(env: Env, found: list[tuple[ModelInfo, list[int]]]) -> None:
    """Nothing comes back into a record whose state locks what belongs to it; that would be a change of it."""
    back = {info.key: set(ids) for info, ids in found}
    for info, ids in found:
        for parent in parents_of(env, info.model):
            column = info.table.c[parent.link]
            above = set(env.connection_of_core.scalars(select(column).where(info.table.c.id.in_(ids))))
            # What came back together with it was deleted as a whole, and may come back as a whole.
            rest = above - back.get(parent.model.key(), set())
            locks.check_parents(env, info.model, [{parent.link: id} for id in rest])


def _announce(env: Env, key: str, id: int) -> None:
    """Lets the service of the model put right what depends on the record."""
    model: type[Any] = model_of(key)
    with env.system("a record that came back") as session:
        env.records(model).restored(session.get_one(model, id, populate_existing=True))


def _dependents(env: Env, info: ModelInfo, acts: Acts) -> list[tuple[ModelInfo, Acts]]:
    """What is deleted along, over all levels, by the act of what it belongs to.

    Raises `Conflict` for what may not be left behind.
    """
    found: list[tuple[ModelInfo, Acts]] = []
    for child, name, rule in _references_to(info):
        table = child.table
        pointing = table.c[name].in_(list(acts)) & table.c.deleted_at.is_(None)
        if rule == "CASCADE":
            rows = env.connection_of_core.execute(select(table.c.id, table.c[name]).where(pointing))
            taken = {id: acts[parent] for id, parent in rows}
            if taken:
                found += [(child, taken), *_dependents(env, child, taken)]
        elif rule != "SET NULL":
            _refuse_if_any(env, child, pointing)
    return found


def _refuse_if_any(env: Env, child: ModelInfo, pointing: Any) -> None:
    count = env.connection_of_core.scalar(select(func.count()).where(pointing)) or 0
    if count:
        raise Conflict(_("This is still used by {count} records of “{model}”.", count=count, model=child.title_plural))


def _references_to(info: ModelInfo) -> Iterator[tuple[ModelInfo, str, str]]:
    """(model, field, ON DELETE) of every business link to the model, of disabled addons too."""
    for child in _all():
        for column in child.table.c:
            for key in column.foreign_keys:
                if key.column.table is info.table and column.name not in _NOT_LINKS:
                    yield child, column.name, (key.ondelete or "").upper()


_NOT_LINKS = ("created_by", "updated_by", "deleted_by")


def _all() -> list[ModelInfo]:
    return [describe(model) for model in models().values()]


def _mark(env: Env, info: ModelInfo, acts: Acts) -> None:
    table = info.table
    values = {
        "deleted_at": clock.now(),
        "deleted_by": env.user_id,
        "deletion": bindparam("act"),
        "version": table.c.version + 1,
    }
    statement = update(table).where(table.c.id == bindparam("record")).values(values)
    env.connection_of_core.execute(statement, [{"record": id, "act": act} for id, act in acts.items()])
    _note(env, info, list(acts), "delete")
    search.remove(env.connection_of_core, info, list(acts))
    duplicates.remove(env.connection_of_core, info, list(acts))


def _note(env: Env, info: ModelInfo, ids: list[int], action: str) -> None:
    entry = {"model": info.key, "action": action, "at": clock.now(), "user_id": env.user_id}
    rows = [entry | {"record_id": id, "reason": "", "changes": {}} for id in ids]
    env.connection_of_core.execute(insert(Change), rows)
    if info.model.__bumps__:
        bump(env.connection_of_core, info.model.__bumps__)


def _main_of(env: Env, act: int) -> tuple[str, int]:
    row = env.connection_of_core.execute(select(Deletion.model, Deletion.record_id).where(Deletion.id == act)).first()
    if row is None or row.model not in models():
        raise NotFound()
    model = model_of(row.model)
    statement = select(model.id).where(model.id == row.record_id, model.deletion == act)
    guard = predicate(env.actor, model, DELETE)
    if guard is not None:
        statement = statement.where(guard)
    if env.session.scalar(statement, execution_options=MARKED | {INCLUDE_DELETED: True}) is None:
        raise NotFound()
    return row.model, row.record_id


def _deleted_by(env: Env, info: ModelInfo, act: int) -> list[int]:
    table = info.table
    return list(env.connection_of_core.scalars(select(table.c.id).where(table.c.deletion == act)))
