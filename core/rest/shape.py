"""How the records of a model look to one reader: which fields there are, and a compiled writer of their JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from core.access.actor import READ
from core.access.models import FieldLevel
from core.errors import NotFound
from core.files.lookup import Files
from core.orm.field import Field, Kind
from core.orm.labels import Label, labels
from core.orm.model import Model, ModelInfo, describe, model_of, models
from core.orm.rules import Everyone, SystemOnly
from core.orm.values import decimal_text
from core.pages.masks import NOTHING_OF_IT, masked_value

if TYPE_CHECKING:
    from core.access.actor import Actor
    from core.env import Env

AHEAD = ("id", "version")
"""What every record has before its fields."""

Json = dict[str, Any]
Row = Sequence[Any]
Convert = Callable[[Any], Any]


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
        return self.of_records(env, [record])[0]

    def of_records(self, env: Env, records: Sequence[Model]) -> list[Json]:
        """Several records, each as it is shown by itself."""
        rows = [[r.id, r.version, *(getattr(r, name) for name in self.fields)] for r in records]
        return self._in_detail.write(env, rows)

    def of_rows(self, env: Env, rows: Sequence[Row]) -> list[Json]:
        """The rows of a list, each with `columns` in order, as JSON."""
        return self._in_lists.write(env, rows)

    @cached_property
    def _in_lists(self) -> Writer:
        return Writer(self, in_list=True)

    @cached_property
    def _in_detail(self) -> Writer:
        return Writer(self, in_list=False)


class Writer:
    """Turns rows into JSON. What each field needs is found out once; a field that needs nothing costs nothing."""

    def __init__(self, shape: Shape, *, in_list: bool) -> None:
        self._columns = tuple(shape.columns)
        self._converted: list[tuple[str, Convert]] = []
        self._links: list[tuple[str, str, str]] = []
        self._files: list[Field] = []
        self._masked_links: list[tuple[str, str]] = []
        for name, spec in shape.fields.items():
            is_masked = shape.is_masked(name, in_list=in_list)
            if is_masked and spec.kind is Kind.LINK:
                self._masked_links.append((name, spec.relation))
            elif is_masked:
                self._converted.append((name, partial(_outline, spec)))
            elif spec.kind is Kind.LINK and spec.target:
                self._links.append((name, spec.relation, spec.target))
            elif spec.kind.is_file:
                self._files.append(spec)
            elif spec.kind in _CONVERTED:
                self._converted.append((name, _CONVERTED[spec.kind]))

    def write(self, env: Env, rows: Sequence[Row]) -> list[Json]:
        """All rows; the names of what they link to are looked up in one query per model."""
        found = [dict(zip(self._columns, row, strict=False)) for row in rows]
        for name, convert in self._converted:
            for made in found:
                value = made[name]
                if value is not None:
                    made[name] = convert(value)
        for name, relation in self._masked_links:
            for made in found:
                made[relation] = None if made[name] is None else {"id": None, "label": NOTHING_OF_IT}
                made[name] = None
        names = self._names(env, found)
        for name, relation, target in self._links:
            if relation != name:
                known = names[target]
                for made in found:
                    made[relation] = known.get(made[name])
        if self._files:
            self._describe_files(Files(env), found)
        return found

    def _describe_files(self, files: Files, found: Sequence[Json]) -> None:
        files.know(made[spec.name] for made in found for spec in self._files)
        for spec in self._files:
            for made in found:
                file = files.of(spec, made[spec.name])
                made[spec.name] = file.as_json() if file else None

    def _names(self, env: Env, found: Sequence[Json]) -> dict[str, dict[int | None, Json]]:
        """Model → id → what a link to it shows."""
        wanted: dict[str, set[int]] = {target: set() for _name, _relation, target in self._links}
        for name, _relation, target in self._links:
            wanted[target].update(made[name] for made in found if made[name] is not None)
        return {key: _shown(labels(env, model_of(key), ids), ids) for key, ids in wanted.items()}


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
    fields = {name: spec for name, spec in info.fields.items() if levels[name] is not FieldLevel.HIDDEN}
    return Shape(info, fields, levels)


def _shown(found: dict[int, Label], ids: set[int]) -> dict[int | None, Json]:
    return {id: {"id": id, "label": found[id].text if id in found else f"#{id}"} for id in ids}


def _outline(spec: Field, value: Any) -> str | None:
    return masked_value(spec, value) or None


def _moment(value: datetime) -> str:
    # Core's column type gives UTC always. In two parts: writing an offset takes as long as all the rest.
    return f"{value.date()}T{value.time()}Z"


_CONVERTED: dict[Kind, Convert] = {
    Kind.QUANTITY: decimal_text,
    Kind.MONEY: decimal_text,
    Kind.PERCENT: decimal_text,
    Kind.RATE: decimal_text,
    Kind.DATE: date.isoformat,
    Kind.DATE_TIME: _moment,
}
