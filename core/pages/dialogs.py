"""The dialog that asks for what an action needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.access.actor import REFER
from core.i18n import ngettext
from core.orm.field import Field, Kind
from core.orm.model import Model, model_of
from core.pages.controls import NO_RECORD, Ways
from core.pages.forms import RecordForm, hidden
from core.pages.nodes import Action
from core.pages.reach import is_masked, visible
from core.pages.views import FormSection, FormView

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from core.env import Env


def values_for(env: Env, record: Model, action: Action) -> dict[str, Any]:
    """What the record holds of the arguments, as far as the actor may see it.

    Only of those that are the same thing as a field, not just called the same.
    """
    own = {spec.name: visible(env, type(record), spec.name) for spec in action.arguments}
    return {
        spec.name: field.read(record)
        for spec in action.arguments
        if (field := own[spec.name]) is not None and _is_same(field, spec) and not is_masked(env, field)
    }


def _is_same(field: Field, argument: Field) -> bool:
    one, other = ((s.kind, s.list, s.options, s.target) for s in (field, argument))
    return one == other


class Dialog:
    """The arguments of an action, asked for and checked."""

    def __init__(
        self,
        env: Env,
        action: Action,
        *,
        sent: MultiDict[str, Any] | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self.env, self.action = env, action
        defaults = {spec.name: spec.default for spec in action.arguments if spec.default is not None}
        shown = defaults | {name: value for name, value in (values or {}).items() if value is not None}
        self.form = RecordForm(env, action.arguments, values=shown, sent=sent, scope="d", ways=Ways(chips=action.chips))

    def arguments(self) -> dict[str, Any] | None:
        """One clean value per argument; None if something is wrong, which the dialog then says."""
        is_valid = self.form.validate()
        for control in self.form.controls.values():
            is_chosen = control.spec.kind is Kind.LINK and control.data is not None and not control.errors
            if is_chosen and not self._exists(control.spec.target, control.data):
                control.errors = [str(NO_RECORD)]
                is_valid = False
        return self.form.values if is_valid else None

    def _exists(self, key: str, id: int) -> bool:
        return bool(self.env.ids_within(model_of(key), {id}, REFER))

    def view(self, *, url: str, ids: Sequence[int] = ()) -> FormView:
        """The dialog as templates take it; `ids` are the records of a bulk action."""
        title = str(self.action.label)
        if ids:
            title = f"{title} · {ngettext('{count} record', '{count} records', len(ids))}"
        fields = [self.form.view(name) for name in self.form.controls]
        section = FormSection(key="arguments", label="", fields=fields, columns=1)
        return FormView(
            title=title,
            model=self.action.model.key(),
            url=url,
            sections=[section],
            hidden=hidden(ids="|".join(map(str, ids))) if ids else hidden(),
            cancel_url="",
            submit_label=str(self.action.label),
            errors=[error for error in self.form.summary if not error[0]],
        )
