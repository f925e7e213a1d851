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
    """The parts as templates take them, without columns that are empty. What the rows lead to is looked up together."""
    plan = plan_lines(env, type(record), node)
    rows = stored_rows(env, record, plan.name)
    cells.know_of(plan.columns, rows)
    shown = {spec.name: [cells.of(spec, row) for row in rows] for spec in plan.columns}
    columns = [spec for spec in plan.columns if any(shown[spec.name])]
    return LinesView(
        part=plan.name,
        label=plan.label,
        id=f"shown-{plan.name}",
        columns=[LineColumn(spec.name, str(spec.label), spec.kind.value, align_of(spec)) for spec in columns],
        rows=[
            LineRow(str(number), number + 1, [LineCell(shown[spec.name][number]) for spec in columns])
            for number in range(len(rows))
        ],
        totals=[(spec.name, str(spec.label), cells.of(spec, record)) for spec in plan.totals],
    )
