"""Two sessions on one connection: the user's, in which every statement is guarded, and the system's.

In a user's session anything that could reach a row past its rule is refused: text, Core tables, writes by
statement, the bare connection. What is left is a SELECT over mapped classes, and each of those gets its rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import Connection, event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.mapper import Mapper
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.elements import ColumnClause, TextClause
from sqlalchemy.sql.schema import Column
from sqlalchemy.sql.selectable import (
    CTE,
    Alias,
    FromClause,
    Select,
    SelectBase,
    TableClause,
    TextualSelect,
)

from core.access.guard import predicate
from core.errors import AccessViolation
from core.orm.model import Model, models
from core.orm.rules import SystemOnly

if TYPE_CHECKING:
    from core.access.actor import Actor

MARK_OPTION = "ninekcrm_core"
_MARK = object()
MARKED = {MARK_OPTION: _MARK}
"""Execution options of core's own statements, which carry their guard already."""

INCLUDE_DELETED = "include_deleted"
"""Execution option of a system session's statement that is to see what was deleted."""


class SystemSession(Session):
    """Sees every row that is not deleted. It writes history like any other."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(bind=connection, expire_on_commit=False, autoflush=True)


class UserSession(Session):
    """Sees and writes what `actor` may, whatever is asked of it."""

    def __init__(self, connection: Connection, actor: Actor) -> None:
        super().__init__(bind=connection, expire_on_commit=False, autoflush=True)
        self.actor = actor

    def connection(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AccessViolation("The bare connection is closed to a user's session; use env.system(reason).")

    def _refuse_bulk(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AccessViolation("Bulk operations bypass the guard; use env.system(reason).")

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _refuse_bulk


@event.listens_for(SystemSession, "do_orm_execute")
def _hide_deleted(state: ORMExecuteState) -> None:
    if state.is_select and not state.is_column_load and not state.execution_options.get(INCLUDE_DELETED):
        state.statement = state.statement.options(_alive())  # type: ignore[union-attr]


@event.listens_for(UserSession, "do_orm_execute")
def _guard(state: ORMExecuteState) -> None:
    if state.execution_options.get(MARK_OPTION) is _MARK:
        return
    statement = state.statement
    if not isinstance(statement, Select | SelectBase) or not state.is_orm_statement or not state.is_select:
        raise AccessViolation("Only SELECT over mapped classes is open to a user's session.")
    if state.is_relationship_load or state.is_column_load:
        mappers: set[Mapper[Any]] | None = None
    else:
        mappers = _checked(statement)
    session = state.session
    assert isinstance(session, UserSession)
    state.statement = statement.options(*_rules(session.actor, mappers))  # type: ignore[attr-defined]


def _checked(statement: ClauseElement) -> set[Mapper[Any]] | None:
    """The mapped classes in the statement, None if others may be reached too. Refuses what cannot be guarded."""
    found: set[Mapper[Any]] = set()
    for element in _walk(statement):
        _refuse_unguardable(element)
        mapper = element._annotations.get("parentmapper")
        if mapper is not None:
            found.add(mapper)
    has_options = any(_options_of(element) for element in _walk(statement))
    if has_options or any(_loads_more(mapper) for mapper in found):
        return None
    return found


def _walk(statement: ClauseElement) -> Iterator[Any]:
    """Every element of the statement, not descending into the table behind a mapped class."""
    queue: list[Any] = [statement]
    while queue:
        element = queue.pop()
        yield element
        if not _is_mapped_table(element):
            queue.extend(element.get_children())


def _is_mapped_table(element: Any) -> bool:
    if "parentmapper" not in element._annotations:
        return False
    if isinstance(element, Alias) and not isinstance(element, CTE):
        return isinstance(element.element, TableClause)
    return isinstance(element, TableClause | Column)


def _refuse_unguardable(element: Any) -> None:
    if isinstance(element, TextClause | TextualSelect):
        raise AccessViolation("Text in a statement cannot be guarded.")
    if isinstance(element, ColumnClause) and element.is_literal and element.name != "*":
        raise AccessViolation("A literal column cannot be guarded.")
    if isinstance(element, TableClause | Column) and "parentmapper" not in element._annotations:
        raise AccessViolation(f"The table behind {element} is open only through its mapped class.")
    mapper = element._annotations.get("parentmapper")
    if mapper is not None and isinstance(getattr(mapper.class_, "__access__", None), SystemOnly):
        raise AccessViolation(f"{mapper.class_.__name__} is closed to users' sessions.")
    if isinstance(element, FromClause) and element.__visit_name__ == "from_statement":
        raise AccessViolation("from_statement() cannot be guarded.")


def _options_of(element: Any) -> bool:
    options = getattr(element, "_with_options", ())
    for option in options:
        contexts = getattr(option, "context", None)
        if contexts is None or any(getattr(c, "_extra_criteria", ()) for c in contexts):
            raise AccessViolation("Only plain loader options are open to a user's session.")
    return bool(options)


@cache
def _loads_more(mapper: Mapper[Any]) -> bool:
    """Whether loading this class reaches another one by itself."""
    eager = any(r.lazy not in ("select", "raise", "raise_on_sql", True) for r in mapper.relationships)
    computed = any(not isinstance(c, Column) for p in mapper.column_attrs for c in p.columns)
    return eager or computed or bool(mapper.inherits)


def _rules(actor: Actor, mappers: set[Mapper[Any]] | None) -> list[Any]:
    classes = (
        models().values() if mappers is None else [m.class_ for m in mappers if issubclass(m.class_, Model)]
    )
    return [_rule(actor, model) for model in classes]


def _rule(actor: Actor, model: type[Model]) -> Any:
    cached = actor.criteria.get(model)
    if cached is None:
        condition = model.deleted_at.is_(None)
        guard = predicate(actor, model, "read")
        cached = with_loader_criteria(
            model,
            condition if guard is None else condition & guard,
            include_aliases=True,
            propagate_to_loaders=False,
        )
        actor.criteria[model] = cached
    return cached


@cache
def _alive() -> Any:
    return with_loader_criteria(
        Model, lambda cls: cls.deleted_at.is_(None), include_aliases=True, propagate_to_loaders=False
    )
