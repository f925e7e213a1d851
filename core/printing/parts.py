"""The parts of records on paper: each a field of its own, for templates to set as they like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.orm.field import Field, Kind
from core.orm.model import SYSTEM_FIELDS, Model, describe
from core.orm.parts import Part, part_model, parts_of
from core.orm.values import to_json
from core.pages.catalogue import ModelPages
from core.pages.cells import Cells, align_of
from core.pages.reach import is_masked, visible_fields
from core.parts.reading import parts_of_many
from core.printing.tables import measured
from core.printing.values import Values

if TYPE_CHECKING:
    from core.env import Env

Json = dict[str, Any]


class PrintedParts:
    """The parts of several records of one model: read in one statement each, their links looked up together."""

    def __init__(self, env: Env, pages: ModelPages, cells: Cells, values: Values) -> None:
        self.env, self.cells, self.values = env, cells, values
        self.parts = parts_of(pages.model)
        self.nodes = {node.part: node for node in (pages.form.lines if pages.form else ())}
        self.fields = {name: self._fields(part) for name, part in self.parts.items()}
        self._known: dict[str, Mapping[int, Sequence[Model]]] = {}

    def _fields(self, part: Part) -> dict[str, Field]:
        model = part_model(part)
        left_out = {part.via, describe(model).owner, *SYSTEM_FIELDS}
        return {name: spec for name, spec in visible_fields(self.env, model).items() if name not in left_out}

    def know_of(self, records: Sequence[Model]) -> None:
        """Reads the parts of all these records, which have been read through the guard."""
        for name, part in self.parts.items():
            found = self._known[name] = parts_of_many(self.env, part, [record.id for record in records])
            rows = [row for some in found.values() for row in some]
            self.cells.know_of(list(self.fields[name].values()), rows)

    def of(self, record: Model) -> Json:
        """Name → the part: `key`, `label`, `columns` with anything in them, `rows` of fields."""
        return {name: self._one(name, part, record) for name, part in self.parts.items()}

    def _one(self, name: str, part: Part, record: Model) -> Json:
        node, fields = self.nodes.get(name), self.fields[name]
        rows = [{n: self._field(spec, row) for n, spec in fields.items()} for row in self._known[name][record.id]]
        shown = [fields[n] for n in (node.columns if node else fields) if n in fields]
        shown = [spec for spec in shown if any(row[spec.name]["text"] for row in rows)]
        labels = dict(node.labels) if node else {}
        heads = [(spec.name, str(labels.get(spec.name, spec.label)), align_of(spec)) for spec in shown]
        return {
            "key": name,
            "label": str((node.label if node else None) or part.label),
            "columns": measured(heads, [[row[spec.name]["text"] for spec in shown] for row in rows]),
            "rows": rows,
        }

    def _field(self, spec: Field, row: Model) -> Json:
        value = spec.read(row)
        is_open = not is_masked(self.env, spec)
        if spec.kind is Kind.LINK and value is not None:
            is_open = is_open and self.cells.links.label(spec.target, value).has_link
        return {
            "text": self.values.text(spec, value, self.cells.currencies.of(spec, row)),
            "value": to_json(value) if is_open else None,
        }
