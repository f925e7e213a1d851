"""Forms made of fields: filled from a record, filled in by somebody, checked, and shown again as typed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from markupsafe import Markup, escape
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from core.access.actor import REFER
from core.errors import AppError, Invalid, Message
from core.i18n import colon
from core.orm.field import Field, Kind
from core.orm.model import ModelInfo, describe, model_of
from core.pages.cells import Cells
from core.pages.chips import has_chips
from core.pages.controls import Control, Surroundings, Ways, from_text
from core.pages.views import FormFieldView
from core.pages.widgets import control_html

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from core.env import Env

WIDE = frozenset({Kind.LONG_TEXT, Kind.CHOICES})


class RecordForm(BaseForm):
    """The controls of some fields. `values` are shown at first; `sent` is what the browser sent, if it did.

    `scope` keeps the ids of several forms on one page apart, `prefix` the names of several in one form.
    """

    def __init__(
        self,
        env: Env,
        specs: Iterable[Field],
        *,
        values: Mapping[str, Any],
        sent: MultiDict[str, Any] | None = None,
        cells: Cells | None = None,
        scope: str = "f",
        ways: Ways | None = None,
        prefix: str = "",
    ) -> None:
        self.env, self.cells = env, cells or Cells(env)
        unbound = {spec.name: UnboundField(Control, spec=spec, id=f"{scope}-{spec.name}") for spec in specs}
        super().__init__(unbound, prefix=prefix, meta=Surroundings(env, self.cells, ways or Ways()))
        self.process(sent, data=dict(values))
        self.general: list[str] = []

    @property
    def controls(self) -> dict[str, Control]:
        """The controls by the name of their field."""
        return cast("dict[str, Control]", self._fields)

    @property
    def values(self) -> dict[str, Any]:
        """The value of each control, clean once the form has been validated."""
        return {name: control.data for name, control in self.controls.items()}

    @property
    def texts(self) -> dict[str, Any]:
        """What each control shows."""
        return {name: control.text for name, control in self.controls.items()}

    def refuse(self, error: AppError) -> None:
        """Puts the messages of a refusal beside their controls, and those without one on top."""
        found = error.fields if isinstance(error, Invalid) else {"": [error.message]}
        for name, messages in found.items():
            texts = [str(message) for message in messages]
            if name in self.controls:
                self.controls[name].errors = [*self.controls[name].errors, *texts]
            else:
                self.general += texts

    def refuse_sent(self, problems: Mapping[str, Sequence[Message]]) -> None:
        """Says beside the controls why the files chosen for them were not taken."""
        for name, messages in problems.items():
            if name in self.controls:
                control = self.controls[name]
                control.process_errors = [*control.process_errors, *map(str, messages)]

    @property
    def summary(self) -> list[tuple[str, str]]:
        """(id of the control or "", message) of all that is wrong."""
        found = [("", message) for message in self.general]
        for control in self.controls.values():
            label = str(control.spec.label)
            found += [(control.id, f"{label}{colon()}{message}") for message in control.errors]
        return found

    def view(self, name: str) -> FormFieldView:
        """One control as templates take it."""
        control = self.controls[name]
        spec = control.spec
        return FormFieldView(
            name=name,
            label=str(spec.label),
            kind="chips" if has_chips(control) and spec.kind is Kind.CHOICE else spec.kind.value,
            id=control.id,
            control=control_html(control),
            help=str(spec.help or ""),
            required=control.is_required,
            errors=[str(message) for message in control.errors],
            wide=spec.kind in WIDE or has_chips(control),
        )

    @property
    def is_multipart(self) -> bool:
        """Whether a control takes a file."""
        return any(c.spec.kind.is_file for c in self.controls.values())


def fixed_view(spec: Field, value: Markup, scope: str = "f") -> FormFieldView:
    """A field that is shown in a form but may not be changed there."""
    id = f"{scope}-{spec.name}"
    shown = value or Markup('<span class="blank">—</span>')
    return FormFieldView(
        name=spec.name,
        label=str(spec.label),
        kind="fixed",
        id=id,
        control=Markup(f'<output id="{escape(id)}">{shown}</output>'),
        help=str(spec.help or ""),
    )


def hidden(**values: Any) -> Markup:
    """Hidden inputs; what is not text goes in as JSON."""
    parts = []
    for name, value in values.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        parts.append(f'<input type="hidden" name="{escape(name)}" value="{escape(text)}">')
    return Markup("".join(parts))


def sent_original(sent: MultiDict[str, Any] | None) -> dict[str, Any]:
    """What the form showed at first, as it came back from the browser; empty if that makes no sense."""
    try:
        found = json.loads(sent.get("original", "{}") if sent is not None else "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def shown_text(form: RecordForm, spec: Field, text: Any) -> Markup:
    """What was typed, shown as its value would be; as it was typed where it is none."""
    try:
        value = from_text(spec, text, form.env)
        if spec.kind is Kind.LINK and value is not None:
            # Only of what the record itself leads to may an outline be shown: ids can be made up.
            return escape(form.cells.links.open_label(spec.target, value))
        if spec.kind.is_file and value != form.controls[spec.name].object_data:
            sent = form.cells.links.files.sent(value)
            return escape(sent.name) if sent else Markup("")
        return form.cells.format(spec, value)
    except (ValueError, TypeError, KeyError):
        return escape(text)


def narrowed(specs: Iterable[Field], known: Mapping[str, Any], info: ModelInfo) -> dict[str, str]:
    """Among which records each link is to be looked for, where another link of the record is settled.

    If a meeting is at a company, the person met is looked for among those who belong to that company.
    """
    found: dict[str, str] = {}
    for spec in specs:
        if spec.kind is not Kind.LINK or spec.name in known:
            continue
        for name, id in known.items():
            link = info.fields.get(name)
            for belongs in describe(model_of(spec.target)).fields.values() if link is not None else ():
                if belongs.required and belongs.kind is Kind.LINK and link and belongs.target == link.target:
                    found[spec.name] = f"{belongs.name}:is:{id}"
    return found


def prefilled(env: Env, specs: Sequence[Field], given: Mapping[str, str]) -> dict[str, Any]:
    """The values that an address offers to a new record (`?parent_id=5`), as far as they make sense."""
    found: dict[str, Any] = {}
    for spec in specs:
        # The id of a file can be made up.
        if spec.name in given and not spec.kind.is_file:
            try:
                value = from_text(spec, _one(spec, given[spec.name]), env)
            except ValueError:
                continue
            if spec.kind is not Kind.LINK or env.ids_within(model_of(spec.target), {value}, REFER):
                found[spec.name] = value
    return found


def _one(spec: Field, text: str) -> Any:
    return text.split("|") if spec.kind is Kind.CHOICES else text
