"""What a table of parts looks like to one reader: its columns, which of them may be written, and the totals below."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.orm.field import Field, Kind
from core.orm.model import Model, describe
from core.orm.parts import Part, part_model, parts_of
from core.pages.nodes import Lines
from core.pages.reach import visible_fields

if TYPE_CHECKING:
    from core.env import Env


@dataclass(frozen=True, slots=True)
class LinesPlan:
    """The parts `name` of a record. `columns` are the fields that exist for the reader, called as they are here."""

    name: str
    label: str
    part: Part
    model: type[Model]
    columns: Sequence[Field]
    writable: frozenset[str]
    """The names of the columns that may be written now: none where the record's state locks its parts."""
    totals: Sequence[Field]
    """Fields of the record itself."""

    @property
    def is_open(self) -> bool:
        """Whether the parts can be changed at all."""
        return bool(self.writable)


def plan_lines(env: Env, model: type[Model], node: Lines, only: Collection[str] | None = None) -> LinesPlan:
    """The plan for the actor. `only` are the fields that the record's state leaves open, None for all of them."""
    part = parts_of(model)[node.part]
    target = part_model(part)
    known, own = visible_fields(env, target), visible_fields(env, model)
    columns = [_called(known[name], node) for name in node.columns if name in known and name != part.via]
    is_open = only is None or node.part in only
    return LinesPlan(
        name=node.part,
        label=str(node.label or part.label),
        part=part,
        model=target,
        columns=columns,
        writable=frozenset(spec.name for spec in columns if is_open and _is_writable(env, target, spec)),
        totals=[own[name] for name in node.totals if name in own],
    )


def _called(spec: Field, node: Lines) -> Field:
    return spec.bind(label=node.labels[spec.name]) if spec.name in node.labels else spec


def _is_writable(env: Env, model: type[Model], spec: Field) -> bool:
    if spec.kind is Kind.JSON or spec.kind.is_file or spec.name == describe(model).owner:
        return False
    return env.records(model).writable(spec.name)


def stored_rows(env: Env, record: Model | None, name: str) -> Sequence[Model]:
    """The parts of the record as they are stored, in order; none of a new one."""
    return [] if record is None else env.parts(record, name)
