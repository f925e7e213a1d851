"""Seeking: a page begins right after a row, wherever in the list that is, and costs the same everywhere.

Rows without a sort value come last in both directions. No index has that order in both, so a page is put together
from two parts, each a plain range of the index: rows with a value, and rows without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, UnaryExpression, bindparam, tuple_
from sqlalchemy.sql.operators import custom_op

from core.orm.listing.cursor import Cursor
from core.orm.listing.sorting import Sort


@dataclass(frozen=True, slots=True)
class Part:
    """A range of the index: rows with or without a value, from the cursor on or from the range's end."""

    has_value: bool
    is_bound: bool
    backwards: bool

    def conditions(self, sort: Sort, columns: Any) -> list[ColumnElement[bool]]:
        """What rows of this part fulfil; `value` and `id` are parameters when it begins at a cursor."""
        id, ascending = columns.id, sort.descending == self.backwards
        here_id = bindparam("cursor_id", type_=id.type)
        if sort.is_id:
            return [id > here_id if ascending else id < here_id] if self.is_bound else []
        column = columns[sort.name]
        if not self.has_value:
            bound = [id > here_id if ascending else id < here_id] if self.is_bound else []
            return [column.is_(None), *bound]
        if not self.is_bound:
            return [column.is_not(None)] if sort.nullable else []
        here = tuple_(bindparam("cursor_value", type_=column.type), here_id)
        row = tuple_(column, id)
        return [row > here if ascending else row < here]

    def order(self, sort: Sort, columns: Any, *, indexed: bool = True) -> list[Any]:
        """ORDER BY of this part. Not `indexed` keeps SQLite from walking an index for it."""
        found = [columns.id] if sort.is_id else [columns[sort.name], columns.id]
        if not indexed:
            found = [plain(column) for column in found]
        descending = sort.descending != self.backwards
        return [column.desc() if descending else column.asc() for column in found]

    def values(self, cursor: Cursor | None) -> dict[str, Any]:
        """The parameters that `conditions` wants."""
        if not self.is_bound or cursor is None:
            return {}
        return {"cursor_id": cursor.id, "cursor_value": cursor.value}


def parts(sort: Sort, cursor: Cursor | None, *, backwards: bool) -> list[Part]:
    """The ranges in which to look for a page, in this order, until it is full."""
    if sort.is_id or not sort.nullable:
        return [Part(True, cursor is not None, backwards)]
    if cursor is None:
        found = [Part(True, False, backwards), Part(False, False, backwards)]
        return found[::-1] if backwards else found
    if cursor.value is None:
        rest = [Part(True, False, True)] if backwards else []
        return [Part(False, True, backwards), *rest]
    rest = [] if backwards else [Part(False, False, False)]
    return [Part(True, True, backwards), *rest]


class PlainColumns:
    """The columns of a table in a form for which SQLite uses no index."""

    def __init__(self, columns: Any) -> None:
        self._columns = columns

    def __getattr__(self, name: str) -> Any:
        return plain(self._columns[name])

    __getitem__ = __getattr__


def plain(column: ColumnElement[Any]) -> Any:
    """`+column`: the same value, for which SQLite uses no index."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)
