"""Adding up a number over the rows of lists, as far as the reader sees them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, Subquery, func, literal_column, null, select

from core.orm.listing.request import ListRequest, Query

if TYPE_CHECKING:
    from core.env import Env


def sums(env: Env, requests: Sequence[ListRequest], name: str, *, cap: int) -> list[Decimal | int | None]:
    """The sum of the column over the first `cap` rows of each request, in one statement; None where there is none."""
    if not requests:
        return []
    if "session" in env.__dict__:
        env.flush()
    found = [_sum(Query(env, request), name, cap).scalar_subquery() for request in requests]
    return list(env.connection_of_core.execute(select(*found)).one())


def totals(
    env: Env, request: ListRequest, names: Sequence[str], *, by: str = "", cap: int
) -> dict[Any, list[Decimal | int | None]]:
    """Value of the column `by` → the sums of the columns over the rows that have it, without one under None.

    One statement, over the first `cap` rows of the request.
    """
    if "session" in env.__dict__:
        env.flush()
    query = Query(env, request)
    rows = _limited(query, [*names, *([by] if by else [])], cap)
    added = [func.sum(rows.c[name]) for name in names]
    wanted = select(rows.c[by], *added).group_by(rows.c[by]) if by else select(null(), *added)
    return {key: list(found) for key, *found in env.connection_of_core.execute(wanted)}


def _sum(query: Query, name: str, cap: int) -> Select[Any]:
    return select(func.sum(_limited(query, [name], cap).c[name]))


def _limited(query: Query, names: Sequence[str], cap: int) -> Subquery:
    """The columns of the first rows."""
    values = select(*(query.table.c[name] for name in names))
    if query.match is not None:
        match = query.match
        values = values.join_from(match.table, query.table, query.table.c.id == match.id).where(match.where)
    guard = [] if query.guard is None else [query.guard]
    # Not a parameter, so that PostgreSQL plans for it.
    return values.where(*query.wanted, *guard).limit(literal_column(str(cap))).subquery()
