"""The row rules, compiled. From one rule come the *guard*, which protects every statement, and the *arms*,
disjoint ways to reach the visible rows fast. What arms find is read again through the guard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, false, or_, select

from core import clock
from core.access.actor import CREATE, EDIT, EXPORT, READ, Actor
from core.access.models import Share, ShareLevel
from core.orm.model import Model, describe
from core.orm.rules import ByGrant, Everyone, Follows, Owned
from core.orm.types import UTCDateTime

SHARED_ACTIONS = {
    READ: (ShareLevel.READ, ShareLevel.EDIT),
    EDIT: (ShareLevel.EDIT,),
    CREATE: (ShareLevel.EDIT,),
}
"""What a share can give. Deleting, assigning and approving never come from one."""


def predicate(actor: Actor, model: type[Model], action: str) -> ColumnElement[bool] | None:
    """Which rows of `model` the actor may do `action` on, deleted ones aside; None means all of them."""
    info = describe(model)
    if isinstance(info.rule, Everyone) and action == READ:
        return None
    if not actor.may(info.key, action):
        return false()
    if isinstance(info.rule, Everyone | ByGrant):
        return None
    if isinstance(info.rule, Owned):
        owners = actor.owners(info.key, action)
        return None if owners is None else _owned(actor, model, info.rule, owners, action)
    if isinstance(info.rule, Follows):
        return _following(actor, model, info.rule, action)
    return false()


def arms(actor: Actor, model: type[Model], action: str = READ) -> Sequence[ColumnElement[bool]] | None:
    """Disjoint conditions, one per owner in reach and one for shares, that together are the guard.

    None where no owner decides: all rows, or none. Each arm is served by an index that starts with its owner.
    """
    guard = predicate(actor, model, action)
    if guard is None or not actor.may(describe(model).key, action):
        return None
    columns = model.__table__.c
    own, root = _reach(actor, model, action)
    if own is None or root is None:
        return None
    found: list[ColumnElement[bool]] = []
    rule = describe(model).rule
    if isinstance(rule, Owned):
        owner = columns[rule.owner]
        found = [owner == user for user in sorted(root)]
        outside = or_(owner.is_(None), owner.not_in(sorted(root)))
        return [*found, and_(columns.id.in_(_shared_roots(actor, model, action)), outside)]
    found = [columns.root_owner_id == user for user in sorted(root)]
    outside = or_(columns.root_owner_id.is_(None), columns.root_owner_id.not_in(sorted(root)))
    if isinstance(rule, Follows) and rule.owner:
        owner = columns[rule.owner]
        found += [and_(owner == user, outside) for user in sorted(own)]
        outside = and_(outside, or_(owner.is_(None), owner.not_in(sorted(own))))
    return [*found, and_(columns.root_id.in_(_shared_roots(actor, model, action)), outside)]


def owners_in_reach(actor: Actor, model: type[Model], action: str = READ) -> frozenset[int] | None:
    """Every owner through whom rows are visible, own and root's together; None means all rows."""
    own, root = _reach(actor, model, action)
    return None if own is None or root is None else own | root


def _reach(
    actor: Actor, model: type[Model], action: str
) -> tuple[frozenset[int] | None, frozenset[int] | None]:
    """The owners of the record itself, and of its root, that the actor reaches."""
    info = describe(model)
    if isinstance(info.rule, Owned):
        owners = actor.owners(info.key, action)
        return owners, owners
    if isinstance(info.rule, Follows) and info.root is not None:
        own = actor.owners(info.key, action) if info.rule.owner else frozenset()
        if actor.owners(info.key, action) is None:
            own = None
        return own, actor.owners(describe(info.root).key, _on_root(action))
    return None, None


def _on_root(action: str) -> str:
    """What one must be allowed on the root: to see it for reading and adding a follower, else to edit it."""
    return READ if action in (READ, CREATE, EXPORT) else EDIT


def _owned(
    actor: Actor, model: type[Model], rule: Owned, owners: frozenset[int], action: str
) -> ColumnElement[bool]:
    owned = _mapped(model, rule.owner).in_(sorted(owners))
    shared = _shared(actor, model, _mapped(model, "id"), action)
    return owned if shared is None else or_(owned, shared)


def _following(actor: Actor, model: type[Model], rule: Follows, action: str) -> ColumnElement[bool] | None:
    own, root = _reach(actor, model, action)
    if own is None:
        return None
    ways: list[ColumnElement[bool]] = []
    if own and rule.owner:
        ways.append(_mapped(model, rule.owner).in_(sorted(own)))
    if root is None:
        return None
    if root:
        ways.append(_mapped(model, "root_owner_id").in_(sorted(root)))
    root_model = describe(model).root
    if root_model is not None and actor.may(describe(root_model).key, _on_root(action)):
        shared = _shared(actor, root_model, _mapped(model, "root_id"), action)
        ways += [] if shared is None else [shared]
    return or_(*ways) if ways else false()


def _shared(actor: Actor, root: type[Model], root_id: Any, action: str) -> ColumnElement[bool] | None:
    if action not in SHARED_ACTIONS:
        return None
    return exists().where(*_live_shares(actor, root, action), Share.root_id == root_id)


def _shared_roots(actor: Actor, model: type[Model], action: str) -> Any:
    root = describe(model).root
    assert root is not None
    if action not in SHARED_ACTIONS:
        return []
    return select(Share.root_id).where(*_live_shares(actor, root, action))


def _live_shares(actor: Actor, root: type[Model], action: str) -> tuple[ColumnElement[bool], ...]:
    # A callable, so that the same compiled statement asks for the time anew at each execution.
    now = bindparam("now", callable_=clock.now, type_=UTCDateTime, unique=True)
    return (
        Share.root_model == describe(root).key,
        Share.user_id == actor.id,
        Share.level.in_(SHARED_ACTIONS[action]),
        or_(Share.until.is_(None), Share.until > now),
    )


def _mapped(model: type[Model], name: str) -> Any:
    return getattr(model, name)

