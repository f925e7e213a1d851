"""From a field's name to the field, over links, as far as the reader may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.access.actor import READ
from core.access.models import FieldLevel
from core.errors import BadRequest
from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.model import Model, describe, model_of
from core.orm.rules import Everyone

if TYPE_CHECKING:
    from core.env import Env

MOST_HOPS = 3
ID = Field(kind=Kind.INTEGER, label=_("Record"), name="id", readonly=True)
"""Every record can be found by its id, which is no field that anybody edits."""


@dataclass(frozen=True, slots=True)
class Path:
    """`hops` are the links to follow from `model`, `field` is what is looked at in the end."""

    model: type[Model]
    hops: tuple[Field, ...]
    field: Field

    @property
    def name(self) -> str:
        """The path as it is written, with the names of relations: `department.name`."""
        return ".".join([*(hop.relation for hop in self.hops), self.field.name])

    @property
    def label(self) -> str:
        """What people read: “Department › Name”."""
        return " › ".join(str(field.label) for field in (*self.hops, self.field))


def resolve(env: Env, model: type[Model], name: str) -> Path:
    """The path of that name. Raises `BadRequest` if there is none, or none that the reader may know of."""
    *links, last = name.split(".")
    if len(links) > MOST_HOPS:
        raise unknown(name)
    current, hops = model, []
    for link in links:
        hop = _link(env, current, link)
        if hop is None or not _may_follow(env, hop):
            raise unknown(name)
        hops.append(hop)
        current = model_of(hop.target)
    found = ID if last == "id" else describe(current).fields.get(last)
    if found is None or (found is not ID and not is_visible(env, found)):
        raise unknown(name)
    return Path(model, tuple(hops), found)


def unknown(name: str) -> BadRequest:
    """The one answer for a field that does not exist and for one that the reader may not know of."""
    return BadRequest(_("There is no field “{field}” here.", field=name[:60]), field=name[:200])


def is_visible(env: Env, spec: Field) -> bool:
    """Whether the reader may see the field's values everywhere, so that filtering by it tells nothing new."""
    return env.actor.field_level(spec.model, spec.name).width >= FieldLevel.READ.width


def _link(env: Env, model: type[Model], name: str) -> Field | None:
    for spec in describe(model).fields.values():
        if spec.kind is Kind.LINK and name in (spec.relation, spec.name):
            return spec if spec.filter and is_visible(env, spec) else None
    return None


def _may_follow(env: Env, hop: Field) -> bool:
    target = describe(model_of(hop.target))
    return isinstance(target.rule, Everyone) or env.actor.may(target.key, READ)
