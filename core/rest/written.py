"""What the JSON of a record looks like, as a JSON Schema."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.orm.field import Field, Kind
from core.rest.schemas import described
from core.rest.shape import Shape
from core.rest.stage import stage_schema

Json = dict[str, Any]

_TYPES: dict[Kind, Json] = {
    Kind.INTEGER: {"type": "integer"},
    Kind.LINK: {"type": "integer"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.DATE_TIME: {"type": "string", "format": "date-time"},
    Kind.CHOICES: {"type": "array", "items": {"type": "string"}},
}
LINKED: Json = {
    "type": ["object", "null"],
    "readOnly": True,
    "properties": {"id": {"type": ["integer", "null"]}, "label": {"type": "string"}},
    "required": ["id", "label"],
}


def written_schema(shape: Shape) -> Json:
    """The schema of a record as the reader gets it."""
    properties: Json = {
        "id": {"type": "integer", "readOnly": True},
        "version": {"type": "integer", "description": str(_("Grows with every change; also the ETag."))},
    }
    properties |= written_fields(shape)
    if shape.info.model.__workflow__ is not None:
        properties |= stage_schema()
    required = ["id", "version", *shape.fields]
    return {"type": "object", "title": str(shape.info.title), "properties": properties, "required": required}


def written_fields(shape: Shape) -> Json:
    """The schemas of the fields, and of the names of what they link to."""
    properties: Json = {}
    for name, spec in shape.fields.items():
        properties[name] = _property(shape, spec)
        if spec.kind is Kind.LINK and spec.relation != name:
            properties[spec.relation] = LINKED | {"title": str(spec.label)}
    return properties


def _property(shape: Shape, spec: Field) -> Json:
    found = described(spec)
    if shape.is_masked(spec.name, in_list=True):
        for name in ("format", "enum", "maxLength"):
            found.pop(name, None)
        found["description"] = str(_("Shown to you as an outline only."))
        return found | {"readOnly": True}
    if spec.kind.is_file:
        found["anyOf"] = [{"$ref": "#/components/schemas/File"}, {"type": "null"}]
    elif spec.kind is not Kind.JSON:
        kind = dict(_TYPES.get(spec.kind, {"type": "string"}))
        # Nothing is guaranteed to be filled in: a field may have become required later.
        found |= kind | {"type": [kind["type"], "null"]}
    if "enum" in found and None not in found["enum"]:
        found["enum"] = [*found["enum"], None]
    if not shape.is_writable(spec.name):
        found["readOnly"] = True
    return found
