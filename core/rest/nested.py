"""The parts of a record within its JSON: read, and taken as the complete list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marshmallow import RAISE, Schema, fields

from core.errors import Invalid
from core.i18n import _
from core.orm.model import SYSTEM_FIELDS, Model
from core.orm.parts import Part, part_model, parts_of
from core.pages.masks import masked_value
from core.parts.reading import stored_parts
from core.rest.schemas import LinkId, input_field, load, loaded
from core.rest.shape import Shape, shape_of
from core.rest.written import written_fields

if TYPE_CHECKING:
    from core.env import Env

Json = dict[str, Any]
ABOUT = _("The complete list: rows with an id are changed, rows without one are new, and rows that are absent go.")


def part_shape(env: Env, part: Part) -> Shape:
    """How one row looks to the reader: without what goes for the whole anyway."""
    shape = shape_of(env, part_model(part))
    left_out = {part.via, shape.info.owner, *SYSTEM_FIELDS}
    return Shape(shape.info, {n: spec for n, spec in shape.fields.items() if n not in left_out}, shape.levels)


def parts_in(env: Env, record: Model) -> Json:
    """Name → rows of the record, which its reader may see."""
    found: Json = {}
    for name, part in parts_of(type(record)).items():
        rows = part_shape(env, part).of_records(env, stored_parts(env, record, part))
        found[name] = [{key: value for key, value in row.items() if key != "version"} for row in rows]
    return found


def load_with_parts(env: Env, shape: Shape, body: Mapping[str, Any]) -> Json:
    """The body's values as Python has them, with the rows of its parts. Raises `Invalid` for all that is wrong."""
    declared = parts_of(shape.info.model)
    rows: Json = {}
    problems: dict[str, Any] = {}
    for name, part in declared.items():
        if name in body:
            rows[name] = _load_rows(env, name, part, body[name], problems)
    try:
        own = load(env, shape, {name: value for name, value in body.items() if name not in declared})
    except Invalid as error:
        raise Invalid(error.fields | problems) from error
    if problems:
        raise Invalid(problems)
    return own | rows


def parts_told(env: Env, model: type[Model], changes: Mapping[str, Any]) -> Json:
    """What an entry of the history tells of parts, as far as its reader may see their fields."""
    declared = parts_of(model).items()
    return {name: _told(part_shape(env, part), part, changes[name]) for name, part in declared if name in changes}


def _told(shape: Shape, part: Part, pair: Any) -> Json:
    before, after = ([_told_row(shape, part, row) for row in rows] for rows in pair)
    return {"before": before, "after": after}


def _told_row(shape: Shape, part: Part, row: Mapping[str, Any]) -> Json:
    seen = {name: value for name, value in row.items() if name in ("id", part.order) or name in shape.fields}
    masked = {
        n: masked_value(shape.fields[n], v) or None for n, v in seen.items() if n in shape.levels and shape.is_masked(n)
    }
    return seen | masked


def _load_rows(env: Env, name: str, part: Part, sent: Any, problems: dict[str, Any]) -> Any:
    """The rows as Python has them. What is no list, or too long a one, is left to the service to refuse."""
    if not isinstance(sent, list) or len(sent) > part.most:
        return sent
    shape = part_shape(env, part)
    schema = Schema.from_dict(_row_fields(shape, readable=True), name=f"{part.model}_row")(partial=True, unknown=RAISE)
    return [_load_row(schema, shape, row, f"{name}.{place}", problems) for place, row in enumerate(sent)]


def _load_row(schema: Schema, shape: Shape, sent: Any, where: str, problems: dict[str, Any]) -> Any:
    if not isinstance(sent, dict):
        return sent
    relations = {spec.relation for spec in shape.fields.values()} - shape.fields.keys()
    # The names of what a row links to come with it; sent back, they say nothing.
    try:
        return loaded(schema, {key: value for key, value in sent.items() if key not in relations}, shape)
    except Invalid as error:
        problems |= {f"{where}.{name}": messages for name, messages in error.fields.items()}
        return sent


def rows_field(env: Env, part: Part, name: str) -> fields.Field[Any]:
    """What a body may hold of the part, for OpenAPI. `name` becomes that of the schema of a row."""
    row = Schema.from_dict(_row_fields(part_shape(env, part), readable=False), name=name)
    return fields.List(fields.Nested(row), metadata={"title": str(part.label), "description": str(ABOUT)})


def _row_fields(shape: Shape, *, readable: bool) -> dict[str, Any]:
    """`readable`: with what may only be sent back unchanged."""
    names = [n for n in shape.fields if not shape.is_masked(n) and (readable or shape.is_writable(n))]
    found = {name: input_field(shape.fields[name], required=False) for name in names}
    return {"id": LinkId(strict=True, allow_none=True), **found}


def written_parts(env: Env, model: type[Model]) -> Json:
    """Name → schema of the rows, as the reader gets them."""
    return {name: _written(env, part) for name, part in parts_of(model).items()}


def _written(env: Env, part: Part) -> Json:
    shape = part_shape(env, part)
    properties = {"id": {"type": "integer"}, **written_fields(shape)}
    rows = {"type": "object", "title": str(shape.info.title), "properties": properties}
    return {"type": "array", "title": str(part.label), "description": str(ABOUT), "items": rows}
