"""Merging: the others' belongings go to the record that stays, the others to the recycle bin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from core import clock, deletion
from core.access.actor import DELETE, EDIT, READ
from core.access.guard import predicate
from core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from core.i18n import _
from core.merging.models import Merge, MergeMove
from core.merging.references import Key, Reference, references_to
from core.orm import search
from core.orm.flush import rewrite_followers
from core.orm.labels import labels
from core.orm.model import Model, ModelInfo, describe
from core.orm.rules import Follows, Owned
from core.orm.tables import Change
from core.orm.values import to_json
from core.orm.whole import give_owners, renumber
from core.workflow import locks

if TYPE_CHECKING:
    from core.env import Env

Changes = dict[str, list[Any]]
"""Field → [before, after], in the form of the API."""

ACT = "act"
"""Under this name the history of the survivor says which merge it tells of."""

MOST = 5
"""How many records one merge joins at most, the one that stays included."""


def merge(
    env: Env,
    survivor: Model,
    others: Sequence[Model],
    values: Mapping[str, Any],
    *,
    versions: Mapping[int, int] | None = None,
) -> int:
    """Makes one record of several, in this transaction. Returns the act's id, for `undo`.

    `values` are those that the survivor gets from the others. Everything that pointed at the others points at it
    afterwards, whichever addon it belongs to; they themselves go to the recycle bin. `versions` (id → version) are
    the ones that the author saw. Needs the grants "edit" on all of them and "delete" on the others. Raises `Invalid`,
    `Forbidden`, `Stale` where somebody has changed one of them since, `NotFound` where one is gone, `Conflict` where
    the survivor lies far below one of the others in a tree.
    """
    info = describe(type(survivor))
    _check(env, info, survivor, others)
    env.flush()
    _lock(env, info, [survivor, *others], versions or {})
    names = [name.text for name in labels(env, info.model, {other.id for other in others}).values()]
    act = _begin(env, info, survivor)
    for other in others:
        for reference in references_to(info.model):
            _move(env, act, reference, other.id, survivor)
    settle_followers(env, info, survivor)
    gone = [other.id for other in others]
    lost = _let_go(env, info, survivor, gone)
    deletions = [_put_away(env, other) for other in others]
    changes = _take(env, info, survivor, values, lost)
    _finish(env, info, survivor, act, deletions, changes, names)
    env.records(info.model).regrouped(survivor)
    env.hooks.records_merged(model=info.model, survivor=survivor, others=gone, act=act)
    return act


def impact(env: Env, model: type[Model], ids: Sequence[int]) -> list[tuple[ModelInfo, int]]:
    """What would go to the survivor, as far as the reader sees it: (model, number of records), the most first."""
    found: dict[type[Model], int] = defaultdict(int)
    for counts in impact_of_each(env, model, ids).values():
        for child, count in counts.items():
            found[child] += count
    return sorted(((describe(child), count) for child, count in found.items()), key=lambda pair: -pair[1])


def impact_of_each(env: Env, model: type[Model], ids: Sequence[int]) -> dict[int, dict[type[Model], int]]:
    """What belongs to each of the records: id → model → number.

    Everything moves, but a number of what the reader does not see would tell them of it.
    """
    found: dict[int, dict[type[Model], int]] = {}
    for reference in references_to(model):
        info, column = reference.info, reference.column
        if info is None or reference.kind:
            continue
        guard = predicate(env.actor, info.model, READ, columns=reference.table.c)
        seen = [column.in_(ids), reference.table.c.deleted_at.is_(None), *([] if guard is None else [guard])]
        for id, count in env.connection_of_core.execute(select(column, func.count()).where(*seen).group_by(column)):
            counts = found.setdefault(id, {})
            counts[info.model] = counts.get(info.model, 0) + count
    return found


def _check(env: Env, info: ModelInfo, survivor: Model, others: Sequence[Model]) -> None:
    ids = {survivor.id, *(other.id for other in others)}
    if len(ids) != len(others) + 1 or not 2 <= len(ids) <= MOST:
        raise Invalid({"ids": _("Choose two to {most} different records.", most=MOST)})
    if env.ids_within(info.model, ids, EDIT) != ids:
        raise Forbidden()
    for record in (survivor, *others):
        locks.check_delete(env, record)
    if env.ids_within(info.model, ids - {survivor.id}, DELETE) != ids - {survivor.id}:
        raise Forbidden(_("Merging takes the other records away, which you may not."))
    _check_trees(env, info, survivor, ids - {survivor.id})


def _check_trees(env: Env, info: ModelInfo, survivor: Model, gone: set[int]) -> None:
    """What lies between the survivor and one that goes, above it, would lie below the survivor and above it."""
    for name in _links_within(info):
        at, seen, stays_between = getattr(survivor, name), {survivor.id}, False
        while at is not None and at not in seen:
            if at in gone and stays_between:
                raise Conflict(_("A record cannot be merged into one further below it. Keep the one above."))
            stays_between = stays_between or at not in gone
            seen.add(at)
            at = env.connection_of_core.scalar(select(info.table.c[name]).where(info.table.c.id == at))


def _links_within(info: ModelInfo) -> list[str]:
    """The fields by which records of the model point at others of it, as in a tree."""
    return [name for name, spec in info.fields.items() if spec.target == info.key]


def _lock(env: Env, info: ModelInfo, records: Sequence[Model], versions: Mapping[int, int]) -> None:
    """Keeps the records as they are until this ends; by their ids, so that two merges cannot block each other."""
    table = info.table
    wanted = select(table.c.id, table.c.version, table.c.deleted_at).where(table.c.id.in_([r.id for r in records]))
    rows = {row.id: row for row in env.connection_of_core.execute(wanted.order_by(table.c.id).with_for_update())}
    for record in records:
        row = rows.get(record.id)
        if row is None or row.deleted_at is not None:
            raise NotFound()
        if row.version != versions.get(record.id, record.version):
            raise Stale(model=info.key, id=record.id, version=row.version)


def _begin(env: Env, info: ModelInfo, survivor: Model) -> int:
    row = {
        "model": info.key,
        "survivor_id": survivor.id,
        "at": clock.now(),
        "user_id": env.user_id,
        "deletions": [],
        "changes": {},
    }
    return int(env.connection_of_core.execute(insert(Merge).values(row).returning(Merge.id)).scalar_one())


def _move(env: Env, act: int, reference: Reference, of: int, survivor: Model) -> None:
    connection, to = env.connection_of_core, survivor.id
    keys = reference.keys(connection, of)
    if reference.table is type(survivor).__table__:
        # The survivor does not become its own parent, and what goes away anyway need not be touched.
        keys = [key for key in keys if key != (to,)]
    moved = reference.move(connection, keys, of=of, to=to)
    if not moved:
        return
    row = {"merge_id": act, "table": reference.table.name, "column": reference.name, "from_id": of}
    connection.execute(insert(MergeMove).values(**row, keys=[list(key) for key in moved]))
    note_moves(env, reference, moved, of, to)


def note_moves(env: Env, reference: Reference, keys: Sequence[Key], of: int, to: int) -> None:
    """Keeps in the history of each moved record what it belonged to before, and its search entry right."""
    info = reference.info
    if info is None:
        return
    ids = [key[0] for key in keys]
    entry = {
        "model": info.key,
        "action": "regroup",
        "at": clock.now(),
        "user_id": env.user_id,
        "reason": "",
        "changes": {reference.name: [of, to]},
    }
    env.connection_of_core.execute(insert(Change), [entry | {"record_id": id} for id in ids])
    search.index_ids(env.connection_of_core, info, ids)


def settle_followers(env: Env, info: ModelInfo, survivor: Model) -> None:
    """What followed the others carries the survivor's root and owner from now on; its parts stand in one row."""
    give_owners(env.connection_of_core, info, [survivor.id])
    renumber(env.connection_of_core, info, survivor.id)
    if isinstance(info.rule, Owned):
        rewrite_followers(env.connection_of_core, info, [survivor.id], survivor.id, getattr(survivor, info.owner))
    elif isinstance(info.rule, Follows):
        row = env.connection_of_core.execute(
            select(info.table.c.root_id, info.table.c.root_owner_id).where(info.table.c.id == survivor.id)
        ).one()
        rewrite_followers(env.connection_of_core, info, [survivor.id], row.root_id, row.root_owner_id)


