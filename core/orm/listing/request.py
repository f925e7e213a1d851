"""What is asked of a list, and the same resolved for one reader."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, Select, Table

from core.access.actor import DELETE, READ
from core.access.guard import Reach, predicate, reach
from core.errors import BadRequest
from core.i18n import _
from core.orm import search
from core.orm.database import PLAN_ANEW
from core.orm.filters import Filter, parse, where
from core.orm.listing.cursor import Cursor, decode
from core.orm.listing.seek import PlainColumns
from core.orm.listing.sorting import Sort, resolve_sort
from core.orm.model import Model, ModelInfo, describe

if TYPE_CHECKING:
    from core.env import Env

DEFAULT_LIMIT, MOST_ROWS, MOST_CONDITIONS = 50, 1000, 100
_PLAN_ANEW = {PLAN_ANEW: True}


@dataclass(frozen=True)
class ListRequest:
    """What is wanted of the records of `model`.

    `filters` are conditions or their text; `sort` a field's name, descending with a leading minus, "" for the
    model's own; `q` what somebody searches for; `after` or `before` a cursor of an earlier page; `deleted` lists
    the recycle bin instead, what of it the reader could have deleted; `extra` is a condition of the caller's own
    over the model's columns.
    """

    model: type[Model]
    filters: Sequence[Filter | str] = ()
    sort: str = ""
    q: str = ""
    limit: int = DEFAULT_LIMIT
    after: str | None = None
    before: str | None = None
    deleted: bool = False
    extra: ColumnElement[bool] | None = field(default=None, compare=False)


class Query:
    """A request resolved for one reader. Raises `BadRequest` for what makes no sense."""

    def __init__(self, env: Env, request: ListRequest) -> None:
        self.env, self.request, self.model = env, request, request.model
        self.info: ModelInfo = describe(request.model)
        self.table: Table = self.info.table
        self.dialect = env.connection_of_core.dialect.name
        self.conditions = _conditions(env, request)
        self.q = "" if request.deleted else request.q.strip()
        self.sort: Sort = resolve_sort(env, self.info, request)
        self.limit = min(max(request.limit, 1), MOST_ROWS)

    @cached_property
    def cursor(self) -> Cursor | None:
        """Where the page begins or ends."""
        given = self.request.after or self.request.before
        return decode(given, self.sort) if given else None

    @property
    def backwards(self) -> bool:
        """Whether the page is the one before the cursor."""
        return bool(self.request.before) and not self.request.after

    @property
    def is_sqlite(self) -> bool:
        return self.dialect == "sqlite"

    @cached_property
    def key(self) -> Hashable | None:
        """Equal for two requests of the same reader that differ in their cursor at most; None: never equal."""
        if self.request.extra is not None:
            return None
        return (self.rows_key, self.sort)

    @cached_property
    def rows_key(self) -> Hashable | None:
        """Equal for two requests of the same reader that find the same rows, in whatever order."""
        if self.request.extra is not None:
            return None
        # Words such as `today` are part of the conditions as the dates that they mean now.
        return (self.model, self.dialect, self.conditions, self.q, self.request.deleted)

    def run(self, statement: Select[Any], values: Mapping[str, Any], *, one_plan: bool = False) -> list[Row[Any]]:
        """The rows of one of the query's statements; `one_plan` says that its best plan is the same for all values."""
        options = _PLAN_ANEW if not one_plan and (self.is_narrowed or self.searches) else None
        found = self.env.connection_of_core.execute(statement, values, execution_options=options)
        return list(found.all())

    @property
    def is_narrowed(self) -> bool:
        """Whether there are conditions, of the reader's or of the caller's."""
        return bool(self.conditions) or self.request.extra is not None

    @property
    def searches(self) -> bool:
        """Whether something is searched for, and the model can be."""
        return bool(self.q) and search.has_index(self.info)

    @cached_property
    def match(self) -> search.Match | None:
        """The search, if something is searched for."""
        return search.match(self.info, self.env.actor, self.q, self.dialect)

    @cached_property
    def reach(self) -> Reach | None:
        """How the reader reaches rows; None where no owner decides."""
        return reach(self.env.actor, self.model)

    @cached_property
    def guard(self) -> ColumnElement[bool] | None:
        """The rule over the table's columns; None where all rows are open."""
        return self.guard_over(self.table.c)

    def guard_over(self, columns: Any) -> ColumnElement[bool] | None:
        """The rule over other columns, those of an alias for example: who lists the bin could have filled it."""
        action = DELETE if self.request.deleted else READ
        return predicate(self.env.actor, self.model, action, columns=columns)

    @cached_property
    def wanted(self) -> list[ColumnElement[bool]]:
        """What a row must fulfil besides the guard and the search."""
        alive = self.table.c.deleted_at.is_(None)
        found: list[ColumnElement[bool]] = [self.table.c.deletion.is_not(None) if self.request.deleted else alive]
        # What is in the recycle bin is in no search index.
        by_index = not self.request.deleted
        found += [where(self.env, condition, by_index=by_index) for condition in self.conditions]
        if self.request.extra is not None:
            found.append(self.request.extra)
        return found

    @cached_property
    def passed(self) -> list[ColumnElement[bool]]:
        """`wanted` for rows that are taken in the order of the list, so that SQLite uses its index for that only."""
        if not self.is_sqlite:
            return self.wanted
        columns = PlainColumns(self.table.c)
        others = [where(self.env, condition, columns, by_index=False) for condition in self.conditions]
        extra = [] if self.request.extra is None else [self.request.extra]
        return [self.wanted[0], *others, *extra]


def _conditions(env: Env, request: ListRequest) -> tuple[Filter, ...]:
    if len(request.filters) > MOST_CONDITIONS:
        # A database refuses a statement with a thousand of them.
        raise BadRequest(_("At most {number} conditions.", number=MOST_CONDITIONS), field="filter")
    return tuple(_condition(env, request.model, each) for each in request.filters)


def _condition(env: Env, model: type[Model], given: Filter | str) -> Filter:
    return parse(env, model, given) if isinstance(given, str) else given
