"""Counting the rows of a list by the values of a column, or by spans of time, as far as the reader sees them."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Select, and_, case, false, func, select, union_all

from core.orm.listing.request import ListRequest, Query
from core.orm.listing.statement import disjoint

if TYPE_CHECKING:
    from core.access.actor import Actor
    from core.env import Env

MANY, BELIEVED_SECONDS = 10_000, 60.0
"""Groups of so many rows and more are believed for so long: to count them costs something."""

_believed: WeakKeyDictionary[Actor, dict[Hashable, tuple[float, dict[Any, int]]]] = WeakKeyDictionary()
MOST_BELIEVED = 200


def counts_by(env: Env, request: ListRequest, name: str) -> dict[Any, int]:
    """Value of the column `name` → how many rows have it; None stands for none. Raises what the request raises.

    What was counted over many rows is believed for a minute.
    """
    query = Query(env, replace(request, after=None, before=None))
    return _counted(query, ("by", name), query.table.c[name])


def counts_in(
    env: Env, request: ListRequest, name: str, spans: Sequence[tuple[date, date] | tuple[datetime, datetime]]
) -> list[int]:
    """How many rows have the date or moment `name` in each span, from its start until before its end, in order."""
    query = Query(env, replace(request, after=None, before=None))
    column = query.table.c[name]
    number = case(*((and_(column >= start, column < end), index) for index, (start, end) in enumerate(spans)))
    within = and_(column >= spans[0][0], column < spans[-1][1])
    found = _counted(query, ("in", name, tuple(spans)), number, within)
    return [found.get(index, 0) for index in range(len(spans))]


def _counted(
    query: Query, key: Hashable, group: ColumnElement[Any], within: ColumnElement[bool] | None = None
) -> dict[Any, int]:
    env, whole = query.env, (query.rows_key, key)
    if "session" in env.__dict__:
        env.flush()
    has_written = "session" in env.__dict__ and bool(env.session.info.get("wrote", 0))
    known = _believed.setdefault(env.actor, {})
    until, before = known.get(whole, (0.0, {}))
    if query.rows_key is not None and not has_written and until > time.monotonic():
        return before
    rows = query.run(_statement(query, group, within), {})
    found = {row.value: int(row.number) for row in rows}
    if query.rows_key is not None and not has_written and sum(found.values()) >= MANY:
        if len(known) >= MOST_BELIEVED:
            known.clear()
        known[whole] = (time.monotonic() + BELIEVED_SECONDS, found)
    return found


def _statement(query: Query, group: ColumnElement[Any], within: ColumnElement[bool] | None) -> Select[Any]:
    wanted = [*query.wanted, *([] if within is None else [within])]
    guard = [] if query.guard is None else [query.guard]
    value, number = group.label("value"), func.count().label("number")
    if query.match is not None:
        hits = select(value).join_from(query.match.table, query.table, query.table.c.id == query.match.id)
        rows = hits.where(query.match.where, *wanted, *guard).subquery()
    elif query.reach is None or query.request.deleted:
        # Without a subquery, so that an index on the column alone may do.
        return select(value, number).select_from(query.table).where(*wanted, *guard).group_by(value)
    else:
        arms = disjoint(query.reach, is_sqlite=query.is_sqlite) or [false()]
        row = select(value).select_from(query.table)
        rows = union_all(*(row.where(arm, *wanted) for arm in arms)).subquery()
    return select(rows.c.value, number).group_by(rows.c.value)
