"""How the records of a model look to one reader: which fields there are, and a compiled writer of their JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from core.access.actor import READ
from core.access.models import FieldLevel
from core.errors import NotFound
from core.orm.field import Field, Kind
from core.orm.labels import Label, labels
from core.orm.model import Model, ModelInfo, describe, model_of, models
from core.orm.rules import Everyone, SystemOnly
from core.orm.values import to_json
from core.pages.masks import NOTHING_OF_IT, masked_value

if TYPE_CHECKING:
    from core.access.actor import Actor
    from core.env import Env

AHEAD = ("id", "version")
"""What every record has before its fields."""

Json = dict[str, Any]
Row = Sequence[Any]
Step = Callable[[Row, Json, "Names"], None]
Names = dict[str, dict[int, Label]]
"""Model key → id → label of the records that links lead to."""


@dataclass(frozen=True)
class Shape:
    """The fields of a model as far as they exist for a reader, each with what the reader may do with it."""

    info: ModelInfo
    fields: dict[str, Field]
    levels: dict[str, FieldLevel]

    @property
    def columns(self) -> list[str]:
        """The columns of a row that the writers take, in their order."""
        return [*AHEAD, *self.fields]

    def is_masked(self, name: str, *, in_list: bool = False) -> bool:
        level = self.levels[name]
        return level is FieldLevel.MASKED or (in_list and level is FieldLevel.MASKED_IN_LISTS)

    def is_writable(self, name: str) -> bool:
        return self.levels[name] is FieldLevel.EDIT and not self.fields[name].readonly

    def of_record(self, env: Env, record: Model) -> Json:
        """One record as JSON."""
        row = [record.id, record.version, *(getattr(record, name) for name in self.fields)]
        return self._write(env, [row], self._in_detail)[0]

    def of_rows(self, env: Env, rows: Sequence[Row]) -> list[Json]:
        """The rows of a list, each with `columns` in order, as JSON."""
        return self._write(env, rows, self._in_lists)

    def _write(self, env: Env, rows: Sequence[Row], steps: Sequence[Step]) -> list[Json]:
        names = self._names(env, rows)
        found = []
        for row in rows:
            made: Json = {"id": row[0], "version": row[1]}
            for step in steps:
                step(row, made, names)
            found.append(made)
        return found

    def _names(self, env: Env, rows: Iterable[Row]) -> Names:
        wanted: dict[str, set[int]] = {}
        for name, index in self._links:
            ids = wanted.setdefault(self.fields[name].target, set())
            ids.update(row[index] for row in rows if row[index] is not None)
        return {key: labels(env, model_of(key), ids) for key, ids in wanted.items() if key}

    @cached_property
    def _links(self) -> list[tuple[str, int]]:
        found = enumerate(self.fields.values(), len(AHEAD))
        return [(spec.name, i) for i, spec in found if spec.kind is Kind.LINK and not self.is_masked(spec.name)]

    @cached_property
    def _in_lists(self) -> list[Step]:
        return self._steps(in_list=True)

    @cached_property
    def _in_detail(self) -> list[Step]:
        return self._steps(in_list=False)

    def _steps(self, *, in_list: bool) -> list[Step]:
        found = []
        for index, (name, spec) in enumerate(self.fields.items(), len(AHEAD)):
            if self.is_masked(name, in_list=in_list):
                found.append(_masked_link(spec, index) if spec.kind is Kind.LINK else _masked(spec, index))
            elif spec.kind is Kind.LINK:
                found.append(_link(spec, index))
            else:
                found.append(_converted(name, index) if spec.kind in _CONVERTED else _plain(name, index))
        return found


def shape_of(env: Env, model: type[Model]) -> Shape:
    """What of the model exists for the env's actor; kept until the organisation or the addons change."""
    known = _shapes.setdefault(env.actor, {})
    key = (model, env.enabled)
    if key not in known:
        known[key] = _shape(env, describe(model))
    return known[key]


_shapes: WeakKeyDictionary[Actor, dict[Any, Shape]] = WeakKeyDictionary()


def open_models(env: Env) -> list[type[Model]]:
    """The models of which the actor may read some records, by key."""
    return [model for key, model in sorted(models().items()) if _is_open(env, model)]


def model_for(env: Env, key: str) -> type[Model]:
    """The model of that key. Raises `NotFound` if there is none for the actor."""
    model = models().get(key)
    if model is None or not _is_open(env, model):
        raise NotFound()
    return model


def _is_open(env: Env, model: type[Model]) -> bool:
    info = describe(model)
    if isinstance(info.rule, SystemOnly) or info.addon not in {"core", *env.enabled}:
        return False
    return isinstance(info.rule, Everyone) or env.actor.may(info.key, READ)


def _shape(env: Env, info: ModelInfo) -> Shape:
    levels = {name: env.actor.field_level(info.key, name) for name in info.fields}
    here = {"", "core", *env.enabled}
    fields = {
        name: spec for name, spec in info.fields.items() if spec.addon in here and levels[name] is not FieldLevel.HIDDEN
    }
    return Shape(info, fields, levels)


_CONVERTED = frozenset({Kind.QUANTITY, Kind.MONEY, Kind.PERCENT, Kind.RATE, Kind.DATE, Kind.DATE_TIME})


def _plain(name: str, index: int) -> Step:
    def step(row: Row, made: Json, _names: Names) -> None:
        made[name] = row[index]

    return step


def _converted(name: str, index: int) -> Step:
    def step(row: Row, made: Json, _names: Names) -> None:
        value = row[index]
        made[name] = None if value is None else to_json(value)

    return step


def _link(spec: Field, index: int) -> Step:
    name, relation, target = spec.name, spec.relation, spec.target

    def step(row: Row, made: Json, names: Names) -> None:
        id = made[name] = row[index]
        if relation == name:
            return
        label = None if id is None else names.get(target, {}).get(id)
        made[relation] = None if id is None else {"id": id, "label": label.text if label else f"#{id}"}

    return step


def _masked(spec: Field, index: int) -> Step:
    name = spec.name

    def step(row: Row, made: Json, _names: Names) -> None:
        made[name] = masked_value(spec, row[index]) or None

    return step


def _masked_link(spec: Field, index: int) -> Step:
    name, relation = spec.name, spec.relation

    def step(row: Row, made: Json, _names: Names) -> None:
        made[name] = None
        if relation != name:
            made[relation] = None if row[index] is None else {"id": None, "label": NOTHING_OF_IT}

    return step
