"""Which fields a reader meets on pages: those of enabled addons that are not hidden, masked or in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.access.models import FieldLevel
from core.orm.field import Field, Kind
from core.orm.model import Model, describe, model_of

if TYPE_CHECKING:
    from core.env import Env


def visible_fields(env: Env, model: type[Model]) -> dict[str, Field]:
    """The fields of the model that exist for the actor: name → field, in the model's order."""
    return {name: spec for name, spec in describe(model).fields.items() if _exists(env, spec)}


def visible(env: Env, model: type[Model], name: str) -> Field | None:
    """The field, or None where it is hidden, unknown or of an addon that is off."""
    spec = describe(model).fields.get(name)
    return spec if spec is not None and _exists(env, spec) else None


def _exists(env: Env, spec: Field) -> bool:
    return env.actor.field_level(spec.model, spec.name) is not FieldLevel.HIDDEN


def is_masked(env: Env, spec: Field, *, in_list: bool = False) -> bool:
    """Whether the actor sees only the outline of the field's value."""
    level = env.actor.field_level(spec.model, spec.name)
    return level is FieldLevel.MASKED or (in_list and level is FieldLevel.MASKED_IN_LISTS)


def is_open(env: Env, model: type[Model], name: str, *, in_list: bool = False) -> bool:
    """Whether the field exists for the actor, and a record's page, or even a list, shows its values in full."""
    spec = visible(env, model, name)
    return spec is not None and not is_masked(env, spec, in_list=in_list)


@dataclass(frozen=True, slots=True)
class Path:
    """A field as a column or filter names it: of the model itself, or over one of its links."""

    name: str
    field: Field
    link: Field | None = None


def resolve(env: Env, model: type[Model], name: str) -> Path | None:
    """The field of a list behind `phone`, `owner_id.name` or `owner.name`; None where the actor has no such field.

    Over a link that a list shows only in outline, nothing of the linked record is shown either.
    """
    first, _, rest = name.partition(".")
    if not rest:
        spec = visible(env, model, first)
        return None if spec is None else Path(name, spec)
    link = visible(env, model, first) or visible(env, model, f"{first}_id")
    if link is None or link.kind is not Kind.LINK or is_masked(env, link, in_list=True):
        return None
    spec = visible(env, model_of(link.target), rest)
    return None if spec is None else Path(name, spec, link)
