"""Labels with values: the facts of a record's page, each with its inline editor where it may be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from core.access.actor import EDIT
from core.i18n import Text
from core.orm.field import Field, Kind
from core.orm.model import Model, describe
from core.pages.cells import Cells
from core.pages.reach import visible_fields
from core.pages.rights import Rights
from core.pages.views import Fact

if TYPE_CHECKING:
    from core.env import Env

NOT_INLINE = (Kind.FILE, Kind.IMAGE, Kind.JSON)


class Facts:
    """The facts of one record. All links that it shows are looked up together, when it is made.

    `is_fixed` tells the fields that the record's state keeps as they are.
    """

    def __init__(
        self,
        env: Env,
        record: Model,
        cells: Cells,
        names: Iterable[str],
        rights: Rights | None = None,
        is_fixed: Callable[[str], bool] = lambda name: False,
    ) -> None:
        self.env, self.record, self.cells, self.is_fixed = env, record, cells, is_fixed
        self.model = type(record)
        self.fields = visible_fields(env, self.model)
        self.may_edit = (rights or Rights(env, record)).may(EDIT)
        cells.links.know_of((self.fields[name] for name in names if name in self.fields), [record])

    def of(self, names: Iterable[str], labels: Mapping[str, Text] | None = None) -> Sequence[Fact]:
        """The facts of those fields that exist for the reader, under `labels` where they are called otherwise here."""
        called = labels or {}
        return [self.fact(self.fields[name], called.get(name)) for name in names if name in self.fields]

    def fact(self, spec: Field, label: Text | None = None) -> Fact:
        """One field as a fact."""
        value = self.cells.of(spec, self.record)
        return Fact(str(label or spec.label), value, spec.name, self.edit_url(spec))

    def edit_url(self, spec: Field) -> str:
        """What fetches the inline editor of the field; empty where it cannot be changed."""
        if not self.may_edit or self.is_fixed(spec.name) or not is_inline(self.env, self.model, spec):
            return ""
        return f"/{self.model.key()}/{self.record.id}/field/{spec.name}"


def is_inline(env: Env, model: type[Model], spec: Field) -> bool:
    """Whether the field of a record that the actor may edit can be changed where it stands."""
    if spec.kind in NOT_INLINE or spec.name == describe(model).owner:
        return False
    return env.records(model).writable(spec.name)
