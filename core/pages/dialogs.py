"""The dialog that asks for what an action needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.access.actor import READ
from core.i18n import ngettext
from core.orm.field import Kind
from core.orm.model import Model, describe, model_of
from core.pages.controls import NO_RECORD
from core.pages.forms import RecordForm, hidden
from core.pages.nodes import Action
from core.pages.views import FormSection, FormView

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from core.env import Env


def values_for(record: Model, action: Action) -> dict[str, Any]:
    """What the record holds of the arguments: those that are the same thing, not just called the same."""
    fields = describe(type(record)).fields
    return {
        spec.name: getattr(record, spec.name)
        for spec in action.arguments
        if (own := fields.get(spec.name)) is not None
        and (own.kind, own.list, own.options, own.target) == (spec.kind, spec.list, spec.options, spec.target)
    }


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
        shown = defaults | dict(values or {})
        self.form = RecordForm(env, action.arguments, values=shown, sent=sent, scope="d")

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
        return bool(self.env.ids_within(model_of(key), {id}, READ))

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
