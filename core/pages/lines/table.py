"""The parts of a record on its page: a table of values, with the totals below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.orm.model import Model
from core.pages.cells import Cells, align_of
from core.pages.lines.plan import plan_lines, stored_rows
from core.pages.nodes import Lines
from core.pages.views import LineCell, LineColumn, LineRow, LinesView

if TYPE_CHECKING:
    from core.env import Env


def lines_view(env: Env, record: Model, node: Lines, cells: Cells) -> LinesView:
    """The parts as templates take them. What the rows lead to is looked up together."""
    plan = plan_lines(env, type(record), node)
    rows = stored_rows(env, record, plan.name)
    cells.know_of(plan.columns, rows)
    return LinesView(
        part=plan.name,
        label=plan.label,
        id=f"shown-{plan.name}",
        columns=[LineColumn(spec.name, str(spec.label), spec.kind.value, align_of(spec)) for spec in plan.columns],
        rows=[
            LineRow(str(n), n, [LineCell(cells.of(spec, row)) for spec in plan.columns])
            for n, row in enumerate(rows, 1)
        ],
        totals=[(spec.name, str(spec.label), cells.of(spec, record)) for spec in plan.totals],
    )
