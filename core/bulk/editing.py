"""Changing the same fields of many records: which fields, in which ways, and the form that asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from core.access.actor import BULK_EDIT, REFER
from core.i18n import Text, _, colon
from core.orm.field import Field, Kind
from core.orm.model import Model, describe, model_of
from core.orm.values import to_json
from core.pages.catalogue import ModelPages, catalogue_of
from core.pages.cells import Cells
from core.pages.controls import NO_RECORD, REQUIRED
from core.pages.forms import RecordForm
from core.pages.nodes import Action, Changed
from core.pages.views import FormFieldView

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from core.env import Env

EDIT_MANY = "edit"
NOT_MANY = (Kind.FILE, Kind.IMAGE, Kind.JSON, Kind.SERIAL)
"""A file belongs to one record, and a number is given to one."""


class Way(StrEnum):
    """What happens to the value that a record has."""

    SET = "set"
    CLEAR = "clear"
    ADD = "add"
    REMOVE = "remove"


WAYS: dict[Way, Text] = {
    Way.SET: _("Set to"),
    Way.CLEAR: _("Make empty"),
    Way.ADD: _("Add"),
    Way.REMOVE: _("Take away"),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """What is done to one field of each record."""

    spec: Field
    way: Way
    value: Any = None

    def applied(self, before: Any) -> Any:
        """The value that a record with this one gets."""
        if self.way is Way.SET:
            return self.value
        if self.way is Way.CLEAR:
            return [] if self.spec.kind is Kind.CHOICES else None
        held = list(before or ())
        if self.way is Way.ADD:
            return held + [code for code in self.value if code not in held]
        return [code for code in held if code not in self.value]

    def changes(self, before: Any) -> bool:
        """Whether it makes a difference to a record with this value."""
        return (self.applied(before) or None) != (before or None) or (before is None) != (self.applied(before) is None)


@cache
def edit_action(model: type[Model]) -> Action:
    """Editing as an action on many records. Its argument `edits` comes from an `EditForm`."""
    return Action(
        key=EDIT_MANY,
        model=model,
        label=_("Edit"),
        icon="pencil",
        grant=BULK_EDIT,
        bulk=True,
        run=_edit,
    )


def _edit(env: Env, record: Model, *, edits: Sequence[Edit]) -> Changed:
    """Changes what differs. The service checks the right to edit, the fields, and what the record's state locks."""
    before = {edit.spec.name: edit.spec.read(record) for edit in edits}
    values = {e.spec.name: e.applied(before[e.spec.name]) for e in edits if e.changes(before[e.spec.name])}
    if values:
        env.records(type(record)).update(record, values)
    return Changed({name: [to_json(before[name]), to_json(getattr(record, name))] for name in values})


def editable_fields(env: Env, pages: ModelPages) -> list[Field]:
    """The fields of the form that the actor may write and that several records can have the same value of."""
    if pages.form is None:
        return []
    info, service = describe(pages.model), env.records(pages.model)
    names = dict.fromkeys(name for section in pages.form.fields for name in section.fields)
    fields = (info.fields[name] for name in names if name in info.fields and service.writable(name))
    return [spec for spec in fields if _is_for_many(spec, info.owner)]


def _is_for_many(spec: Field, owner: str) -> bool:
    return spec.kind not in NOT_MANY and not spec.unique and spec.name != owner


@dataclass(frozen=True, slots=True)
class EditRow:
    """A field in the dialog. `way` is empty while the field stays as it is."""

    field: FormFieldView
    ways: Sequence[tuple[str, str]]
    way: str


class EditForm:
    """Asks which fields to change, and how. A field takes part once a way is chosen for it: `way-<field>`."""

    def __init__(
        self, env: Env, model: type[Model], sent: MultiDict[str, str] | None = None, cells: Cells | None = None
    ) -> None:
        self.env, self.cells = env, cells or Cells(env)
        self.specs = {spec.name: spec for spec in editable_fields(env, catalogue_of(env).of(model))}
        asked = [replace(spec, required=False) for spec in self.specs.values()]
        self.form = RecordForm(env, asked, values={}, sent=sent, cells=self.cells, scope="e")
        self.ways = {name: way for name in self.specs if (way := self._sent_way(name, sent)) is not None}

    def _sent_way(self, name: str, sent: MultiDict[str, str] | None) -> Way | None:
        given = "" if sent is None else sent.get(f"way-{name}", "")
        return Way(given) if given in ways_of(self.specs[name]) else None

    def edits(self) -> Sequence[Edit] | None:
        """What is to be done, one per field that takes part; None if something is wrong, or nothing chosen."""
        self.form.validate()
        for name, control in self.form.controls.items():
            control.errors = [*control.errors, *self._problems(name)] if name in self.ways else []
        if not self.ways:
            self.form.general.append(str(_("Choose at least one field.")))
        if self.form.summary:
            return None
        return tuple(Edit(self.specs[name], way, self._value(name, way)) for name, way in self.ways.items())

    def _problems(self, name: str) -> list[str]:
        control, way = self.form.controls[name], self.ways[name]
        if way is Way.CLEAR:
            control.errors = []
            return []
        if control.errors:
            return []
        if control.data in (None, "", []):
            return [str(REQUIRED)]
        spec = self.specs[name]
        if spec.kind is Kind.LINK and not self.env.ids_within(model_of(spec.target), {control.data}, REFER):
            return [str(NO_RECORD)]
        return []

    def _value(self, name: str, way: Way) -> Any:
        return None if way is Way.CLEAR else self.form.controls[name].data

    @property
    def rows(self) -> Sequence[EditRow]:
        """The fields as the dialog shows them."""
        return [
            EditRow(self.form.view(name), [(way, str(label)) for way, label in ways_of(spec).items()], self._way(name))
            for name, spec in self.specs.items()
        ]

    def _way(self, name: str) -> str:
        return self.ways.get(name, "")

    def lines(self, edits: Sequence[Edit]) -> list[str]:
        """What is to be done, a line per field."""
        return [self._line(edit) for edit in edits]

    def _line(self, edit: Edit) -> str:
        label = f"{edit.spec.label}{colon()}"
        if edit.way is Way.CLEAR:
            return f"{label}{_('made empty')}"
        if edit.spec.kind is Kind.LINK:
            value = self.cells.links.open_label(edit.spec.target, edit.value)
        else:
            value = self.cells.plain(edit.spec, edit.value)
        return f"{label}{value}" if edit.way is Way.SET else f"{label}{WAYS[edit.way]} {value}"


def ways_of(spec: Field) -> Mapping[Way, Text]:
    """How the field can be changed."""
    ways = [Way.SET]
    if spec.kind is Kind.CHOICES:
        ways += [Way.ADD, Way.REMOVE]
    if not spec.required and spec.kind is not Kind.BOOLEAN:
        ways.append(Way.CLEAR)
    return {way: WAYS[way] for way in ways}
