"""Two sessions on one connection: the user's, in which every statement is guarded, and the system's.

In a user's session anything that could reach a row past its rule is refused: text, Core tables, writes by
statement, the bare connection. What is left is a SELECT over mapped classes, and each of those gets its rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import Column, ColumnElement, Connection, Table, event, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.context import FromStatement
from sqlalchemy.orm.mapper import Mapper
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql import ClauseElement, visitors
from sqlalchemy.sql.elements import ColumnClause, TextClause
from sqlalchemy.sql.selectable import Alias, Join, Select, SelectBase, TableClause, TextualSelect

from core.access.actor import READ
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

    def get(self, entity: Any, ident: Any, *args: Any, **kwargs: Any) -> Any:
        """The record by its id, from what is loaded or through the guard."""
        if args or kwargs or not isinstance(ident, int):
            raise AccessViolation("get() takes a model and an id in a user's session; use select().")
        loaded = self.identity_map.get(identity_key(entity, ident))
        return loaded or self.scalars(select(entity).where(entity.id == ident)).one_or_none()

    def connection(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AccessViolation("The bare connection is closed to a user's session; use env.system(reason).")

    def _refuse_bulk(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AccessViolation("Bulk operations bypass the guard; use env.system(reason).")

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _refuse_bulk


@event.listens_for(SystemSession, "do_orm_execute")
def _hide_deleted(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load or state.execution_options.get(INCLUDE_DELETED):
        return
    statement: Any = state.statement
    if _alive() not in getattr(statement, "_with_options", (_alive(),)):
        state.statement = statement.options(_alive())


@event.listens_for(UserSession, "do_orm_execute")
def _guard(state: ORMExecuteState) -> None:
    if state.execution_options.get(MARK_OPTION) is _MARK:
        return
    statement = state.statement
    if not isinstance(statement, Select | SelectBase) or not state.is_orm_statement or not state.is_select:
        raise AccessViolation("Only SELECT over mapped classes is open to a user's session.")
    session = state.session
    assert isinstance(session, UserSession)
    if state.is_column_load:
        # Criteria options are ignored where a loaded object is refreshed, so the rule is put into the statement.
        model = state.bind_mapper.class_ if state.bind_mapper else None
        if model is None or not issubclass(model, Model):
            raise AccessViolation("Only mapped records can be refreshed in a user's session.")
        state.statement = statement.where(_condition(session.actor, model))  # type: ignore[union-attr]
        return
    mappers = None if state.is_relationship_load else _checked(statement)
    present = {id(option) for option in statement._with_options}
    rules = [rule for rule in _rules(session.actor, mappers) if id(rule) not in present]
    state.statement = statement.options(*rules)


def _checked(statement: ClauseElement) -> set[Mapper[Any]] | None:
    """The mapped classes in the statement, None if others may be reached too. Refuses what cannot be guarded."""
    found: set[Mapper[Any]] = set()
    has_options = False
    aliases = _aliases_in(statement)
    for element in _walk(statement, aliases):
        _refuse_unguardable(element, aliases)
        has_options |= _has_options(element)
        mapper = element._annotations.get("parentmapper")
        if mapper is not None:
            found.add(mapper)
    if has_options or any(_loads_more(mapper) for mapper in found):
        return None
    return found


def _walk(statement: ClauseElement, aliases: frozenset[Any]) -> Iterator[Any]:
    """Every element of the statement, not descending into tables nor into the aliases of mapped classes."""
    queue: list[Any] = [statement]
    while queue:
        element = queue.pop()
        if element in aliases:
            continue
        yield element
        if not isinstance(element, Table | Column):
            queue.extend(element.get_children())


def _aliases_in(statement: ClauseElement) -> frozenset[Any]:
    """The aliases of tables that stand for a mapped class, known from the columns that are taken of them."""
    found = set()
    for element in visitors.iterate(statement):
        entity = element._annotations.get("parententity")
        if entity is not None and entity.is_aliased_class and _is_table_alias(entity.selectable):
            found.add(entity.selectable)
    return frozenset(found)


def _refuse_unguardable(element: Any, aliases: frozenset[Any]) -> None:
    if isinstance(element, TextClause | TextualSelect | FromStatement):
        raise AccessViolation("Text in a statement cannot be guarded.")
    if isinstance(element, ColumnClause) and element.is_literal and element.name not in ("*", "1"):
        raise AccessViolation("A literal column cannot be guarded.")
    if isinstance(element, TableClause) and not isinstance(element, Table):
        raise AccessViolation("A table is open only through its mapped class.")
    if isinstance(element, Column) and isinstance(element.table, Table) and not _is_mapped(element):
        raise AccessViolation(f"{element} is open only through its mapped class.")
    if _is_table_alias(element) and not _is_mapped(element):
        # The aliases of mapped classes are not walked into, so this one stands for none.
        raise AccessViolation(f"{element} is open only through its mapped class.")
    if isinstance(element, Select):
        # Tables that only follow from mapped columns come with their rule; one that is named must be mapped.
        joined = [join[0] for join in element._setup_joins]
        for part in (*element._from_obj, *joined):
            _refuse_tables(part, aliases)
    mapper = element._annotations.get("parentmapper")
    if mapper is not None and isinstance(getattr(mapper.class_, "__access__", None), SystemOnly):
        raise AccessViolation(f"{mapper.class_.__name__} is closed to users' sessions.")


def _refuse_tables(source: Any, aliases: frozenset[Any]) -> None:
    """Refuses a FROM or JOIN of a bare table, or of an alias of one that no mapped class stands for."""
    if isinstance(source, Join):
        _refuse_tables(source.left, aliases)
        _refuse_tables(source.right, aliases)
    elif (isinstance(source, Table) or _is_table_alias(source)) and not _is_mapped(source) and source not in aliases:
        raise AccessViolation(f"{source} is open only through its mapped class.")


def _is_table_alias(source: Any) -> bool:
    return isinstance(source, Alias) and isinstance(source.element, Table)


def _is_mapped(element: Any) -> bool:
    return "parentmapper" in element._annotations


def _has_options(element: Any) -> bool:
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
    classes = models().values() if mappers is None else [m.class_ for m in mappers if issubclass(m.class_, Model)]
    return [_rule(actor, model) for model in classes]


def _rule(actor: Actor, model: type[Model]) -> Any:
    cached = actor.criteria.get(model)
    if cached is None:
        cached = with_loader_criteria(model, _condition(actor, model), include_aliases=True)
        actor.criteria[model] = cached
    return cached


def _condition(actor: Actor, model: type[Model]) -> ColumnElement[bool]:
    alive = model.deleted_at.is_(None)
    guard = predicate(actor, model, READ)
    return alive if guard is None else alive & guard


@cache
def _alive() -> Any:
    return with_loader_criteria(Model, lambda cls: cls.deleted_at.is_(None), include_aliases=True)
