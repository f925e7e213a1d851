"""Which way to a page is the quick one: seeks per owner for those who see little, a walk for those who see much."""

from __future__ import annotations

import time
from enum import Enum
from typing import Any

from sqlalchemy import func, select, text

from core.access.actor import READ
from core.access.guard import owners_in_reach
from core.orm.listing.counting import count, count_of
from core.orm.listing.request import ListRequest, Query
from core.orm.statements import kept

FEW_OWNERS = {"sqlite": 200, "postgresql": 10}
"""Up to so many owners, seeks cost next to nothing, however much each of them has. SQLite merges them row by
row; PostgreSQL takes a full page of each."""
MOST_OWNERS = {"sqlite": 200, "postgresql": 1000}
"""Beyond, seeks per owner are dear; SQLite takes at most 500 parts of a UNION."""
SMALL_SHARE = 50
"""One row in so many is a small share: a walk would pass over too many others."""
LARGEST_COUNTED = 100_000
KEPT_SECONDS = 600


class Strategy(Enum):
    """How the rows of a page are found."""

    WALK = "walk"
    SEEK_PER_OWNER = "seek_per_owner"
    SEEK = "seek"
    COLLECT = "collect"


def strategy(query: Query) -> Strategy:
    """The way for this reader. An estimate decides, made anew every few minutes; all ways give the same rows."""
    if _is_short(query):
        return Strategy.COLLECT
    actor = query.env.actor
    in_reach = owners_in_reach(actor, query.model)
    if in_reach is None or query.request.deleted or not actor.may(query.info.key, READ):
        return Strategy.WALK
    owners = len(in_reach)
    if owners <= FEW_OWNERS[query.dialect]:
        return Strategy.SEEK_PER_OWNER
    if _sees_much(query):
        return Strategy.WALK
    return Strategy.SEEK_PER_OWNER if owners <= MOST_OWNERS[query.dialect] else Strategy.SEEK


def _is_short(query: Query) -> bool:
    """Whether so few rows fulfil the conditions that SQLite had better collect and sort them.

    Without statistics it cannot tell a condition that nearly all rows fulfil from one that three do.
    """
    if not query.is_sqlite or query.request.deleted or not (query.is_narrowed or not query.sort.indexed):
        return False
    return count(query.env, query.request).is_exact


def _sees_much(query: Query) -> bool:
    moment = int(time.monotonic() / KEPT_SECONDS)
    key = ("sees much", query.model, query.dialect, moment)
    return kept(query.env.actor, key, lambda: _estimate(query))


def _estimate(query: Query) -> bool:
    limit = min(_total(query) // SMALL_SHARE, LARGEST_COUNTED)
    everything = Query(query.env, ListRequest(query.model, sort="id"))
    return count_of(everything, limit=limit) > limit


def _total(query: Query) -> int:
    """About how many rows there are."""
    connection: Any = query.env.connection_of_core
    if query.is_sqlite:
        return connection.scalar(select(func.max(query.table.c.id))) or 0
    statement = text("SELECT reltuples::bigint FROM pg_class WHERE oid = CAST(:name AS regclass)")
    return max(connection.scalar(statement, {"name": query.table.name}) or 0, 0)
