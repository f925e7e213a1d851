"""A condition as SQL. Following a link passes the target's own read rule, so a filter tells no secrets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from core.access.actor import READ, REFER
from core.access.guard import predicate
from core.orm import search
from core.orm.field import Field, Kind
from core.orm.filters.alternatives import AnyOf
from core.orm.filters.condition import Condition
from core.orm.filters.operators import BETWEEN, CONTAINS, EMPTY, GE, GT, IN, IS, LE, LT, NOT, STARTS
from core.orm.model import Model, describe, model_of

if TYPE_CHECKING:
    from core.env import Env

MOST_HITS = 10_000
Test = Callable[[Any, Sequence[Any]], ColumnElement[bool]]


def where(env: Env, condition: Condition | AnyOf, columns: Any = None, *, by_index: bool = True) -> ColumnElement[bool]:
    """The condition over the columns of the model's table, or of an alias of it.

    Not `by_index` is for rows that are found otherwise and only looked at.
    """
    if isinstance(condition, AnyOf):
        groups = ([where(env, each, columns, by_index=by_index) for each in group] for group in condition.alternatives)
        return or_(*(and_(*group) for group in groups))
    columns = condition.path.model.__table__.c if columns is None else columns
    return _follow(env, condition, condition.path.hops, columns, by_index)


def _follow(env: Env, condition: Condition, hops: Sequence[Field], columns: Any, by_index: bool) -> ColumnElement[bool]:
    if not hops:
        return _compare(env, condition, columns, by_index)
    link, target = hops[0], model_of(hops[0].target)
    other = target.__table__.alias()
    inner = and_(*_within(env, target, other.c, READ), _follow(env, condition, hops[1:], other.c, by_index))
    if by_index and _is_rare(env, condition):
        return columns[link.name].in_(select(other.c.id).where(inner))  # type: ignore[no-any-return]
    return exists().where(other.c.id == columns[link.name], inner)


def _within(env: Env, target: type[Model], columns: Any, action: str) -> list[ColumnElement[bool]]:
    guard = predicate(env.actor, target, action, columns=columns)
    alive = columns.deleted_at.is_(None)
    return [alive] if guard is None else [alive, guard]


def _is_rare(env: Env, condition: Condition) -> bool:
    """Whether an index finds the few targets, so that it is better to begin with them."""
    field = condition.field
    if condition.operator in (IS, IN):
        return field.name == "id" or field.unique or (field.kind.is_text and field.sort)
    return _hits(env, condition) is not None


def _compare(env: Env, condition: Condition, columns: Any, by_index: bool) -> ColumnElement[bool]:
    field, column = condition.field, columns[condition.field.name]
    if condition.operator == EMPTY:
        return _is_empty(field, column, is_empty=condition.values[0])
    if field.kind in (Kind.DATE, Kind.DATE_TIME):
        return _PERIODS[condition.operator](column, condition.values)
    if field.kind is Kind.CHOICES:
        is_sqlite = env.connection_of_core.dialect.name == "sqlite"
        return or_(*(_has(column, code, is_sqlite=is_sqlite) for code in condition.values))
    if field.kind is Kind.BOOLEAN:
        return column.is_(True) if condition.values[0] else column.is_not(True)  # type: ignore[no-any-return]
    found = _PLAIN[condition.operator](column, condition.values)
    hits = _hits(env, condition) if by_index else None
    if hits is not None:
        return and_(found, columns.id.in_(hits))
    if field.kind is Kind.LINK and condition.operator in (IS, IN):
        return _visible_targets(env, field, found, condition.values)
    return found


def _hits(env: Env, condition: Condition) -> Select[Any] | None:
    """What the search index knows of a text, where that spares reading the whole table."""
    field = condition.field
    if condition.operator not in (CONTAINS, STARTS) or not field.search or field.kind is Kind.LONG_TEXT:
        return None
    connection = env.connection_of_core
    match = search.somewhere(describe(model_of(field.model)), condition.values[0], connection.dialect.name)
    if match is None:
        return None
    hits = select(match.id).where(match.where)
    # SQLite collects all hits before it looks at the first row, which does not pay if there are many.
    if connection.dialect.name == "sqlite" and _has_more_than(connection, hits, MOST_HITS):
        return None
    return hits


def _has_more_than(connection: Connection, rows: Select[Any], number: int) -> bool:
    limited = rows.limit(number + 1).subquery()
    return (connection.scalar(select(func.count()).select_from(limited)) or 0) > number


def _visible_targets(env: Env, field: Field, found: ColumnElement[bool], ids: Sequence[int]) -> ColumnElement[bool]:
    """`found`, unless the reader does not even know the name of the record that is asked for."""
    target = model_of(field.target)
    if predicate(env.actor, target, REFER) is None:
        return found
    other = target.__table__.alias()
    known = select(other.c.id).where(other.c.id.in_(ids), *_within(env, target, other.c, REFER))
    if len(ids) == 1:
        return and_(found, exists(known))
    column: ColumnElement[Any] = found.left
    return column.in_(known)


def _is_empty(field: Field, column: Any, *, is_empty: bool) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.is_(None)
    if field.kind is Kind.CHOICES:
        found = or_(found, cast(column, Text).in_(("[]", "null")))
    return found if is_empty else not_(found)


def _has(column: Any, code: str, *, is_sqlite: bool) -> ColumnElement[bool]:
    if not is_sqlite:
        return column.op("@>", return_type=Boolean())(cast([code], JSONB))  # type: ignore[no-any-return]
    items = func.json_each(column).table_valued("value")
    return exists(select(items.c.value).where(items.c.value == literal(code)))


def _between_dates(column: Any, value: Any) -> ColumnElement[bool]:
    return and_(column >= value.start, column < value.end)


_PERIODS: dict[str, Test] = {
    IS: lambda column, values: _between_dates(column, values[0]),
    NOT: lambda column, values: or_(column.is_(None), column < values[0].start, column >= values[0].end),
    LT: lambda column, values: column < values[0].start,
    LE: lambda column, values: column < values[0].end,
    GT: lambda column, values: column >= values[0].end,
    GE: lambda column, values: column >= values[0].start,
    BETWEEN: lambda column, values: and_(column >= values[0].start, column < values[1].end),
    IN: lambda column, values: or_(*(_between_dates(column, value) for value in values)),
}

_PLAIN: dict[str, Test] = {
    IS: lambda column, values: column == values[0],
    NOT: lambda column, values: column.is_distinct_from(values[0]),
    IN: lambda column, values: column.in_(values),
    CONTAINS: lambda column, values: column.icontains(values[0], autoescape=True),
    STARTS: lambda column, values: column.istartswith(values[0], autoescape=True),
    LT: lambda column, values: column < values[0],
    LE: lambda column, values: column <= values[0],
    GT: lambda column, values: column > values[0],
    GE: lambda column, values: column >= values[0],
    BETWEEN: lambda column, values: column.between(values[0], values[1]),
}
