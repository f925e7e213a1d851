"""The rows of a file on their way in: their cells read, their links looked up, addons asked about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from core.errors import AppError, Invalid, Message
from core.exchange.imports.cells import is_empty, text_of
from core.exchange.imports.matching import find_linked, link_problem
from core.exchange.imports.plan import Column, Part, Plan
from core.exchange.imports.reading import Cell
from core.i18n import Text, _
from core.orm.validation import Refused

if TYPE_CHECKING:
    from core.env import Env

WHOLE_ROW = ""
"""The place of a problem that no cell alone has."""


@dataclass(slots=True)
class Row:
    """A row of the file: its values per part, and what is wrong with it, by the place of the column."""

    number: int
    cells: Sequence[Cell]
    values: list[dict[str, Any]] = field(default_factory=list)
    problems: dict[str, Message] = field(default_factory=dict)
    record_id: int | None = None
    rest: list[Row] = field(default_factory=list)
    """Further rows of the same record, which bring parts of it."""

    def refuse(self, part: Part, error: AppError) -> None:
        """Notes why the record of this part could not be written."""
        if not isinstance(error, Invalid):
            self.problems[WHOLE_ROW] = error.message
            return
        for name, messages in error.fields.items():
            place = part.places.get(name)
            message = messages[0]
            if place is None:
                spec = part.info.fields.get(name)
                label = spec.label if spec is not None else name
                message = _("{field}: {problem}", field=str(label), problem=str(message))
            self.problems[WHOLE_ROW if place is None else str(place)] = message

    def has_values(self, number: int) -> bool:
        """Whether anything stands in the cells of that part."""
        return any(value not in (None, "", []) for value in self.values[number].values())


def read(env: Env, plan: Plan, rows: Sequence[Row]) -> None:
    """Fills the values of each row, part by part, and notes what cannot be read or is refused by an addon."""
    for part in plan.parts:
        for row in rows:
            row.values.append({})
        for column in part.columns:
            if column.convert is None:
                _read_links(env, rows, column)
            else:
                for row in rows:
                    _read_cell(row, column)
    if env.hooks.listens("import_row"):
        for row in rows:
            _ask_about(env, plan, row)


def told(problem: Message) -> Any:
    """A message as the database keeps it."""
    return problem.as_json() if isinstance(problem, Text) else str(problem)


def _read_cell(row: Row, column: Column) -> None:
    cell = row.cells[column.place]
    if column.convert is None or is_empty(cell):
        row.values[-1][column.spec.name] = None
        return
    try:
        row.values[-1][column.spec.name] = column.convert(cell)
    except Refused as refused:
        row.problems[str(column.place)] = refused.message


def _read_links(env: Env, rows: Sequence[Row], column: Column) -> None:
    texts = {row.number: (text_of(row.cells[column.place]) or "").strip() for row in rows}
    found = find_linked(env, column.spec, {text for text in texts.values() if not is_empty(text)})
    for row in rows:
        text = texts[row.number]
        id = None if is_empty(text) else found.get(text)
        problem = None if is_empty(text) else link_problem(text, id)
        if problem is not None:
            row.problems[str(column.place)] = problem
        row.values[-1][column.spec.name] = id


def _ask_about(env: Env, plan: Plan, row: Row) -> None:
    """Lets addons change the values of a row that is right so far, or refuse it."""
    for number, part in enumerate(plan.parts):
        if row.problems or not row.has_values(number):
            continue
        values = row.values[number]
        given = MappingProxyType(values)
        try:
            answers = env.hooks.import_row(model=part.info.model, row=row.number, values=given)
        except AppError as error:
            row.refuse(part, error)
            continue
        for answer in answers:
            values.update(answer)
