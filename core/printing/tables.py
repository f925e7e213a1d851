"""Tables of documents: what belongs to a record, and lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from core.access.actor import READ
from core.i18n import _
from core.orm.field import Field
from core.orm.listing import ListRequest, count, list_page
from core.orm.model import Model
from core.orm.parts import is_part
from core.pages.catalogue import ModelPages, catalogue_of
from core.pages.cells import Cells
from core.pages.children import belongs
from core.pages.columns import Columns
from core.pages.currencies import Currency
from core.pages.nodes import ListPage, Tab
from core.pages.plan import Head, ListPlan, plan_list
from core.printing.values import Values

if TYPE_CHECKING:
    from core.env import Env

Json = dict[str, Any]

MOST_CHILDREN = 50
"""So many rows of what belongs to a record are printed; the rest is counted."""

NARROW = 22
"""A column whose texts are no wider takes what it needs where space is short. A Chinese character counts 2."""

WIDEST, LEAST, MARGIN = 60, 4, 2
"""A column asks for as much as its widest text, within these bounds, and for its margins."""


class Tables:
    """What belongs to a record, a table per tab of its page that lists children."""

    def __init__(self, env: Env, pages: ModelPages, cells: Cells, values: Values) -> None:
        self.env, self.cells, self.values = env, cells, values
        self.tabs = [tab for tab in pages.tabs if self._is_table(tab)]

    def _is_table(self, tab: Tab) -> bool:
        # Parts are printed as such.
        if tab.children is None or tab.is_analysis or is_part(tab.children):
            return False
        return self.env.actor.may(tab.children.key(), READ)

    def of(self, record: Model) -> list[Json]:
        """The tables of the record that have any rows."""
        found = (self._table(record, tab) for tab in self.tabs)
        return [table for table in found if table["rows"]]

    def _table(self, record: Model, tab: Tab) -> Json:
        assert tab.children is not None
        known = catalogue_of(self.env).models.get(tab.children.key())
        listing = known.listing if known else None
        columns = tab.columns or (listing.columns if listing else ())
        plan = plan_list(self.env, ListPage(model=tab.children, columns=columns))
        wanted = ListRequest(
            tab.children,
            filters=(belongs(record, tab),),
            sort=listing.sort if listing else "",
            limit=MOST_CHILDREN,
        )
        page = list_page(self.env, wanted, plan.stored)
        more = count(self.env, wanted).number - len(page.rows) if page.next else 0
        shown, rows = without_empty(plan.heads, texts(self.env, plan, page.rows, self.cells, self.values))
        return {
            "key": tab.key,
            "label": str(tab.label),
            "columns": heads(shown, rows),
            "rows": rows,
            "more": str(_("and {number} more", number=more)) if more > 0 else "",
        }


def without_empty(found: Sequence[Head], rows: list[list[str]]) -> tuple[list[Head], list[list[str]]]:
    """The table without columns in which nothing stands."""
    kept = [place for place in range(len(found)) if any(row[place] for row in rows)]
    return [found[place] for place in kept], [[row[place] for place in kept] for row in rows]


def heads(found: Sequence[Head], rows: Sequence[Sequence[str]]) -> list[Json]:
    """The columns of a table of a list."""
    return measured([(head.path.name, head.label, head.align) for head in found], rows)


def measured(found: Sequence[tuple[str, str, str]], rows: Sequence[Sequence[str]]) -> list[Json]:
    """The columns of a table, each (name, label, alignment), of which the rows have the texts.

    With `share` of the width, and whether the texts may be broken for it.
    """
    widths = [max((_width(row[place]) for row in rows), default=0) for place in range(len(found))]
    widest = max(widths, default=0)
    return [
        {
            "name": name,
            "label": label,
            "align": align,
            "share": max(width, _width(label), LEAST) + MARGIN,
            "is-wide": width > NARROW or width == widest,
        }
        for (name, label, align), width in zip(found, widths, strict=True)
    ]


def _width(text: str) -> int:
    return sum(1 + (east_asian_width(character) in "WF") for character in text[:WIDEST])


def texts(env: Env, plan: ListPlan, rows: Sequence[Any], cells: Cells, values: Values) -> list[list[str]]:
    """The cells of the rows as text, masked as lists mask them."""

    def printed(spec: Field, currency: Currency | None) -> Any:
        return values.printed(spec, in_list=True, currency=currency)

    paths = [head.path for head in plan.heads]
    columns = Columns(env, plan.info, paths, plan.stored, cells, formatter=printed)
    columns.prepare(rows)
    return [columns.cells_of(row) for row in rows]
