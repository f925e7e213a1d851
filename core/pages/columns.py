"""The columns of a list, compiled: which values to read, what to look up, and how to show each cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape
from sqlalchemy import select

from core.orm.field import Kind
from core.orm.model import Model, describe, model_of
from core.pages.cells import Cells, Formatter
from core.pages.reach import Path, resolve

if TYPE_CHECKING:
    from core.env import Env

LINKING = (Kind.LINK, Kind.PHONE, Kind.EMAIL, Kind.URL, Kind.FILE)


@dataclass(frozen=True, slots=True)
class Compiled:
    """One column: where its value stands in a row, and what makes HTML of it."""

    path: Path
    index: int
    show: Formatter


class Columns:
    """The columns of one list that exist for the reader. `linked` says that rows have a page of their own."""

    def __init__(self, env: Env, model: type[Model], names: Sequence[str], cells: Cells, *, linked: bool) -> None:
        self.env, self.cells, self.info, self.linked = env, cells, describe(model), linked
        found = (resolve(env, model, name) for name in dict.fromkeys(names))
        self.paths = [path for path in found if path is not None]
        own = [path.link.name if path.link else path.field.name for path in self.paths]
        self.stored = list(dict.fromkeys([*own, *self._naming()]))
        """What is read of each row, after its id and version."""
        self._order = list(dict.fromkeys(["id", "version", *self.stored]))
        names_shown = [path.name for path in self.paths]
        self.primary = self.info.display if self.info.display in names_shown else (names_shown or [""])[0]
        self._compiled: list[Compiled] = []

    def _naming(self) -> list[str]:
        """The field that names a row, read for its check box even where it is no column."""
        found = resolve(self.env, self.info.model, self.info.display)
        return [found.field.name] if found is not None else []

    def prepare(self, rows: Sequence[Sequence[Any]]) -> None:
        """Looks up what the rows link to, one statement per kind of record, and compiles the formatters."""
        self._know_links(rows)
        self._compiled = [self._compile(path, rows) for path in self.paths]

    def cells_of(self, row: Sequence[Any]) -> list[Markup]:
        """The cells of a row, parallel to the columns."""
        return [column.show(row[column.index]) for column in self._compiled]

    def name_of(self, row: Sequence[Any]) -> str:
        """What the row is called."""
        if self.info.display in self._order and self.info.display in self.stored:
            spec = self.info.fields[self.info.display]
            value = self.cells.formatter(spec, in_list=True)(row[self._order.index(self.info.display)])
            return value.striptags() if "<" in value else value.unescape()
        return f"#{row[0]}"

    def _compile(self, path: Path, rows: Sequence[Sequence[Any]]) -> Compiled:
        show = self.cells.formatter(path.field, in_list=True)
        if path.link is not None:
            index = self._order.index(path.link.name)
            return Compiled(path, index, _over(self._related(path, index, rows), show))
        if path.name == self.primary and self.linked and path.field.kind in LINKING:
            show = _without_link(show)
        return Compiled(path, self._order.index(path.field.name), show)

    def _know_links(self, rows: Sequence[Sequence[Any]]) -> None:
        wanted: dict[str, set[int]] = {}
        for path in self.paths:
            if path.link is None and path.field.kind is Kind.LINK and path.field.target:
                index = self._order.index(path.field.name)
                ids = {row[index] for row in rows if row[index] is not None}
                wanted.setdefault(path.field.target, set()).update(ids)
        self.cells.links.know(wanted)

    def _related(self, path: Path, index: int, rows: Sequence[Sequence[Any]]) -> Mapping[int, Any]:
        """id of the linked record → its value, for those that the reader may see."""
        assert path.link is not None
        target: Any = model_of(path.link.target)
        ids = {row[index] for row in rows if row[index] is not None}
        if not ids:
            return {}
        statement = select(target.id, getattr(target, path.field.name)).where(target.id.in_(ids))
        found: dict[int, Any] = dict(self.env.session.execute(statement).tuples().all())
        if path.field.kind is Kind.LINK:
            self.cells.links.know({path.field.target: found.values()})
        return found


def _over(found: Mapping[int, Any], show: Formatter) -> Callable[[Any], Markup]:
    return lambda id: show(found.get(id))


def _without_link(show: Formatter) -> Formatter:
    return lambda value: escape(show(value).striptags())
