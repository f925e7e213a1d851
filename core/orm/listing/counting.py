"""Counting: exact up to a cap, and beyond it only on demand."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, CompoundSelect, Select, false, func, literal_column, select, union_all

from core.orm.listing.believing import Count, believe, believed
from core.orm.listing.request import ListRequest, Query
from core.orm.listing.statement import disjoint
from core.orm.search import Match
from core.orm.statements import kept

if TYPE_CHECKING:
    from core.env import Env

CAP = 10_000

_known: WeakKeyDictionary[Env, dict[Hashable, Count]] = WeakKeyDictionary()
"""What was counted in a unit of work: the page, the heads of its columns and its pager ask for the same."""


def count(env: Env, request: ListRequest, *, exact: bool = False) -> Count:
    """How many records the request finds for the reader, whatever its page. `exact` counts beyond the cap too.

    Long lists are counted once and believed for a while, see `believing`.
    """
    query = Query(env, request)
    found = known(query)
    if found is None or (exact and not found.is_exact):
        number = count_of(query, limit=None if exact else CAP)
        if not exact:
            return remember_up_to_cap(query, number)
        found = Count(number, True)
        remember(query, found)
    return found


def known(query: Query) -> Count | None:
    """The count, if it is known already."""
    found = _known.get(query.env, {}).get(_key(query))
    if found is None and not _wrote(query):
        found = believed(query, CAP)
        if found is not None:
            _keep(query, found)
    return found


def remember(query: Query, found: Count) -> None:
    """Keeps the count for this unit of work, and if the list is long a while longer."""
    if query.rows_key is None:
        return
    _keep(query, found)
    if not _wrote(query):
        believe(query, CAP, found)


def _keep(query: Query, found: Count) -> None:
    _known.setdefault(query.env, {})[_key(query)] = found


def remember_up_to_cap(query: Query, number: int) -> Count:
    """What it means that so many were counted, where nobody counted further than one beyond the cap."""
    found = Count(number, True) if number <= CAP else Count(CAP, False)
    remember(query, found)
    return found


def count_of(query: Query, *, limit: int | None) -> int:
    """How many rows there are; with a limit, at most one more than that."""
    if "session" in query.env.__dict__:
        query.env.flush()
    key = query.rows_key and ("count", query.rows_key, limit)
    statement = kept(query.env.actor, key, lambda: counting_statement(query, limit))
    return int(query.run(statement, {})[0][0])


def counting_statement(query: Query, limit: int | None) -> Select[Any]:
    """Counts all rows that the reader sees, up to one more than the limit."""
    found = rows_of(query)
    if limit is not None:
        found = found.limit(literal_column(str(limit + 1)))
    return select(func.count()).select_from(found.subquery())


def rows_of(query: Query) -> Select[Any] | CompoundSelect[Any]:
    """All rows that the reader sees, each once and in no order; of a search their ids."""
    if query.match is not None:
        return _hits(query, query.match)
    # Not the id: SQLite would take it out of each entry of the index.
    row: Select[Any] = select(literal_column("1")).select_from(query.table)
    if query.reach is None or query.request.deleted:
        return row.where(*query.wanted, *_given(query.guard))
    arms = disjoint(query.reach, is_sqlite=query.is_sqlite) or [false()]
    return union_all(*(row.where(arm, *query.wanted) for arm in arms))


def _hits(query: Query, match: Match) -> Select[Any] | CompoundSelect[Any]:
    # The index holds only what is not deleted, so that without more conditions it may suffice.
    is_plain = not query.conditions and query.request.extra is None
    if is_plain and query.guard is None:
        return select(match.id).where(match.where)
    is_plain = is_plain and query.reach is not None and query.reach.within is None
    if is_plain and match.owned is not None and match.shared is not None and query.reach is not None:
        others = _read(query, match, match.shared).where(query.reach.outside)
        return union_all(select(match.id).where(match.owned), others)
    return _read(query, match, match.where)


def _read(query: Query, match: Match, condition: ColumnElement[bool]) -> Select[Any]:
    """Hits, looked at through the guard."""
    joined = select(match.id).join_from(match.table, query.table, query.table.c.id == match.id)
    return joined.where(condition, *query.wanted, *_given(query.guard))


def _given(guard: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    return [] if guard is None else [guard]


def _key(query: Query) -> Hashable:
    return (query.rows_key, _wrote(query))


def _wrote(query: Query) -> int:
    """How often this unit of work has written: each time what was counted before is forgotten."""
    return query.env.session.info.get("wrote", 0) if "session" in query.env.__dict__ else 0
