"""The columns of a list, compiled: which values to read, what to look up, and how to show each cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import escape
from sqlalchemy import select

from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.model import ModelInfo, model_of
from core.pages.cells import LONGEST_IN_LIST, Cells
from core.pages.currencies import Currency, Way, way_of
from core.pages.reach import Path, is_masked

if TYPE_CHECKING:
    from core.env import Env

NO_NUMBER, NOTHING = _("No number yet"), "—"
LINKING = (Kind.LINK, Kind.PHONE, Kind.EMAIL, Kind.URL, Kind.FILE, Kind.IMAGE)


@dataclass(frozen=True, slots=True)
class Compiled:
    """One column: where its value stands in a row, and what makes HTML of it."""

    path: Path
    index: int
    show: Callable[[Any], Any]
    way: Way | None = None
    """How an amount of the row comes to its currency, whose first field stands at `by`."""
    by: int = 0


class Columns:
    """The columns of one list. `lead` names the one that becomes a link to its row and so may hold none itself.

    `stored` is what has been read of each row, after its id and version. `formatter` makes what shows the values
    of a field, HTML unless told otherwise.
    """

    def __init__(
        self,
        env: Env,
        info: ModelInfo,
        paths: Sequence[Path],
        stored: Sequence[str],
        cells: Cells,
        *,
        lead: str = "",
        formatter: Callable[[Field, Currency | None], Callable[[Any], Any]] | None = None,
    ) -> None:
        self.env, self.info, self.paths, self.cells, self.lead = env, info, paths, cells, lead
        self._formatter = formatter or (lambda spec, currency: cells.formatter(spec, in_list=True, currency=currency))
        self.order = list(dict.fromkeys(["id", "version", *stored]))
        self._compiled: list[Compiled] = []
        self._named: tuple[Callable[[Any], str], int] | None = None

    def prepare(self, rows: Sequence[Sequence[Any]]) -> None:
        """Looks up what the rows link to, one statement per kind of record, and compiles the formatters."""
        self._know_links(rows)
        self._compiled = [self._compile(path, rows) for path in self.paths]
        display = self.info.display
        if display in self.order:
            self._named = self._naming(self.info.fields[display]), self.order.index(display)

    def cells_of(self, row: Sequence[Any]) -> list[Any]:
        """The cells of a row, parallel to the columns."""
        return [
            column.show(row[column.index]) if column.way is None else self._money(column, row)
            for column in self._compiled
        ]

    def _money(self, column: Compiled, row: Sequence[Any]) -> Any:
        """An amount in the currency of its row."""
        assert column.way is not None
        currency = self.cells.currencies.behind(column.way, row[column.by])
        return self._formatter(column.path.field, currency)(row[column.index])

    def name_of(self, row: Sequence[Any]) -> str:
        """What the row is called."""
        if self._named is None:
            return f"#{row[0]}"
        name, index = self._named
        return name(row[index]) or f"#{row[0]}"

    def _naming(self, spec: Field) -> Callable[[Any], str]:
        """What makes a plain name of the display field's value."""
        if spec.kind.is_text and not is_masked(self.env, spec, in_list=True):
            return lambda value: (value or "")[:LONGEST_IN_LIST]
        show = self.cells.formatter(spec, in_list=True)
        return lambda value: show(value).striptags()

    def _compile(self, path: Path, rows: Sequence[Sequence[Any]]) -> Compiled:
        show, way = self._formatter(path.field, None), way_of(path.field)
        if path.link is not None:
            index = self.order.index(path.link.name)
            if way is not None:
                return Compiled(path, index, self._over_money(path, way, index, rows))
            return Compiled(path, index, _over(self._related(path, index, rows), show))
        if path.name == self.lead:
            show = _leading(path.field, _without_link(show) if path.field.kind in LINKING else show)
        if way is not None and way.first in self.order:
            by = self.order.index(way.first)
            self.cells.currencies.know(way, {row[by] for row in rows})
            return Compiled(path, self.order.index(path.field.name), show, way, by)
        return Compiled(path, self.order.index(path.field.name), show)

    def _over_money(self, path: Path, way: Way, index: int, rows: Sequence[Sequence[Any]]) -> Callable[[Any], Any]:
        """What shows the amount of a linked record, in the currency that this one says."""
        assert path.link is not None
        target: Any = model_of(path.link.target)
        ids = {row[index] for row in rows if row[index] is not None}
        statement = select(target.id, getattr(target, path.field.name), getattr(target, way.first))
        found = {id: (value, by) for id, value, by in self.env.session.execute(statement.where(target.id.in_(ids)))}
        self.cells.currencies.know(way, {by for _value, by in found.values()})

        def shown(id: Any) -> Any:
            value, by = found.get(id, (None, None))
            return self._formatter(path.field, self.cells.currencies.behind(way, by))(value)

        return shown

    def _know_links(self, rows: Sequence[Sequence[Any]]) -> None:
        wanted: dict[str, set[int]] = {}
        files: set[int] = set()
        for path in self.paths:
            if path.link is None and path.field.kind.is_file:
                index = self.order.index(path.field.name)
                files.update(row[index] for row in rows if row[index] is not None)
            if path.link is None and path.field.kind is Kind.LINK and path.field.target:
                index = self.order.index(path.field.name)
                ids = {row[index] for row in rows if row[index] is not None}
                wanted.setdefault(path.field.target, set()).update(ids)
        self.cells.links.know(wanted)
        self.cells.links.files.know(files)

    def _related(self, path: Path, index: int, rows: Sequence[Sequence[Any]]) -> Mapping[int, Any]:
        """id of the linked record → its value, for those that the reader may see."""
        assert path.link is not None
        target: Any = model_of(path.link.target)
        ids = {row[index] for row in rows if row[index] is not None}
        if not ids:
            return {}
        statement = select(target.id, getattr(target, path.field.name)).where(target.id.in_(ids))
        found: dict[int, Any] = dict(self.env.session.execute(statement).all())
        if path.field.kind is Kind.LINK:
            self.cells.links.know({path.field.target: found.values()})
        if path.field.kind.is_file:
            self.cells.links.files.know(found.values())
        return found


def _over(found: Mapping[int, Any], show: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda id: show(found.get(id))


def _leading(spec: Field, show: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What leads to a row is never empty: nobody could open it."""
    nothing = escape(str(NO_NUMBER if spec.kind is Kind.SERIAL else NOTHING))

    def shown(value: Any) -> Any:
        return show(value) or nothing

    return shown


def _without_link(show: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: escape(show(value).striptags())
