"""One condition of a filter, parsed and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.i18n import Text, _, listed
from core.orm.field import Field, Kind
from core.orm.filters.operators import BETWEEN, EMPTY, IS_EMPTY, IS_NOT_EMPTY, sentence
from core.orm.filters.path import Path
from core.orm.filters.periods import describe_period
from core.orm.model import model_of

if TYPE_CHECKING:
    from core.env import Env

ME = "me"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Condition:
    """`path` `operator` `values`. `raw` are the values as written: `today`, `me`, codes."""

    path: Path
    operator: str
    values: tuple[Any, ...]
    raw: tuple[str, ...]

    @property
    def field(self) -> Field:
        """The field that is looked at."""
        return self.path.field

    @property
    def text(self) -> str:
        """The condition as it is written in a URL."""
        value = "|".join(value.replace("|", r"\|") for value in self.raw)
        return f"{self.path.name}:{self.operator}:{value}"

    def label(self, env: Env) -> str:
        """The condition as a sentence in the reader's language, for a chip."""
        if self.operator == EMPTY:
            pattern = IS_EMPTY if self.values[0] else IS_NOT_EMPTY
            return str(Text(pattern.message, field=self.path.label))
        shown = self.shown(env)
        if self.operator == BETWEEN:
            value = str(_("{first} and {last}", first=shown[0], last=shown[1]))
        else:
            value = listed(shown)
        return str(Text(sentence(self.field, self.operator).message, field=self.path.label, value=value))

    def shown(self, env: Env) -> list[str]:
        """What people read for each value."""
        kind = self.field.kind
        if kind is Kind.LINK:
            return self._shown_links(env)
        if kind in (Kind.DATE, Kind.DATE_TIME):
            return [str(describe_period(value)) for value in self.raw]
        if kind is Kind.BOOLEAN:
            return [str(_("Yes") if value else _("No")) for value in self.values]
        if kind in (Kind.CHOICE, Kind.CHOICES):
            return [choice_label(env, self.field, code) for code in self.values]
        if kind.is_number and self.field.name != "id":
            return [f"{value:,}" for value in self.values]
        return [str(value) for value in self.raw]

    def _shown_links(self, env: Env) -> list[str]:
        from core.orm.labels import labels

        # Anybody can put any id into an address, so a record that may not be opened is not even named in outline.
        found = labels(env, model_of(self.field.target), self.values)
        named = {id: label.text for id, label in found.items() if not label.is_masked}
        return [
            str(_("me")) if raw == ME else named.get(id, raw) for raw, id in zip(self.raw, self.values, strict=True)
        ]


def choice_label(env: Env, field: Field, code: str) -> str:
    """What people read for a code of a choice field."""
    if field.options is not None:
        return str(field.options.get(code, code))
    return env.lists.label(field.list, code)
