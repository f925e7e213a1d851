"""The labels of linked records, with the address of those that the reader may open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from core.files.lookup import Files
from core.orm.field import Kind
from core.orm.labels import Label, labels
from core.orm.model import Model, model_of
from core.pages.catalogue import catalogue_of

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.field import Field

GONE = Label("—", is_deleted=True)


class Links:
    """Looks each linked record up once per request: one statement per kind of record."""

    def __init__(self, env: Env) -> None:
        self.env = env
        self.files = Files(env)
        self._known: dict[tuple[str, int], Label] = {}
        self._addresses: dict[str, str] = {}

    def know(self, wanted: Mapping[str, Iterable[int | None]]) -> None:
        """Looks up the labels of `wanted`: model key → ids."""
        for key, ids in wanted.items():
            missing = {id for id in ids if id is not None and (key, id) not in self._known}
            if missing:
                self.learn(key, missing, labels(self.env, model_of(key), missing))

    def learn(self, key: str, ids: Iterable[int], found: Mapping[int, Label]) -> None:
        """Takes labels that have been looked up elsewhere."""
        self._known.update({(key, id): found.get(id, GONE) for id in ids})

    def know_of(self, specs: Iterable[Field], records: Iterable[Model]) -> None:
        """Looks up what the links among the fields `specs` of `records` lead to, and the files that they hold."""
        wanted: dict[str, set[int]] = {}
        specs, records = list(specs), list(records)
        self.files.know_of(specs, records)
        for spec in specs:
            if spec.kind is Kind.LINK and spec.target:
                ids = {getattr(record, spec.name) for record in records}
                wanted.setdefault(spec.target, set()).update(id for id in ids if id is not None)
        self.know(wanted)

    def label(self, key: str, id: int) -> Label:
        """The label of one record, looked up now if it has not been."""
        if (key, id) not in self._known:
            self.know({key: [id]})
        return self._known[key, id]

    def open_label(self, key: str, id: int) -> str:
        """The name of a record that anybody may have asked for: nothing at all unless the reader may see it."""
        label = self.label(key, id)
        return "" if label.is_masked or label.is_deleted else label.text

    def url(self, key: str) -> str:
        """What the addresses of a model's records begin with; empty if they have no page for this reader."""
        if key not in self._addresses:
            has_page = catalogue_of(self.env).has_page(model_of(key)) and self.env.actor.may(key, "read")
            self._addresses[key] = f"/{key}/" if has_page else ""
        return self._addresses[key]
