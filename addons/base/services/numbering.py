"""The templates of serial numbers, as administrators change them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert

from core.administration import Change, Refused, models, numbers
from core.api import Field, Forbidden, Invalid, Kind, Model, NotFound, Text, _, clock, describe, write_settings

if TYPE_CHECKING:
    from core.api import Env


@dataclass(frozen=True, slots=True)
class Numbering:
    """A field with numbers: `template` as it is now, `declared` as its addon has it, and the next number."""

    key: str
    model: type[Model]
    field: Field
    template: str
    declared: str
    next: str

    @property
    def at(self) -> Text | None:
        """The transition that gives the number; None where creating the record does."""
        workflow = self.model.__workflow__
        found = [t.label for t in workflow.transitions if t.name == self.field.number_at] if workflow else []
        return found[0] if found else None


class Numberings:
    """Reading and changing the templates. A change is for the numbers to come: nothing is renumbered."""

    def __init__(self, env: Env) -> None:
        self.env = env

    def all(self) -> list[Numbering]:
        """Every field with numbers of the enabled addons, by the title of its model."""
        self.check_may_edit()
        found = [
            self._one(model, spec)
            for model in models().values()
            for spec in describe(model).fields.values()
            if spec.kind is Kind.SERIAL and spec.addon in self.env.enabled
        ]
        return sorted(found, key=lambda one: (str(one.model.__title_plural__), one.key))

    def one(self, key: str) -> Numbering:
        """The field of that key, `model.field`. Raises `NotFound`."""
        found = next((one for one in self.all() if one.key == key), None)
        if found is None:
            raise NotFound()
        return found

    def preview(self, key: str, template: str) -> str:
        """The next number that the template would give. Raises `Invalid`."""
        one = self.one(key)
        return self._next(one.field, self._parsed(one, template))

    def save(self, key: str, template: str) -> None:
        """Numbers with this template from now on; its addon's own if empty. Raises `Invalid`."""
        one = self.one(key)
        if template:
            self._parsed(one, template)
        stored = None if template in ("", one.declared) else template
        write_settings(self.env.connection_of_core, {numbers.SETTING + key: stored})
        row = {"model": "settings", "record_id": 0, "at": clock.now(), "user_id": self.env.user_id}
        changes = {numbers.SETTING + key: [one.template, template or one.declared]}
        self.env.connection_of_core.execute(insert(Change).values(**row, action="update", reason="", changes=changes))

    def check_may_edit(self) -> None:
        """Raises `Forbidden` unless the actor may edit the settings."""
        if not self.env.actor.may("settings", "edit"):
            raise Forbidden()

    def _one(self, model: type[Model], spec: Field) -> Numbering:
        template = numbers.template_of(self.env, spec)
        key = f"{spec.model}.{spec.name}"
        return Numbering(key, model, spec, template.text, spec.template, self._next(spec, template))

    def _next(self, spec: Field, template: numbers.NumberTemplate) -> str:
        return template.format(self._given(spec, template) + 1, numbers.today(self.env))

    def _given(self, spec: Field, template: numbers.NumberTemplate) -> int:
        """The last number that was given in the time that the template counts in."""
        key = numbers.series(spec, template.period(numbers.today(self.env)))
        return numbers.last_given(self.env.connection_of_core, key)

    def _parsed(self, one: Numbering, text: str) -> numbers.NumberTemplate:
        try:
            template = numbers.NumberTemplate.parse(text, longest=one.field.max_length)
        except Refused as refused:
            raise Invalid({"template": refused.message}) from refused
        digits = len(str(self._given(one.field, template) + 1))
        if template.width < digits:
            raise Invalid({"template": _("The counter needs at least {digits} places by now.", digits=digits)})
        return template
