"""Settings of the site that one form shows: the company's, and those of any other addon."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import insert

from core.administration import Change, Refused, clean
from core.api import Field, Forbidden, Invalid, Message, _, clock, write_settings

if TYPE_CHECKING:
    from core.api import Env


class SiteSettings:
    """Reading and changing the settings `fields`, whose keys begin with `prefix`. Changes are kept in the history."""

    prefix: ClassVar[str]
    fields: ClassVar[Mapping[str, Field]]

    def __init__(self, env: Env) -> None:
        self.env = env

    def values(self) -> dict[str, Any]:
        """The present value of each field."""
        found = {name: self.env.setting(self.prefix + name, spec.default) for name, spec in self.fields.items()}
        return {name: _from_json(self.fields[name], value) for name, value in found.items()}

    def save(self, values: Mapping[str, Any]) -> None:
        """Stores `values`. Raises `Forbidden`, or `Invalid` with the message per field."""
        self.check_may_edit()
        before = self.values()
        wanted = before | self._clean(values)
        problems = self.problems(wanted)
        if problems:
            raise Invalid(problems)
        self._write({name: wanted[name] for name in wanted if wanted[name] != before[name]}, before)

    def check_may_edit(self) -> None:
        """Raises `Forbidden` unless the actor may edit the settings."""
        if not self.env.actor.may("settings", "edit"):
            raise Forbidden()

    def problems(self, wanted: Mapping[str, Any]) -> dict[str, Message]:
        """What is wrong with the settings as they would be."""
        required = [name for name, spec in self.fields.items() if spec.required]
        return {name: _("Please fill in this field.") for name in required if wanted[name] in (None, "", [])}

    def note(self, changes: Mapping[str, list[Any]]) -> None:
        """Keeps in the history what has changed: name → [before, after]."""
        row = {"model": "settings", "record_id": 0, "at": clock.now(), "user_id": self.env.user_id}
        self.env.connection_of_core.execute(insert(Change).values(**row, action="update", reason="", changes=changes))

    def _clean(self, values: Mapping[str, Any]) -> dict[str, Any]:
        found, problems = {}, dict[str, Message]()
        for name, value in values.items():
            try:
                found[name] = clean(self.fields[name], value, self.env.lists)
            except Refused as refused:
                problems[name] = refused.message
        if problems:
            raise Invalid(problems)
        return found

    def _write(self, changed: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        if not changed:
            return
        stored = {self.prefix + name: _to_json(value) for name, value in changed.items()}
        write_settings(self.env.connection_of_core, stored)
        self.note({name: [_to_json(before[name]), _to_json(value)] for name, value in changed.items()})


def _to_json(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _from_json(field: Field, value: Any) -> Any:
    """A number with decimals is stored as text, which keeps it exact."""
    has_decimals = isinstance(value, str | float) and field.kind.is_number
    return Decimal(str(value)) if has_decimals else value
