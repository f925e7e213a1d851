"""The row rules, compiled. From one rule come the *guard*, which protects every statement, and the *arms*,
disjoint ways to reach the visible rows fast. What arms find is read again through the guard."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, or_, select, true

from core import clock
from core.access.actor import CREATE, EDIT, EXPORT, PRINT, READ, REFER, Actor
from core.access.models import Share, ShareLevel
from core.orm.model import Model, describe, model_of
from core.orm.rules import ByGrant, Everyone, Follows, Owned
from core.orm.types import UTCDateTime

SHARED_ACTIONS = {
    READ: (ShareLevel.READ.value, ShareLevel.EDIT.value),
    PRINT: (ShareLevel.READ.value, ShareLevel.EDIT.value),
    EDIT: (ShareLevel.EDIT.value,),
    CREATE: (ShareLevel.EDIT.value,),
}
"""What a share can give. Deleting, assigning and approving never come from one."""

SHARES = Share.__table__.c


def predicate(actor: Actor, model: type[Model], action: str, *, columns: Any = None) -> ColumnElement[bool] | None:
    """Which rows of `model` the actor may do `action` on, deleted ones aside; None means all of them.

    `columns` is where the columns are taken from: the mapped class, or for core's own statements `table.c`.
    """
    if action == REFER:
        return _named(actor, model, columns)
    return _reached(actor, model, action, columns)


def _named(actor: Actor, model: type[Model], columns: Any) -> ColumnElement[bool] | None:
    """The rows that the actor may know by name: those to read, and those that a grant opens for nothing else."""
    read = _reached(actor, model, READ, columns)
    if read is None or not actor.may(describe(model).key, REFER):
        return read
    more = _reached(actor, model, REFER, columns)
    return None if more is None else or_(read, more)


def _reached(actor: Actor, model: type[Model], action: str, columns: Any) -> ColumnElement[bool] | None:
    found = _by_rule(actor, model, action, columns)
    within = narrowing(actor, model, action, model if columns is None else columns)
    if within is None or found is None:
        return within if found is None else found
    return and_(found, within)


def narrowing(actor: Actor, model: type[Model], action: str, columns: Any) -> ColumnElement[bool] | None:
    """What addons demand of a row beside the rule, and of every record that it follows; None if nothing."""
    if actor.rules is None:
        return None
    conditions = list(actor.rules(actor=actor, model=model, action=action, columns=columns))
    info = describe(model)
    if isinstance(info.rule, Follows):
        followed = model_of(info.fields[info.rule.link].target)
        above = followed.__table__.alias()
        # Up to the root, link by link: what hides a record hides whatever hangs on it.
        demanded = narrowing(actor, followed, _on_root(action), above.c)
        if demanded is not None:
            conditions.append(exists().where(above.c.id == getattr(columns, info.rule.link), demanded))
    return and_(*conditions) if conditions else None


def _by_rule(actor: Actor, model: type[Model], action: str, columns: Any) -> ColumnElement[bool] | None:
    info = describe(model)
    if isinstance(info.rule, Everyone) and action == READ:
        return None
    if not actor.may(info.key, action):
        return false()
    if isinstance(info.rule, Everyone | ByGrant):
        return None
    columns = model if columns is None else columns
    if isinstance(info.rule, Owned):
        owners = actor.owners(info.key, action)
        return None if owners is None else _owned(actor, model, columns, info.rule, owners, action)
    if isinstance(info.rule, Follows):
        return _following(actor, model, columns, info.rule, action)
    return false()


@dataclass(frozen=True, slots=True)
class Way:
    """Rows reached through the owners in one column; `outside` leaves out what an earlier way reaches."""

    column: ColumnElement[Any]
    owners: tuple[int, ...]
    outside: ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """The guard, taken apart into disjoint ways that an index serves: per owner, and by shares.

    `shares` gives the ids that `shared` may hold and `outside` leaves out what the ways reach. All of it holds only
    `within` what addons leave.
    """

    ways: tuple[Way, ...]
    shared: ColumnElement[Any]
    shares: Select[Any] | None
    outside: ColumnElement[bool]
    within: ColumnElement[bool] | None = None

    @property
    def owners(self) -> frozenset[int]:
        """Everybody through whom rows are reached."""
        return frozenset(owner for way in self.ways for owner in way.owners)


def reach(actor: Actor, model: type[Model], action: str = READ) -> Reach | None:
    """How the actor reaches rows of `model`; None where no owner decides: all rows, or none."""
    if not actor.may(describe(model).key, action):
        return None
    own, root = _reach(actor, model, action)
    if own is None or root is None:
        return None
    columns, rule = model.__table__.c, describe(model).rule
    shares, within = _shared_roots(actor, model, action), narrowing(actor, model, action, columns)
    if isinstance(rule, Owned):
        owner = columns[rule.owner]
        return Reach((Way(owner, _sorted(root)),), columns.id, shares, _other_than(owner, root), within)
    ways = [Way(columns.root_owner_id, _sorted(root))]
    outside = _other_than(columns.root_owner_id, root)
    if isinstance(rule, Follows) and rule.owner and own:
        owner = columns[rule.owner]
        ways.append(Way(owner, _sorted(own), outside))
        outside = and_(outside, _other_than(owner, own))
    return Reach(tuple(ways), columns.root_id, shares, outside, within)


def arms(actor: Actor, model: type[Model], action: str = READ) -> Sequence[ColumnElement[bool]] | None:
    """Disjoint conditions, one per owner in reach and one for shares, that together are the guard.

    None where no owner decides: all rows, or none. Each arm is served by an index that starts with its owner.
    """
    found = reach(actor, model, action)
    if found is None:
        return None
    conditions: list[ColumnElement[bool]] = []
    for way in found.ways:
        for owner in way.owners:
            arm = way.column == owner
            conditions.append(arm if way.outside is None else and_(arm, way.outside))
    if found.shares is not None:
        conditions.append(and_(found.shared.in_(found.shares), found.outside))
    return conditions if found.within is None else [and_(condition, found.within) for condition in conditions]


def owners_in_reach(actor: Actor, model: type[Model], action: str = READ) -> frozenset[int] | None:
    """Every owner through whom rows are visible, own and root's together; None means all rows."""
    own, root = _reach(actor, model, action)
    return None if own is None or root is None else own | root


