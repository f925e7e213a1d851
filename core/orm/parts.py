"""Parts of a record: records of another model that belong to one *whole*, and are written together with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.i18n import Text
from core.orm.model import Model, model_of, models


@dataclass(frozen=True, slots=True)
class Part:
    """What `__parts__` of a model declares: lines with amounts, steps in their order.

    The part's model says `__access__ = Follows(via)`, or the rule of the whole where no owner decides on that.
    """

    model: str
    """The key of the part's model."""
    via: str
    """Its required link to the whole, with `ondelete="CASCADE"`."""
    label: Text
    order: str = "position"
    """A read-only Integer field of the part's model: its place among the parts, 1, 2, 3 …, written by core."""
    most: int = 500
    """How many a whole may have."""
    least: int = 0
    """How many it must have."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What a part belongs to: the model, and what the part is called there."""

    model: type[Model]
    name: str
    part: Part


def parts_of(model: type[Model]) -> Mapping[str, Part]:
    """The parts of the model's records, by the names that they have in values and in the API."""
    return model.__parts__


def part_model(part: Part) -> type[Model]:
    """The model of the part's records. Raises `KeyError` if nothing installed has it."""
    return model_of(part.model)


def whole_of(model: type[Model]) -> Whole | None:
    """What records of the model are parts of; None for models whose records stand for themselves."""
    known = models()
    if not _wholes or _wholes[0][0] is not known:
        _wholes[:] = [(known, _found(known))]
    return _wholes[0][1].get(model.key())


def is_part(model: type[Model]) -> bool:
    """Whether records of the model are written with a whole only."""
    return whole_of(model) is not None


_wholes: list[tuple[Mapping[str, type[Model]], dict[str, Whole]]] = []
"""The wholes by the key of the part, of the models that were mapped when it was asked last."""


def _found(known: Mapping[str, type[Model]]) -> dict[str, Whole]:
    return {part.model: Whole(model, name, part) for model in known.values() for name, part in model.__parts__.items()}
