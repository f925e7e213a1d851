"""Which column goes into which field: by the field's names in every language, exact ones before similar ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from core.access.models import FieldLevel
from core.exchange.imports.cells import key_of
from core.i18n import LOCALES, use_locale
from core.orm.field import Field, Kind
from core.orm.model import Model, describe

if TYPE_CHECKING:
    from core.env import Env

SIMILAR = 86
"""Per cent of likeness from which a head is taken for a field's name."""

_NOISE = re.compile(r"[\s_\-:：*＊()（）\[\]【】.．/／]+")


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a column can go into; `names` are those that people and programs have for it.

    `alike` are those of them for which a similar head is good enough: with the model's name before them, all fields
    of a model would look like each other.
    """

    model: type[Model]
    spec: Field
    names: frozenset[str]
    alike: frozenset[str]

    @property
    def key(self) -> str:
        """`model.field`, by which a mapping names it."""
        return f"{self.spec.model}.{self.spec.name}"


def targets_of(env: Env, model: type[Model]) -> list[Target]:
    """The fields of the model that the actor may fill, in their order."""
    service = env.records(model)
    kept = service.kept_of_part
    return [
        _target(model, spec)
        for spec in service.fields.values()
        if spec.kind not in (Kind.JSON, Kind.FILE, Kind.IMAGE) and _may_fill(env, spec) and spec.name not in kept
    ]


def _may_fill(env: Env, spec: Field) -> bool:
    if spec.kind is Kind.SERIAL or spec.template:
        # A number is not given by hand, but a file may say by it which record is meant.
        return env.actor.field_level(spec.model, spec.name).width >= FieldLevel.READ.width
    return not spec.readonly and env.actor.field_level(spec.model, spec.name) is FieldLevel.EDIT


def _target(model: type[Model], spec: Field) -> Target:
    """By its label in every language and its name in code, both also with its model before it."""
    names, whole = {spec.name, spec.relation}, {f"{spec.model}{spec.name}"}
    for locale in LOCALES:
        with use_locale(locale):
            label, title = str(spec.label), str(describe(model).title)
        names.add(label)
        whole.add(f"{title}{label}")
    alike = frozenset(filter(None, map(_bare, names)))
    return Target(model, spec, alike | frozenset(map(_bare, whole)), alike)


def guess(heads: Sequence[str], targets: Sequence[Target]) -> dict[int, str]:
    """Place of a column → key of the field that it most likely goes into. No field is taken twice."""
    taken: dict[int, str] = {}
    for least in (100, SIMILAR):
        free = [target for target in targets if target.key not in taken.values()]
        scored = _scored([(place, head) for place, head in enumerate(heads) if place not in taken], free, least)
        for _score, place, key in scored:
            if place not in taken and key not in taken.values():
                taken[place] = key
    return dict(sorted(taken.items()))


def _scored(heads: Iterable[tuple[int, str]], targets: Sequence[Target], least: int) -> list[tuple[float, int, str]]:
    """(likeness, place, key) of what is alike enough, the most alike and the first of the model first."""
    found = []
    for place, head in heads:
        bare = _bare(head)
        for order, target in enumerate(targets):
            score = _score(bare, target)
            if bare and score >= least:
                found.append((-score, place, order, target.key))
    return [(-score, place, key) for score, place, _order, key in sorted(found)]


def _score(head: str, target: Target) -> float:
    return 100.0 if head in target.names else max((_likeness(head, name) for name in target.alike), default=0.0)


def _likeness(head: str, name: str) -> float:
    # Two Chinese characters that differ in one are two different words.
    return fuzz.ratio(head, name) if min(len(head), len(name)) > 3 else 0.0


def _bare(text: str) -> str:
    return _NOISE.sub("", key_of(text))


def remembered(heads: Sequence[str], stored: Mapping[str, str], targets: Sequence[Target]) -> dict[int, str]:
    """The mapping that was chosen for these heads before (head → key), as far as its fields are there."""
    known = {target.key for target in targets}
    return {place: stored[head] for place, head in enumerate(heads) if stored.get(head) in known}
