"""The page on which several records become one: what differs between them, what would move, and doing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core import merging
from core.access.actor import DELETE, EDIT
from core.errors import Forbidden, NotFound
from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.model import SYSTEM_FIELDS, Model, describe
from core.pages.cells import Cells
from core.pages.naming import name_of
from core.pages.reach import visible_fields
from core.pages.views import MergeOption, MergeRecord, MergeRow, MergeView

if TYPE_CHECKING:
    from core.env import Env

CHOSEN, SEEN = "value-", "version-"
"""What the names of the form's inputs start with: whose value is taken of a field, which version was shown."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be merged, as the page sends it."""

    survivor: int
    values: Mapping[str, int]
    """Field → the record whose value the survivor gets."""
    versions: Mapping[int, int]

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Wish:
        """Of a form that was sent; what is no number counts as not sent."""
        numbers = {name: int(text) for name, text in form.items() if text.isdecimal() and len(text) < 19}
        values = {name[len(CHOSEN) :]: id for name, id in numbers.items() if name.startswith(CHOSEN)}
        seen = {name[len(SEEN) :]: number for name, number in numbers.items() if name.startswith(SEEN)}
        versions = {int(id): number for id, number in seen.items() if id.isdecimal() and len(id) < 19}
        return cls(numbers.get("survivor", 0), values, versions)


class MergePage:
    """Two to five records that the actor may merge. Raises `NotFound` if one is out of sight, or `Forbidden`."""

    def __init__(self, env: Env, model: type[Model], ids: Sequence[int]) -> None:
        self.env, self.model, self.info = env, model, describe(model)
        self.service = env.records(model)
        self.cells = Cells(env)
        wanted = list(dict.fromkeys(ids))
        if not 2 <= len(wanted) <= merging.MOST:
            raise NotFound()
        self.records = {id: env.get(model, id) for id in wanted}
        self.survivors = self._possible()
        if not self.survivors:
            raise Forbidden(_("Merging takes the other records away, which you may not."))

    def _possible(self) -> list[int]:
        """The records that may stay: all can be edited, and every other one can be deleted."""
        ids = set(self.records)
        if self.env.ids_within(self.model, ids, EDIT) != ids:
            return []
        kept = ids - self.env.ids_within(self.model, ids, DELETE)
        return [id for id in self.records if kept <= {id}]

    def merge(self, wish: Wish) -> int:
        """Makes them one. Returns the act's id. Raises as `merging.merge` does."""
        survivor = self.records.get(wish.survivor)
        if survivor is None:
            raise NotFound()
        others = [record for id, record in self.records.items() if id != wish.survivor]
        values = {
            name: getattr(self.records[id], name)
            for name, id in wish.values.items()
            if id in self.records and id != wish.survivor and name in self._open
        }
        with self.env.savepoint():
            return merging.merge(self.env, survivor, others, values, versions=wish.versions)

    def view(self, wish: Wish | None = None, *, url: str, back: str, problem: str = "") -> MergeView:
        """The page; with `wish`, as it was filled in."""
        self.cells.links.know_of(self._differing, list(self.records.values()))
        chosen = wish.survivor if wish is not None and wish.survivor in self.survivors else self.survivors[0]
        taken = wish.values if wish is not None else {}
        rows = [self._row(spec, chosen, taken.get(spec.name, 0)) for spec in self._differing]
        moving = merging.impact_of_each(self.env, self.model, list(self.records))
        return MergeView(
            title=str(_("Merge: {title}", title=self.info.title_plural)),
            url=url,
            cancel_url=back,
            records=[self._record(id, chosen, moving.get(id, {})) for id in self.records],
            rows=sorted(rows, key=lambda row: not row.is_open),
            problem=problem,
        )

    @cached_property
    def _open(self) -> set[str]:
        """The fields whose value may be chosen: those that the actor may write. The others stay the survivor's."""
        return {name for name in self.service.fields if self.service.writable(name) and name != self.info.owner}

    @cached_property
    def _differing(self) -> list[Field]:
        """The fields that the reader sees and in which the records differ."""
        known = visible_fields(self.env, self.model)
        specs = [s for name, s in known.items() if name not in SYSTEM_FIELDS and s.kind is not Kind.JSON]
        return [spec for spec in specs if len({_comparable(spec.read(r)) for r in self.records.values()}) > 1]

    def _row(self, spec: Field, survivor: int, taken: int) -> MergeRow:
        shown = {id: self.cells.of(spec, record) for id, record in self.records.items()}
        filled = [id for id in shown if _comparable(spec.read(self.records[id])) != ""]
        usual = survivor if survivor in filled or not filled else filled[0]
        picked = taken if taken in shown else usual
        options = [MergeOption(id, html, id == picked, id in filled) for id, html in shown.items()]
        return MergeRow(spec.name, str(spec.label), options, is_open=spec.name in self._open)

    def _record(self, id: int, survivor: int, moving: Mapping[type[Model], int]) -> MergeRecord:
        record = self.records[id]
        return MergeRecord(
            id=id,
            name=name_of(self.env, record),
            url=f"/{self.info.key}/{id}",
            version=record.version,
            belongings=self._belongings(moving),
            is_survivor=id == survivor,
            can_stay=id in self.survivors,
        )

    def _belongings(self, moving: Mapping[type[Model], int]) -> list[tuple[str, str]]:
        """What goes along, by name and number."""
        return [(str(model.__title_plural__), f"{count:,}") for model, count in moving.items()]


def _comparable(value: Any) -> Any:
    """The value as it is compared: nothing is nothing, however it is stored."""
    if value in (None, "", []):
        return ""
    return tuple(value) if isinstance(value, list) else value
