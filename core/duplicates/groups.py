"""Records that have a key in common, group by group, and the pairs that somebody has told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, insert, select, tuple_
from sqlalchemy.orm import aliased

from core import clock
from core.access.actor import EDIT
from core.access.models import FieldLevel
from core.duplicates.declaration import Likeness
from core.duplicates.tables import DuplicateDenial, DuplicateKey
from core.orm.model import Model, ModelInfo, describe

if TYPE_CHECKING:
    from core.env import Env

Key = tuple[str, str]
"""(kind, key): groups are ordered by it."""

ON_PAGE, MOST_IN_GROUP = 20, 20
AT_ONCE, MOST_READ = 100, 500
"""How many groups are read at once, and for one page at most: some may be none of the actor's."""


@dataclass(frozen=True, slots=True)
class Group:
    """Records that the actor may edit, and in what they are alike."""

    reasons: Sequence[Likeness]
    ids: Sequence[int]


def groups(env: Env, model: type[Model], after: Key | None = None) -> tuple[list[Group], Key | None]:
    """A page of groups, and where the next one begins, None after the last."""
    info = describe(model)
    kinds = {likeness.kind: likeness for likeness in model.__duplicates__ if _is_open(env, info, likeness)}
    found: dict[tuple[int, ...], list[Likeness]] = {}
    place, read = after, 0
    while read < MOST_READ and kinds:
        keys = _shared_keys(env, info, list(kinds), place)
        for key in keys:
            place, read = key, read + 1
            ids = _members(env, info, key)
            if ids:
                found.setdefault(ids, []).append(kinds[key[0]])
            if len(found) == ON_PAGE:
                return _as_groups(found), place
        if len(keys) < AT_ONCE:
            return _as_groups(found), None
    return _as_groups(found), place if kinds else None


def alike(env: Env, record: Model) -> list[int]:
    """The ids of the records that are probably the same as this one, as far as the actor may edit them too."""
    info = describe(type(record))
    kinds = [likeness.kind for likeness in info.model.__duplicates__ if _is_open(env, info, likeness)]
    own, other = aliased(DuplicateKey), aliased(DuplicateKey)
    same = (other.model == own.model, other.kind == own.kind, other.key == own.key, other.record_id != own.record_id)
    wanted = select(other.record_id).join(own, and_(*same)).distinct().limit(MOST_IN_GROUP)
    wanted = wanted.where(own.model == info.key, own.record_id == record.id, own.kind.in_(kinds))
    others = set(env.connection_of_core.scalars(wanted))
    if not others:
        return []
    apart = _told_apart(env, info, {record.id, *others})
    left = {id for id in others if (min(id, record.id), max(id, record.id)) not in apart}
    return sorted(env.ids_within(info.model, left, EDIT))


def deny(env: Env, model: type[Model], ids: Sequence[int]) -> None:
    """Remembers that no two of the records are the same."""
    allow(env, model, ids)
    entry = {"model": model.key(), "at": clock.now(), "user_id": env.user_id}
    rows = [entry | {"low_id": low, "high_id": high} for low, high in _pairs(ids)]
    if rows:
        env.connection_of_core.execute(insert(DuplicateDenial), rows)


def allow(env: Env, model: type[Model], ids: Sequence[int]) -> None:
    """Forgets that somebody has told the records apart."""
    for low, high in _pairs(ids):
        pair = (DuplicateDenial.low_id == low, DuplicateDenial.high_id == high)
        env.connection_of_core.execute(delete(DuplicateDenial).where(DuplicateDenial.model == model.key(), *pair))


def _pairs(ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    yield from combinations(sorted(set(ids))[:MOST_IN_GROUP], 2)


def _is_open(env: Env, info: ModelInfo, likeness: Likeness) -> bool:
    levels = (env.actor.field_level(info.key, name) for name in likeness.fields)
    return all(level.width >= FieldLevel.READ.width for level in levels)


def _shared_keys(env: Env, info: ModelInfo, kinds: Sequence[str], after: Key | None) -> list[Key]:
    columns = (DuplicateKey.kind, DuplicateKey.key)
    wanted = select(*columns).where(DuplicateKey.model == info.key, DuplicateKey.kind.in_(kinds))
    if after is not None:
        wanted = wanted.where(tuple_(*columns) > after)
    wanted = wanted.group_by(*columns).having(func.count() > 1).order_by(*columns).limit(AT_ONCE)
    return [(kind, key) for kind, key in env.connection_of_core.execute(wanted)]


def _members(env: Env, info: ModelInfo, key: Key) -> tuple[int, ...]:
    """The records with the key that the actor may edit and that resemble another one, as far as nobody denies it."""
    same = (DuplicateKey.model == info.key, DuplicateKey.kind == key[0], DuplicateKey.key == key[1])
    wanted = select(DuplicateKey.record_id).where(*same).order_by(DuplicateKey.record_id).limit(10 * MOST_IN_GROUP)
    ids = env.ids_within(info.model, set(env.connection_of_core.scalars(wanted)), EDIT)
    apart = _told_apart(env, info, ids)
    left = {id for pair in combinations(sorted(ids), 2) if pair not in apart for id in pair}
    return tuple(sorted(left)[:MOST_IN_GROUP])


def _told_apart(env: Env, info: ModelInfo, ids: Set[int]) -> set[tuple[int, int]]:
    """The pairs among the records of which somebody has said that they are not the same."""
    denied = (DuplicateDenial.model == info.key, DuplicateDenial.low_id.in_(ids), DuplicateDenial.high_id.in_(ids))
    rows = env.connection_of_core.execute(select(DuplicateDenial.low_id, DuplicateDenial.high_id).where(*denied))
    return {(low, high) for low, high in rows}


def _as_groups(found: dict[tuple[int, ...], list[Likeness]]) -> list[Group]:
    return [Group(reasons, ids) for ids, reasons in found.items()]