def _sorted(owners: frozenset[int]) -> tuple[int, ...]:
    return tuple(sorted(owners))


def _other_than(owner: Any, owners: frozenset[int]) -> ColumnElement[bool]:
    # A record without an owner is outside too, which NOT IN alone would lose.
    others = owner != next(iter(owners)) if len(owners) == 1 else owner.not_in(sorted(owners))
    return or_(owner.is_(None), others)


def among(column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """`column` has one of the values. A list of one is spared the expansion that each execution of IN costs."""
    return column == next(iter(values)) if len(values) == 1 else column.in_(sorted(values))  # type: ignore[no-any-return]


def _reach(actor: Actor, model: type[Model], action: str) -> tuple[frozenset[int] | None, frozenset[int] | None]:
    """The owners of the record itself, and of its root, that the actor reaches."""
    info = describe(model)
    if isinstance(info.rule, Owned):
        owners = actor.owners(info.key, action)
        return owners, owners
    if isinstance(info.rule, Follows) and info.root is not None:
        own = actor.owners(info.key, action)
        if own is not None and not info.rule.owner:
            own = frozenset()
        return own, actor.owners(describe(info.root).key, _on_root(action))
    return None, None


def _on_root(action: str) -> str:
    """What one must be allowed on the root: to see it for reading and adding a follower, else to edit it."""
    if action in (READ, CREATE, EXPORT, PRINT):
        return READ
    return REFER if action == REFER else EDIT


def _owned(
    actor: Actor, model: type[Model], columns: Any, rule: Owned, owners: frozenset[int], action: str
) -> ColumnElement[bool]:
    owned = among(getattr(columns, rule.owner), owners)
    shared = _shared(actor, model, columns.id, action)
    return owned if shared is None else or_(owned, shared)


def _following(
    actor: Actor, model: type[Model], columns: Any, rule: Follows, action: str
) -> ColumnElement[bool] | None:
    own, root = _reach(actor, model, action)
    if own is None:
        return None
    owner = getattr(columns, rule.owner) if rule.owner else None
    if action == CREATE:
        # To be the author is not enough to add something: one must be at home with what it is added to.
        by_whom = true() if owner is None else or_(owner.is_(None), among(owner, own))
        return by_whom if root is None else and_(by_whom, _through_root(actor, model, columns, root, action))
    if root is None:
        return None
    through = _through_root(actor, model, columns, root, action)
    return through if owner is None or not own else or_(among(owner, own), through)


def _through_root(
    actor: Actor, model: type[Model], columns: Any, owners: frozenset[int], action: str
) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if owners:
        ways.append(among(columns.root_owner_id, owners))
    root = describe(model).root
    if root is not None and actor.may(describe(root).key, _on_root(action)):
        shared = _shared(actor, root, columns.root_id, action)
        ways += [] if shared is None else [shared]
    return or_(*ways) if ways else false()


def _shared(actor: Actor, root: type[Model], root_id: Any, action: str) -> ColumnElement[bool] | None:
    if action not in SHARED_ACTIONS:
        return None
    return exists().where(*_live_shares(actor, root, action), SHARES.root_id == root_id)


def _shared_roots(actor: Actor, model: type[Model], action: str) -> Select[Any] | None:
    root = describe(model).root
    if root is None or action not in SHARED_ACTIONS or not actor.may(describe(root).key, _on_root(action)):
        return None
    return select(SHARES.root_id).where(*_live_shares(actor, root, action))


def _live_shares(actor: Actor, root: type[Model], action: str) -> tuple[ColumnElement[bool], ...]:
    # A callable, so that the same compiled statement asks for the time anew at each execution.
    now = bindparam("now", callable_=clock.now, type_=UTCDateTime, unique=True)
    levels = SHARED_ACTIONS[action]
    return (
        SHARES.root_model == describe(root).key,
        SHARES.user_id == actor.id,
        *([] if len(levels) == len(ShareLevel) else [among(SHARES.level, levels)]),
        or_(SHARES.until.is_(None), SHARES.until > now),
    )
