"""Statements that are put together once and then only given new values, per actor."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from core.access.actor import Actor

MOST_KEPT = 200
T = TypeVar("T")

_kept: WeakKeyDictionary[Actor, dict[Hashable, Any]] = WeakKeyDictionary()


def kept(actor: Actor, key: Hashable | None, build: Callable[[], T]) -> T:
    """What `build` gave for this key and this actor before; without a key it is always built anew.

    An actor is made anew with each version of the organisation, so no statement outlives the rules in it.
    """
    if key is None:
        return build()
    found = _kept.get(actor)
    if found is None:
        found = _kept[actor] = {}
    statement = found.get(key)
    if statement is None:
        if len(found) >= MOST_KEPT:
            found.clear()
        statement = found[key] = build()
    return statement
