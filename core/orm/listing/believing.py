"""Counts that are believed for a while, so that turning the pages of a long list counts nothing again.

That a list is longer than the cap is believed for a minute. How many hits a search has, where there are many, is
believed for a few seconds and until anybody changes any record, whichever process that happens in. What changes
without a trace in the history, a share that runs out for example, is seen when the seconds are over.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from core.orm.listing.request import Query
from core.orm.tables import Change

if TYPE_CHECKING:
    from core.access.actor import Actor
    from core.env import Env

SECONDS_BEYOND_CAP = 60.0
SECONDS = 5.0
MANY = 1_000
"""Fewer hits than this are counted as quickly as it takes to ask whether anything has changed."""
MOST_BELIEVED = 500


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows a list has. Not `is_exact` means: more than `number`."""

    number: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class _Belief:
    count: Count
    until: float
    last_change: int


_believed: WeakKeyDictionary[Actor, dict[Hashable, _Belief]] = WeakKeyDictionary()
"""An actor is made anew with each version of the organisation, so that no belief outlives a right."""

_asked: WeakKeyDictionary[Env, int] = WeakKeyDictionary()
"""The last change that a unit of work knew of before it counted the hits of a search."""


def believed(query: Query, cap: int) -> Count | None:
    """The count, if it is believed still."""
    belief = _believed.get(query.env.actor, {}).get((query.rows_key, cap))
    if belief is not None and belief.until <= time.monotonic():
        belief = None
    if belief is not None and not belief.count.is_exact:
        return belief.count
    if not query.searches or query.rows_key is None:
        return None
    last = _asked[query.env] = query.env.connection_of_core.scalar(_LAST_CHANGE) or 0
    return belief.count if belief is not None and belief.last_change == last else None


def believe(query: Query, cap: int, found: Count) -> None:
    """Keeps the count if it is worth keeping; an exact one only if `believed` was asked before it was taken."""
    seconds = SECONDS if found.is_exact else SECONDS_BEYOND_CAP
    last = _asked.get(query.env)
    if found.is_exact and (last is None or not query.searches or not MANY <= found.number <= cap):
        return
    kept = _believed.setdefault(query.env.actor, {})
    if len(kept) >= MOST_BELIEVED:
        kept.clear()
    kept[query.rows_key, cap] = _Belief(found, time.monotonic() + seconds, last or 0)


_LAST_CHANGE = select(func.max(Change.__table__.c.id))
