"""The rows that are not taken in, with the reason at the cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.api import importing

if TYPE_CHECKING:
    from core.api import Env

SHOWN = 50
"""So many rows are shown; the file has all of them."""


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell that is shown of such a row; `problem` is "" for one that is right."""

    head: str
    text: str
    problem: str


@dataclass(frozen=True, slots=True)
class RowView:
    """A row; `problem` is what is wrong with it as a whole."""

    number: int
    cells: Sequence[CellView]
    problem: str


@dataclass(frozen=True, slots=True)
class Refusals:
    """The first of the rows, in the columns in which something is wrong and the one that names the record."""

    heads: Sequence[str]
    rows: Sequence[RowView]
    total: int


def refusals(env: Env, found: importing.Asked) -> Refusals | None:
    """The rows that the last try or the import did not take; None if there are none."""
    rows = list(importing.refused_rows(env, found, limit=SHOWN))
    if not rows:
        return None
    wrong = {place for row in rows for place in row.problems if place is not None}
    named = {int(place) for place, key in found.columns.items() if key in found.keys}
    places = sorted(wrong | named or {0})
    return Refusals(
        [found.heads[place] for place in places],
        [RowView(row.row, [_cell(found, row, place) for place in places], row.problems.get(None, "")) for row in rows],
        found.counts.get("refused", len(rows)),
    )


def _cell(found: importing.Asked, row: importing.Refused, place: int) -> CellView:
    value = row.cells[place] if place < len(row.cells) else None
    return CellView(found.heads[place], "" if value is None else str(value), row.problems.get(place, ""))
