"""Adding up a number over the rows of lists, as far as the reader sees them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, literal_column, select

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


def _sum(query: Query, name: str, cap: int) -> Select[Any]:
    values = select(query.table.c[name].label("value"))
    if query.match is not None:
        match = query.match
        values = values.join_from(match.table, query.table, query.table.c.id == match.id).where(match.where)
    guard = [] if query.guard is None else [query.guard]
    # Not a parameter, so that PostgreSQL plans for it.
    limited = values.where(*query.wanted, *guard).limit(literal_column(str(cap))).subquery()
    return select(func.sum(limited.c.value))
