"""A search on PostgreSQL: the hits are collected once, up to the cap, and give both the page and the count.

Left alone, PostgreSQL walks the search table backwards for a page even where there are few hits, since it cannot
know how rare two pieces are together. Once it is known that there are many hits, the page is walked to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, literal_column, select

from core.orm.listing import statement
from core.orm.listing.believing import MANY
from core.orm.listing.counting import CAP, known, remember_up_to_cap, rows_of
from core.orm.listing.request import Query
from core.orm.listing.seek import Part
from core.orm.statements import kept

MOST_WALKED = 2_500
"""So many rows are tried before the hits are collected after all."""

MOST_WALKERS = 40
"""For so many owners the ways along their rows are planned faster than hits are collected."""

Builder = Callable[[Query, Sequence[str], Part, int], Select[Any]]


def rows_among_hits(query: Query, names: Sequence[str], part: Part, size: int) -> list[Row[Any]]:
    """Up to `size` rows of this part. What is counted on the way is remembered."""
    before = known(query)
    if before is not None and before.is_exact and before.number >= MANY and _may_walk(query):
        rows = _run(query, names, part, size, _walked)
        if len(rows) == size:
            return rows
    if before is None or before.is_exact:
        rows = _run(query, names, part, size, _collected)
        if not rows:
            return rows
        if remember_up_to_cap(query, rows[0].hits_found).is_exact:
            return rows
    return _run(query, names, part, size, statement.search)


def _may_walk(query: Query) -> bool:
    """Whether the rows in reach can be had by id, owner by owner."""
    owned = query.match is not None and query.match.owned is not None
    few = query.reach is not None and len(query.reach.owners) <= MOST_WALKERS
    return owned and few and query.sort.is_id and not query.is_narrowed


def _walked(query: Query, names: Sequence[str], part: Part, size: int) -> Select[Any]:
    return statement.walk_hits(query, names, part, size, MOST_WALKED)


def _run(query: Query, names: Sequence[str], part: Part, size: int, build: Builder) -> list[Row[Any]]:
    key = query.key and (build, query.key, tuple(names), part, size)
    built = kept(query.env.actor, key, lambda: build(query, names, part, size))
    return query.run(built, part.values(query.cursor), one_plan=build is _walked)


def _collected(query: Query, names: Sequence[str], part: Part, size: int) -> Select[Any]:
    columns, sort = query.table.c, query.sort
    hits = rows_of(query).limit(literal_column(str(CAP + 1))).cte("hits").prefix_with("MATERIALIZED")
    found = select(func.count()).select_from(hits).scalar_subquery().label("hits_found")
    page = select(*statement.selected(query, names), found)
    limit: Any = literal_column(str(size))
    guard = [] if query.guard is None else [query.guard]
    if sort.is_id:
        # Only the rows of the page are read.
        ids = select(hits.c.id).where(*part.conditions(sort, hits.c)).order_by(*part.order(sort, hits.c)).limit(limit)
        few = ids.subquery()
        joined = page.join_from(few, query.table, columns.id == few.c.id)
        return joined.where(*query.wanted, *guard).order_by(*part.order(sort, columns))
    joined = page.join_from(hits, query.table, columns.id == hits.c.id)
    wanted = [*query.wanted, *part.conditions(sort, columns), *guard]
    return joined.where(*wanted).order_by(*part.order(sort, columns)).limit(limit)
