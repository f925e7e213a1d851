"""What is to be done with the columns of a file: checked once, then followed row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.access.actor import CREATE, EDIT, IMPORT
from core.errors import Forbidden, Invalid, Message
from core.exchange.imports.asked import Asked
from core.exchange.imports.cells import Convert, Reading, converter
from core.exchange.imports.guessing import Target, targets_of
from core.exchange.imports.models import Mode
from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.model import Model, ModelInfo, describe, model_of, models
from core.orm.parts import whole_of

if TYPE_CHECKING:
    from core.env import Env


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file and where it goes. `convert` reads its cells; None for a link, which is looked up."""

    place: int
    spec: Field
    convert: Convert | None


@dataclass(frozen=True, slots=True)
class Part:
    """What of each row goes into one model. `via` is its link to the main model, "" for the main one itself.

    `name` is what a part of the main model's records is called there, "" for what only belongs to them.
    """

    info: ModelInfo
    columns: Sequence[Column]
    keys: Sequence[str]
    via: str = ""
    name: str = ""

    @property
    def places(self) -> Mapping[str, int]:
        """Field → place of its column."""
        return {column.spec.name: column.place for column in self.columns}


@dataclass(frozen=True, slots=True)
class Plan:
    """An import, ready to be followed: the main part first."""

    mode: Mode
    parts: Sequence[Part] = field(default_factory=tuple)

    @property
    def main(self) -> Part:
        return self.parts[0]

    @property
    def with_parts(self) -> bool:
        """Whether several rows may make one record."""
        return any(part.name for part in self.parts)


def plan(env: Env, asked: Asked) -> Plan:
    """The plan of what was chosen. Raises `Forbidden`, or `Invalid` with the message per choice."""
    main = model_of(asked.model)
    if not env.actor.may(asked.model, IMPORT):
        raise Forbidden()
    mode = asked.mode
    known = {target.key: target for target in targets(env, main)}
    _check(asked, mode, known)
    by_model: dict[type[Model], list[Column]] = {main: []}
    for place, key in sorted(asked.columns.items(), key=lambda pair: int(pair[0])):
        target = known[key]
        by_model.setdefault(target.model, []).append(_column(env, asked, int(place), target))
    parts = [
        Part(
            describe(model),
            columns,
            _keys(asked, model),
            "" if model is main else _via(model, main),
            _name(model, main),
        )
        for model, columns in by_model.items()
    ]
    for part in parts:
        _check_rights(env, part, mode)
    return Plan(mode, parts)


def importable(env: Env, main: type[Model]) -> list[type[Model]]:
    """The model itself, and those whose records may come along in the same row: they belong to one of it."""
    others = (m for m in models().values() if m is not main and _via(m, main) and _may_bring(env, m, main))
    return [main, *others]


def _may_bring(env: Env, model: type[Model], main: type[Model]) -> bool:
    """Parts come with whoever may create their whole."""
    return env.actor.may((main if _name(model, main) else model).key(), CREATE)


def _name(model: type[Model], main: type[Model]) -> str:
    """What the model's records are called as parts of the main model's; "" if they are none."""
    whole = whole_of(model)
    return whole.name if whole is not None and whole.model is main else ""


def targets(env: Env, main: type[Model]) -> list[Target]:
    """All fields that a column of the file can go into, those of the main model first.

    The link of what comes along in the same row is none: it leads to the record that the row is about.
    """
    found = [target for model in importable(env, main) for target in targets_of(env, model)]
    return [each for each in found if each.model is main or each.spec.name != _via(each.model, main)]


def _via(model: type[Model], main: type[Model]) -> str:
    """The required link by which records of `model` belong to one of `main`."""
    whole = whole_of(model)
    if whole is not None:
        return whole.part.via if whole.model is main else ""
    links = (f for f in describe(model).fields.values() if f.kind is Kind.LINK and f.required and not f.readonly)
    return next((link.name for link in links if link.target == main.key()), "")


def _column(env: Env, asked: Asked, place: int, target: Target) -> Column:
    if target.spec.kind is Kind.LINK:
        return Column(place, target.spec, None)
    reading = Reading(env.timezone, day_first=asked.day_first, values=asked.choices.get(target.key, {}))
    return Column(place, target.spec, converter(env, target.spec, reading))


def _keys(asked: Asked, model: type[Model]) -> list[str]:
    prefix = f"{model.key()}."
    return [key.removeprefix(prefix) for key in asked.keys if key.startswith(prefix)]


def _check(asked: Asked, mode: Mode, known: Mapping[str, Target]) -> None:
    problems: dict[str, Message] = {}
    chosen = list(asked.columns.values())
    if not any(key.startswith(f"{asked.model}.") for key in chosen):
        problems["columns"] = _("Choose at least one column to take in.")
    for place, key in asked.columns.items():
        if key not in known:
            problems[f"columns.{place}"] = _("You may not change this field.")
        elif chosen.count(key) > 1:
            problems[f"columns.{place}"] = _("Two columns cannot go into the same field.")
    if any(key not in chosen for key in asked.keys):
        problems["keys"] = _("A field that finds records must be among the columns.")
    elif any(not key.startswith(f"{asked.model}.") for key in asked.keys):
        title = describe(model_of(asked.model)).title
        problems["keys"] = _("Only fields of “{model}” find the record of a row.", model=title)
    elif mode is not Mode.CREATE and not any(key.startswith(f"{asked.model}.") for key in asked.keys):
        problems["keys"] = _("Choose by which field a row finds the record that it changes.")
    if problems:
        raise Invalid(problems)


def _check_rights(env: Env, part: Part, mode: Mode) -> None:
    wanted = _RIGHTS[Mode.CREATE if part.via else mode]
    whole = whole_of(part.info.model) if part.name else None
    key = part.info.key if whole is None else whole.model.key()
    if not all(env.actor.may(key, action) for action in wanted):
        raise Forbidden()


_RIGHTS = {Mode.CREATE: (CREATE,), Mode.UPDATE: (EDIT,), Mode.BOTH: (CREATE, EDIT)}