def _put_away(env: Env, other: Model) -> int:
    # It may have been moved itself, away from another one that goes.
    env.session.refresh(other)
    return deletion.delete(env, other)


def _let_go(env: Env, info: ModelInfo, survivor: Model, gone: Sequence[int]) -> dict[str, Any]:
    """Takes the survivor's own links to what goes, which they would keep from going. Returns what they were."""
    env.session.refresh(survivor)
    lost = {name: id for name in _links_within(info) if (id := getattr(survivor, name)) in gone}
    if lost:
        with env.system("what was merged belongs to nothing that is gone") as session:
            stored = session.get_one(info.model, survivor.id, populate_existing=True)
            for name in lost:
                setattr(stored, name, None)
        env.session.refresh(survivor)
    return lost


def _take(env: Env, info: ModelInfo, survivor: Model, values: Mapping[str, Any], lost: Mapping[str, Any]) -> Changes:
    """Gives the survivor the chosen values. Returns its changes, with the links that it has `lost` before."""
    env.session.refresh(survivor)
    before = {name: getattr(survivor, name) for name in values} | dict(lost)
    env.records(info.model).update(survivor, values)
    pairs = ((name, value, getattr(survivor, name)) for name, value in before.items())
    return {name: [to_json(old), to_json(new)] for name, old, new in pairs if old != new}


def _finish(
    env: Env,
    info: ModelInfo,
    survivor: Model,
    act: int,
    deletions: Sequence[int],
    changes: Changes,
    names: Sequence[str],
) -> None:
    connection = env.connection_of_core
    table: Any = Merge.__table__
    connection.execute(table.update().where(table.c.id == act).values(deletions=list(deletions), changes=dict(changes)))
    entry = {"model": info.key, "record_id": survivor.id, "action": "merge", "at": clock.now()}
    told = {"merged": [None, list(names)], ACT: [None, act]}
    connection.execute(insert(Change).values(**entry, user_id=env.user_id, reason="", changes=told))
    search.index_ids(connection, info, [survivor.id])
