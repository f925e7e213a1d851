"""Which fields a form has for its reader, and which of them may be written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.orm.field import Field, Kind
from core.orm.model import Model, describe
from core.pages.nodes import Section
from core.pages.reach import visible_fields

if TYPE_CHECKING:
    from core.env import Env


@dataclass(frozen=True, slots=True)
class Plan:
    """The fields of a form: sections of them, and those among them that the reader may write."""

    sections: Sequence[Section]
    specs: Mapping[str, Field]
    writable: frozenset[str]


def plan_form(
    env: Env, model: type[Model], sections: Sequence[Section], *, creating: bool, only: Collection[str] | None = None
) -> Plan:
    """Which fields of the sections exist for the actor, and which may be written now: of `only` those, if given."""
    known = visible_fields(env, model)
    specs = {name: _called(known[name], section) for section in sections for name in section.fields if name in known}
    writable = {name for name, spec in specs.items() if _writable(env, model, spec, creating)}
    writable = writable if only is None else writable.intersection(only)
    if creating:
        specs = {name: spec for name, spec in specs.items() if name in writable}
    return Plan(sections, specs, frozenset(writable))


def _called(spec: Field, section: Section) -> Field:
    """The field as it is called in the section."""
    return spec.bind(label=section.labels[spec.name]) if spec.name in section.labels else spec


def _writable(env: Env, model: type[Model], spec: Field, creating: bool) -> bool:
    info = describe(model)
    if spec.kind is Kind.JSON or (spec.name == info.owner and not creating):
        return False
    return env.records(model).writable(spec.name)
