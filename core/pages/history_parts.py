"""What the history of a record tells of its parts: how many came, went and changed, and then row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from core.i18n import Text, _, listed, ngettext
from core.orm.field import Field, Kind
from core.orm.model import Model, describe
from core.orm.parts import Part, part_model, parts_of
from core.orm.values import from_json
from core.pages.cells import Cells
from core.pages.reach import visible_fields
from core.pages.views import Change

if TYPE_CHECKING:
    from core.env import Env

MOST = 50
"""So many details of one entry are shown."""

Rows = Sequence[Mapping[str, Any]]


class PartsTold:
    """Reads what entries of one record's history say of its parts, as far as the reader may see their fields."""

    def __init__(self, env: Env, record: Model, cells: Cells, *, in_full: bool) -> None:
        self.cells, self.in_full = cells, in_full
        self.parts = parts_of(type(record))
        self.whole = {name: getattr(record, name) for name in describe(type(record)).fields}
        self.fields = {name: visible_fields(env, part_model(part)) for name, part in self.parts.items()}

    def linked(self, changes: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
        """(model, id) of what the rows link to."""
        for name in self.parts.keys() & changes.keys():
            links = [spec for spec in self.fields[name].values() if spec.kind is Kind.LINK and spec.target]
            for row in (row for rows in changes[name] for row in rows):
                yield from ((spec.target, row[spec.name]) for spec in links if isinstance(row.get(spec.name), int))

    def summary(self, changes: Mapping[str, Any]) -> list[Text]:
        """A sentence for each part that changed, such as “Lines: 2 added, 1 changed”."""
        found = []
        for name in (name for name in self.parts if name in changes):
            told = listed(map(str, _counted(*changes[name])))
            found.append(_("{part}: {changes}", part=self.parts[name].label, changes=told))
        return found

    def details(self, changes: Mapping[str, Any]) -> list[Change]:
        """Field by field of each row."""
        found = [one for name, part in self.parts.items() if name in changes for one in self._rows(name, part, changes)]
        return found[:MOST]

    def _rows(self, name: str, part: Part, changes: Mapping[str, Any]) -> Iterator[Change]:
        before, after = ({row.get("id"): row for row in rows if "id" in row} for rows in changes[name])
        fresh = [row for row in changes[name][1] if row.get("id") not in before]
        for id, row in before.items():
            if id in after:
                yield from self._changed(name, part, row, after[id])
            else:
                yield Change(self._place(part, row), self._named(name, part, row), Markup(""))
        for row in fresh:
            yield Change(self._place(part, row), Markup(""), self._named(name, part, row))

    def _changed(self, name: str, part: Part, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
        for spec in self.fields[name].values():
            is_told = self.in_full or not spec.readonly or spec.name == part.order
            if is_told and before.get(spec.name) != after.get(spec.name):
                label = f"{self._place(part, before)} · {spec.label}"
                yield Change(label, self._shown(spec, before), self._shown(spec, after))

    def _shown(self, spec: Field, row: Mapping[str, Any]) -> Markup:
        currency = self.cells.currencies.chosen(spec, row, self.whole)
        return self.cells.format(spec, from_json(spec, row.get(spec.name)), currency=currency)

    def _named(self, name: str, part: Part, row: Mapping[str, Any]) -> Markup:
        spec = self.fields[name].get(describe(part_model(part)).display)
        return self._shown(spec, row) if spec is not None else Markup("…")

    def _place(self, part: Part, row: Mapping[str, Any]) -> str:
        return str(_("{part}, row {number}", part=part.label, number=row.get(part.order, "?")))


def _counted(before: Rows, after: Rows) -> list[Text]:
    known, kept = {row.get("id") for row in before}, {row.get("id") for row in after}
    added = sum(row.get("id") not in known for row in after)
    removed = sum(row["id"] not in kept for row in before)
    changed = len(before) - removed
    texts = [
        (added, ngettext("{count} added", "{count} added", added)),
        (changed, ngettext("{count} changed", "{count} changed", changed)),
        (removed, ngettext("{count} removed", "{count} removed", removed)),
    ]
    return [text for count, text in texts if count]
