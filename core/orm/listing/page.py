"""One page of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Row, Select, select

from core.errors import BadRequest
from core.orm.listing import statement
from core.orm.listing.believing import Count
from core.orm.listing.counting import (
    CAP,
    count,
    counting_statement,
    known,
    remember,
    remember_up_to_cap,
)
from core.orm.listing.cursor import encode
from core.orm.listing.hits import rows_among_hits
from core.orm.listing.request import ListRequest, Query
from core.orm.listing.seek import Part, parts
from core.orm.listing.sorting import too_many
from core.orm.listing.strategy import Strategy, strategy
from core.orm.model import Model
from core.orm.statements import kept

if TYPE_CHECKING:
    from core.env import Env

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page:
    """`rows` with `id`, `version` and the wanted columns as attributes; cursors for `after` and `before`."""

    rows: Sequence[Row[Any]]
    next: str | None
    previous: str | None


def list_page(env: Env, request: ListRequest, columns: Sequence[str] = (), *, counted: bool = False) -> Page:
    """The page that is asked for, read through the guard. `columns` are names of the model's columns.

    `counted` says that `count` is asked next, so that both are found in one statement.
    Raises `BadRequest` for an unknown field, operator or value, a malformed cursor, or a sort that is not possible.
    """
    query = Query(env, request)
    if not query.sort.indexed and not count(env, request).is_exact:
        raise BadRequest(too_many(CAP), field=query.sort.name)
    if "session" in env.__dict__:
        env.flush()
    rows = _rows(query, columns, counted=counted)
    has_more = len(rows) > query.limit
    rows = rows[: query.limit]
    if not has_more and query.cursor is None:
        remember(query, Count(len(rows), True))
    if query.backwards:
        rows.reverse()
        return Page(rows, _cursor(query, rows, -1), _cursor(query, rows, 0) if has_more else None)
    has_previous = query.cursor is not None
    previous = (_cursor(query, rows, 0) or request.after) if has_previous else None
    return Page(rows, _cursor(query, rows, -1) if has_more else None, previous)


def list_records(env: Env, model: type[M], request: ListRequest) -> tuple[list[M], Page]:
    """The same page as records of the guarded session, in the order of the list."""
    page = list_page(env, request)
    ids = [row.id for row in page.rows]
    found = {record.id: record for record in env.session.scalars(select(model).where(model.id.in_(ids)))}
    return [found[id] for id in ids if id in found], page


def iterate(env: Env, request: ListRequest, columns: Sequence[str] = (), *, batch: int = 1000) -> Iterator[Row[Any]]:
    """All rows from the request's cursor on, page by page, so that memory stays small: for exports and jobs."""
    cursor = request.after
    while True:
        page = list_page(env, replace(request, after=cursor, before=None, limit=batch), columns)
        yield from page.rows
        cursor = page.next
        if cursor is None:
            return


def _rows(query: Query, names: Sequence[str], *, counted: bool) -> list[Row[Any]]:
    """Up to one row more than fits, so that one knows whether there are more."""
    size = query.limit + 1
    rows: list[Row[Any]] = []
    for part in parts(query.sort, query.cursor, backwards=query.backwards):
        rows += _rows_of_part(query, names, part, size, counted=counted)
        if len(rows) >= size:
            break
    return rows[:size]


def _rows_of_part(query: Query, names: Sequence[str], part: Part, size: int, *, counted: bool) -> Sequence[Row[Any]]:
    if query.searches and not query.is_sqlite:
        return rows_among_hits(query, names, part, size)
    way = None if query.searches else strategy(query)
    few = query.searches and not query.sort.is_id and count(query.env, query.request).is_exact
    counted = counted and known(query) is None
    key = query.key and ("page", query.key, tuple(names), part, size, way, few, counted)
    built = kept(query.env.actor, key, lambda: _statement(query, names, part, size, way, few, counted))
    rows = query.run(built, part.values(query.cursor))
    if counted and rows:
        remember_up_to_cap(query, rows[0].rows_counted)
    return rows


def _statement(
    query: Query, names: Sequence[str], part: Part, size: int, way: Strategy | None, few: bool, counted: bool
) -> Select[Any]:
    found = _plain_statement(query, names, part, size, way, few)
    return (
        found.add_columns(counting_statement(query, CAP).scalar_subquery().label("rows_counted")) if counted else found
    )


def _plain_statement(
    query: Query, names: Sequence[str], part: Part, size: int, way: Strategy | None, few: bool
) -> Select[Any]:
    if way is None:
        return statement.search(query, names, part, size, few=few)
    if way is Strategy.WALK:
        return statement.walk(query, names, part, size)
    if way is Strategy.COLLECT:
        return statement.collect(query, names, part, size)
    return statement.seek(query, names, part, size, per_owner=way is Strategy.SEEK_PER_OWNER)


def _cursor(query: Query, rows: Sequence[Row[Any]], index: int) -> str | None:
    if not rows:
        return None
    row = rows[index]
    return encode(query.sort, None if query.sort.is_id else getattr(row, query.sort.name), row.id)
