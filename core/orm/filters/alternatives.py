"""One of several: conditions of which any suffices, each by itself or several that must hold together.

In an address every alternative is an `any`, its conditions joined by semicolons: `any=level:is:A;state:is:active` and
`any=region:is:north` find what is either. A semicolon within a value is written `\\;`, a backslash before one, or at
the end, twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import BadRequest
from core.i18n import _
from core.orm.filters.condition import Condition
from core.orm.filters.parse import parse
from core.orm.model import Model

if TYPE_CHECKING:
    from core.env import Env

MOST_ALTERNATIVES, MOST_CONDITIONS = 20, 60
_PART = re.compile(r"(?:\\[\\;]|[^;])+")
"""A condition within an alternative; a backslash takes its meaning from a semicolon or another backslash."""
_ESCAPED = re.compile(r"\\([\\;])")
_TO_ESCAPE = re.compile(r"\\(?=[\\;]|\Z)|;")


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A filter that holds where all conditions of one of its alternatives do."""

    alternatives: tuple[tuple[Condition, ...], ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Each alternative as it is written in an address."""
        return tuple(joined(condition.text for condition in group) for group in self.alternatives)

    @property
    def text(self) -> str:
        """The filter as an address has it, for logs: `any=level:is:A&any=state:is:active`."""
        return "&".join(f"any={text}" for text in self.texts)

    @property
    def conditions(self) -> Iterator[Condition]:
        """Every condition in it."""
        return (condition for group in self.alternatives for condition in group)

    def label(self, env: Env) -> str:
        """The filter as a sentence in the reader's language, for a chip."""
        found = ""
        for group in self.alternatives:
            text = _all_of(env, group, is_alone=len(self.alternatives) == 1)
            found = str(_("{first} or {second}", first=found, second=text)) if found else text
        return found


def _all_of(env: Env, group: Sequence[Condition], *, is_alone: bool) -> str:
    found = ""
    for condition in group:
        text = condition.label(env)
        found = str(_("{first} and {second}", first=found, second=text)) if found else text
    return found if is_alone or len(group) == 1 else f"({found})"


def joined(texts: Iterable[str]) -> str:
    """Conditions as one alternative."""
    return ";".join(_TO_ESCAPE.sub(lambda found: f"\\{found[0]}", text) for text in texts)


def split(text: str) -> list[str]:
    """The conditions of one alternative, as they are written by themselves."""
    return [_ESCAPED.sub(r"\1", part).strip() for part in _PART.findall(text) if part.strip()]


def parse_any(env: Env, model: type[Model], texts: Iterable[str]) -> tuple[AnyOf, ...]:
    """The alternatives as one filter, none if there are none. Raises `BadRequest` as `parse` does, or for too many."""
    groups = [split(text) for text in texts]
    if len(groups) > MOST_ALTERNATIVES or sum(map(len, groups)) > MOST_CONDITIONS:
        message = _(
            "At most {alternatives} alternatives with {conditions} conditions in all.",
            alternatives=MOST_ALTERNATIVES,
            conditions=MOST_CONDITIONS,
        )
        raise BadRequest(message, field="any")
    parsed = [tuple(dict.fromkeys(parse(env, model, text) for text in group)) for group in groups if group]
    return (AnyOf(tuple(dict.fromkeys(parsed))),) if parsed else ()


def parse_text(env: Env, model: type[Model], text: str) -> Condition | AnyOf:
    """A filter from its `text`. Raises `BadRequest` as `parse` does."""
    if not text.startswith("any="):
        return parse(env, model, text)
    found = parse_any(env, model, text.removeprefix("any=").split("&any="))
    if not found:
        raise BadRequest(field="any")
    return found[0]


def both(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """The alternatives that hold where one of the first and one of the second do."""
    if not first or not second:
        return tuple(first or second)
    return tuple(dict.fromkeys(f"{a};{b}" for a in first for b in second))
