"""The statements of a page. Whatever way finds the rows, the guard stands beside it in the same statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.access.guard import Reach, Way, among
from core.orm.listing.request import Query
from core.orm.listing.seek import Part, PlainColumns, plain


def selected(query: Query, names: Sequence[str]) -> list[ColumnElement[Any]]:
    """The columns of a row: id, version, what was asked for, and the sort value for the cursor."""
    found = dict.fromkeys(["id", "version", *names, query.sort.name])
    return [query.table.c[name] for name in found]


def walk(query: Query, names: Sequence[str], part: Part, size: int) -> Select[Any]:
    """Along the index in the order of the list, leaving out what the reader may not see."""
    columns = query.table.c
    guard = query.guard_over(PlainColumns(columns)) if query.is_sqlite and query.reach else query.guard
    wanted = [*query.passed, *part.conditions(query.sort, columns), *_given(guard)]
    found = select(*selected(query, names)).where(*wanted)
    return found.order_by(*part.order(query.sort, columns)).limit(_literal(size))


def collect(query: Query, names: Sequence[str], part: Part, size: int) -> Select[Any]:
    """All rows by whatever index finds the fewest, then sorted: for lists known to be short."""
    columns = query.table.c
    found = select(*selected(query, names))
    if query.reach is None:
        wanted = query.wanted
    else:
        arms = disjoint(query.reach, is_sqlite=query.is_sqlite) or [false()]
        ids = union_all(*(select(columns.id).where(arm, *query.wanted) for arm in arms))
        wanted = [columns.id.in_(ids)]
    order = part.order(query.sort, columns, indexed=not query.is_sqlite)
    limited = found.where(*wanted, *part.conditions(query.sort, columns), *_given(query.guard))
    return limited.order_by(*order).limit(_literal(size))


def seek(query: Query, names: Sequence[str], part: Part, size: int, *, per_owner: bool) -> Select[Any]:
    """A seek per owner in reach and one for shares, merged; what they find is read through the guard."""
    assert query.reach is not None
    columns = query.table.c
    arms = [arm for way in query.reach.ways for arm in _owned(query, way, part, size, per_owner=per_owner)]
    arms += _shared(query, query.reach, part, size)
    if not arms:
        return walk(query, names, part, size)
    merged = (_merged(query, arms, part) if query.is_sqlite else _appended(query, arms, part)).limit(_literal(size))
    ids = merged.subquery()
    found = select(*selected(query, names)).join_from(ids, query.table, columns.id == ids.c.id)
    return found.where(*_given(query.guard)).order_by(*part.order(query.sort, columns))


def search(query: Query, names: Sequence[str], part: Part, size: int, *, few: bool = False) -> Select[Any]:
    """Among the hits of the search. `few` hits are sorted; of many, the list is walked in its order."""
    match, columns = query.match, query.table.c
    assert match is not None
    found = select(*selected(query, names))
    limit = _literal(size)
    if query.sort.is_id:
        own = _Renamed(columns, match.id)
        wanted = [match.where, *query.wanted, *part.conditions(query.sort, own), *_given(query.guard)]
        joined = found.join_from(match.table, query.table, columns.id == match.id)
        return joined.where(*wanted).order_by(*part.order(query.sort, own)).limit(limit)
    wanted = [*query.wanted, *part.conditions(query.sort, columns), *_given(query.guard)]
    hit: ColumnElement[bool]
    if few or not query.is_sqlite:
        hit = columns.id.in_(select(match.id).where(match.where))
    else:
        hit = exists(select(match.id).where(match.where, match.id == columns.id))
    order = part.order(query.sort, columns, indexed=not (few and query.is_sqlite))
    return found.where(hit, *wanted).order_by(*order).limit(limit)


def walk_hits(query: Query, names: Sequence[str], part: Part, size: int, most: int) -> Select[Any]:
    """The first hits by id, looked for along the rows of each owner in reach: of `most` rows each is tried.

    Where every twentieth row is a hit, that is quicker than to collect all hits. Fewer than `size` rows are not all.
    """
    assert query.reach is not None
    assert query.match is not None
    apart = _single_owners(query.reach)
    if query.reach.shares is not None:
        apart.append(and_(_by_share(query.reach, is_sqlite=False), query.reach.outside))
    merged = union_all(*(select(_arm(query, way, part, most).subquery()) for way in apart)).subquery()
    tried = select(merged.c.id).order_by(*part.order(query.sort, merged.c)).limit(_literal(most)).subquery()
    # A subquery per row: PostgreSQL would otherwise ask the index for all hits first.
    hit = select(query.match.where).where(query.match.id == tried.c.id).correlate(tried).scalar_subquery()
    ids = select(tried.c.id).where(hit).order_by(*part.order(query.sort, tried.c)).limit(_literal(size)).subquery()
    found = select(*selected(query, names)).join_from(ids, query.table, query.table.c.id == ids.c.id)
    return found.where(*query.wanted, *_given(query.guard)).order_by(*part.order(query.sort, query.table.c))


def disjoint(reach: Reach, *, is_sqlite: bool) -> list[ColumnElement[bool]]:
    """Conditions that together are the guard and of which no row fulfils two, for counting."""
    found = []
    for way in reach.ways:
        if way.owners:
            arm = _any_of(way, is_sqlite=is_sqlite)
            found.append(arm if way.outside is None else and_(arm, way.outside))
    if reach.shares is not None:
        found.append(and_(_by_share(reach, is_sqlite=is_sqlite), reach.outside))
    return found if reach.within is None else [and_(arm, reach.within) for arm in found]


def _single_owners(reach: Reach) -> list[ColumnElement[bool]]:
    """One condition for each owner in each way, of which no row fulfils two."""
    return [
        way.column == owner if way.outside is None else and_(way.column == owner, way.outside)
        for way in reach.ways
        for owner in way.owners
    ]


def _any_of(way: Way, *, is_sqlite: bool) -> ColumnElement[bool]:
    if is_sqlite or len(way.owners) == 1:
        return among(way.column, way.owners)
    return way.column == func.any(bindparam("owners", list(way.owners), type_=ARRAY(BigInteger), unique=True))


def _by_share(reach: Reach, *, is_sqlite: bool) -> ColumnElement[bool]:
    assert reach.shares is not None
    if is_sqlite:
        return reach.shared.in_(reach.shares)
    # The ids at once, lest PostgreSQL joins every row with the shares.
    return reach.shared == func.any(func.array(reach.shares.scalar_subquery()))


def _merged(query: Query, arms: Sequence[Select[Any]], part: Part) -> Any:
    """SQLite merges arms that an index has in order row by row, and reads of each no more than the page takes.

    A row that several ways reach is dropped in passing: to keep the arms apart would mean to read past most rows.
    """
    if len(arms) == 1:
        return arms[0].order_by(*part.order(query.sort, query.table.c))
    merged = union(*arms)
    return merged.order_by(*part.order(query.sort, merged.selected_columns))


def _appended(query: Query, arms: Sequence[Select[Any]], part: Part) -> Any:
    merged = union(*(select(arm.subquery()) for arm in arms)).subquery()
    return select(merged.c.id).order_by(*part.order(query.sort, merged.c))


def _owned(query: Query, way: Way, part: Part, size: int, *, per_owner: bool) -> list[Select[Any]]:
    if not way.owners:
        return []
    if not per_owner:
        return [_arm(query, _any_of(way, is_sqlite=query.is_sqlite), part, size)]
    if query.is_sqlite or len(way.owners) == 1:
        return [_arm(query, way.column == owner, part, size) for owner in way.owners]
    given = bindparam("owners", list(way.owners), type_=ARRAY(BigInteger), unique=True)
    owners = func.unnest(given).table_valued("owner", name="owners").render_derived()
    arm = _arm(query, way.column == owners.c.owner, part, size).correlate(owners).lateral()
    return [select(arm).select_from(owners).join(arm, true())]


def _shared(query: Query, reach: Reach, part: Part, size: int) -> list[Select[Any]]:
    if reach.shares is None:
        return []
    # No index has the few shared rows in order: SQLite would rather walk all rows in the order wanted.
    shared = _by_share(reach, is_sqlite=query.is_sqlite)
    return [_arm(query, shared, part, size, indexed=not query.is_sqlite)]


def _arm(query: Query, condition: ColumnElement[bool], part: Part, size: int, *, indexed: bool = True) -> Select[Any]:
    columns = query.table.c
    assert query.reach is not None
    within = _given(query.reach.within)
    keys: list[Any] = [columns.id] if query.sort.is_id else [columns.id, columns[query.sort.name]]
    if not indexed:
        keys = [plain(key).label(key.name) for key in keys]
    found = select(*keys).where(condition, *within, *query.passed, *part.conditions(query.sort, columns))
    if query.is_sqlite:
        return found
    return found.order_by(*part.order(query.sort, columns)).limit(_literal(size))


def _literal(size: int) -> Any:
    # Not a parameter: PostgreSQL would plan for a tenth of the table.
    return literal_column(str(size))


def _given(guard: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    return [] if guard is None else [guard]


class _Renamed:
    """The columns of a table, its id taken from the search table."""

    def __init__(self, columns: Any, id: Any) -> None:
        self._columns, self.id = columns, id

    def __getitem__(self, name: str) -> Any:
        return self._columns[name]
