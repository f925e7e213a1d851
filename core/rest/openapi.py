"""The OpenAPI 3.1 description, made for one reader: models, fields and actions that they do not have are absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from core import __version__
from core.access.actor import CREATE, DELETE, EDIT, PRINT, READ
from core.i18n import Text, _
from core.orm.model import Model
from core.orm.parts import parts_of
from core.pages.actions import may_merge
from core.pages.catalogue import catalogue_of
from core.pages.nodes import Action
from core.printing.records import MIME
from core.printing.templates import keys_of
from core.rest import background, merges
from core.rest.actions import RESTORE, offered
from core.rest.files import MULTIPART
from core.rest.nested import rows_field, written_parts
from core.rest.parts import HEADERS, PARAMETERS, RESPONSES, SCHEMAS
from core.rest.schemas import SENT_FIRST, input_field
from core.rest.shape import Shape, open_models, shape_of
from core.rest.written import written_schema

if TYPE_CHECKING:
    from core.env import Env

Json = dict[str, Any]
_ONE: list[Any] = ["id"]
"""The parameters of whatever is about one record; apispec turns names into references."""

ABOUT = _(
    "Every kind of record has the same operations. Filters are written field:operator:value and may be repeated; "
    "a list is paged by its cursor. Send If-Match with the ETag of what you read, and an Idempotency-Key with what "
    "must not happen twice."
)


def specification(env: Env) -> Json:
    """The whole description, in the env's language."""
    plugin = MarshmallowPlugin()
    spec = APISpec(
        title=str(_("{company} REST interface", company=env.setting("company.name") or "9KCRM")),
        version=__version__,
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": str(ABOUT)},
        servers=[{"url": "/api/v1"}],
        security=[{"token": []}, {"browser": []}],
    )
    _add_shared(spec)
    _add_files(spec)
    tags: list[Json] = [{"name": "file", "description": str(_("Files"))}]
    for model in open_models(env):
        shape = shape_of(env, model)
        tags.append({"name": shape.info.key, "description": str(shape.info.title_plural)})
        _add_schemas(spec, env, shape)
        _add_paths(spec, env, model, shape)
    _add_jobs(spec)
    spec.options["tags"] = [*tags, {"name": "job", "description": str(_("Jobs"))}]
    found: Json = spec.to_dict()
    return found


def _add_shared(spec: APISpec) -> None:
    components = spec.components
    components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    components.security_scheme("browser", {"type": "apiKey", "in": "cookie", "name": "9kcrm"})
    for name, schema in SCHEMAS.items():
        components.schema(name, _told(schema))
    for name, (description, shown, headers) in RESPONSES.items():
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{shown}"}}}
        answer: Json = {"description": str(description), "content": content}
        if headers:
            answer["headers"] = _told(headers)
        components.response(name, answer)
    for name, (place, description, schema) in PARAMETERS.items():
        body = {"name": name, "description": str(description), "schema": schema, "required": place == "path"}
        components.parameter(name, place, body)


def _add_files(spec: APISpec) -> None:
    """Sending a file for a field, and reading the content of one."""
    data = {"type": "object", "properties": {"data": {"$ref": "#/components/schemas/File"}}}
    part = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
    waits = {"201": _answer(_("It waits for its record"), data)}
    send = _described("file", "send", _("Send a file"), waits, "415", "422")
    send["description"] = str(SENT_FIRST)
    send["requestBody"] = {"required": True, "content": {MULTIPART: {"schema": part}}}
    send["parameters"] = ["Idempotency-Key"]
    content = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    found = {"200": {"description": str(_("The content of the file")), "content": content}}
    read = _described("file", "read", _("Read a file"), found, "404")
    spec.path("/file", operations={"post": send})
    spec.path("/file/{id}", operations={"get": read}, parameters=_ONE)


def _add_schemas(spec: APISpec, env: Env, shape: Shape) -> None:
    key = shape.info.key
    written = written_schema(shape)
    written["properties"] |= written_parts(env, shape.info.model)
    spec.components.schema(key, written)
    spec.components.schema(f"{key}.change", schema=_input_schema(env, shape, f"{key}.change", creating=False))
    spec.components.schema(f"{key}.new", schema=_input_schema(env, shape, f"{key}.new", creating=True))


def _input_schema(env: Env, shape: Shape, name: str, *, creating: bool) -> type[Schema]:
    """What a body may hold: the fields that the reader may write, and the parts."""
    found: dict[str, Any] = {
        spec.name: input_field(spec, required=creating and spec.required and spec.default is None)
        for spec in shape.fields.values()
        if shape.is_writable(spec.name)
    }
    found |= {called: rows_field(env, part, f"{name}.{called}") for called, part in parts_of(shape.info.model).items()}
    return Schema.from_dict(found, name=name)


def _add_paths(spec: APISpec, env: Env, model: type[Model], shape: Shape) -> None:
    key, may = shape.info.key, env.actor.may
    many: Json = {"get": _listing(shape)}
    if may(key, CREATE):
        many["post"] = _creating(shape)
    one: Json = {"get": _operation(shape, "read", _("Read {name}", name=shape.info.title), _one(shape), "404")}
    if may(key, EDIT):
        one["patch"] = _changing(shape)
    if may(key, DELETE):
        one["delete"] = _deleting(shape)
    spec.path(f"/{key}", operations=many)
    spec.path(f"/{key}/{{id}}", operations=one, parameters=_ONE)
    past = _operation(shape, "history", _("History of {name}", name=shape.info.title), {"200": _ref("History")}, "404")
    past["parameters"] = ["limit", "after"]
    spec.path(f"/{key}/{{id}}/history", operations={"get": past}, parameters=_ONE)
    if may(key, PRINT):
        _add_printing(spec, env, model, shape)
    for action in offered(env, model).values():
        if may(key, action.grant):
            # Whoever may not read what is made gets nothing of it, and no description either.
            made = action.makes if action.makes is not None and may(action.makes.key(), READ) else model
            answered = shape if made is model else shape_of(env, made)
            _add_action(spec, shape, action.key, action.label, _arguments(action), answered=answered)
    if may(key, DELETE):
        body = {"type": "object", "properties": {"deletion": {"type": "integer"}}, "additionalProperties": False}
        _add_action(spec, shape, RESTORE, _("Restore"), body)
    if may_merge(env, model):
        _add_action(spec, shape, merges.MERGE, _("Merge"), _told(merges.BODIES[merges.MERGE]))
        _add_action(spec, shape, merges.UNMERGE, _("Undo the merge"), _told(merges.BODIES[merges.UNMERGE]))


def _add_printing(spec: APISpec, env: Env, model: type[Model], shape: Shape) -> None:
    """The record as PDF, where there is a template for it."""
    pages = catalogue_of(env).models.get(model.key())
    keys = [key for node in pages.templates.values() for key in keys_of(node)] if pages is not None else []
    if not keys:
        return
    content = {MIME: {"schema": {"type": "string", "format": "binary"}}}
    found = {"200": {"description": str(_("The document")), "content": content}}
    title = _("Print {name}", name=shape.info.title)
    operation = _operation(shape, "print", title, found, "403", "404", "409")
    told = _("The key of the template; the first one where none is named.")
    schema = {"type": "string", "enum": keys}
    operation["parameters"] = [{"in": "query", "name": "template", "description": str(told), "schema": schema}]
    spec.path(f"/{shape.info.key}/{{id}}/print", operations={"get": operation}, parameters=_ONE)
    if pages is not None and pages.mailing is not None:
        _add_mail(spec, shape)


def _add_mail(spec: APISpec, shape: Shape) -> None:
    """Sending the record by e-mail, and what was sent of it."""
    texts: Json = {"type": "array", "items": {"type": "string"}}
    text: Json = {"type": "string"}
    told = {"to": texts, "cc": texts, "subject": text, "text": text, "template": text}
    more = {"id": {"type": "integer"}, "state": text, "error": text, "at": {"type": "string", "format": "date-time"}}
    file: Json = {"type": ["object", "null"], "properties": {"name": text, "size": {"type": "integer"}}}
    one: Json = {"type": "object", "properties": told | more | {"user_id": {"type": ["integer", "null"]}, "file": file}}
    body: Json = {"type": "object", "properties": told, "additionalProperties": False}
    many: Json = {"type": "object", "properties": {"data": {"type": "array", "items": one}}}
    listed = {"200": _answer(_("What was sent, newest first"), many)}
    made = {"201": _answer(_("It has been sent, or waits for that"), {"type": "object", "properties": {"data": one}})}
    sending = _operation(shape, "mail", _("Send by e-mail"), made, "400", "403", "404", "409", "415", "422")
    sending["requestBody"] = {"content": {"application/json": {"schema": body}}}
    sending["parameters"] = ["If-Match", "Idempotency-Key"]
    reading = _operation(shape, "sent", _("What was sent of {name}", name=shape.info.title), listed, "403", "404")
    spec.path(f"/{shape.info.key}/{{id}}/mail", operations={"get": reading, "post": sending}, parameters=_ONE)


def _add_jobs(spec: APISpec) -> None:
    spec.components.schema("job", _told(background.SCHEMA))
    body: Json = {"type": "object", "properties": {"data": {"$ref": "#/components/schemas/job"}}}
    found = {"200": _answer(_("The job"), body), "401": _ref("Error401"), "404": _ref("Error404")}
    operation = {
        "operationId": "job_read",
        "summary": str(background.SUMMARY),
        "tags": ["job"],
        "responses": found,
    }
    spec.path("/job/{id}", operations={"get": operation}, parameters=_ONE)


_VERBS = ("list", "create", "read", "change", "delete", "history", "print", "mail", "sent")


def _add_action(
    spec: APISpec, shape: Shape, action: str, label: Text, body: Any, *, answered: Shape | None = None
) -> None:
    key = shape.info.key
    # An addon may call an action as the API calls what it does itself.
    verb = f"do_{action}" if action in _VERBS else action
    operation = _operation(shape, verb, label, _one(answered or shape), "403", "404", "409", "422")
    operation["requestBody"] = {"content": {"application/json": {"schema": body}}}
    operation["parameters"] = ["If-Match", "Idempotency-Key"]
    spec.path(f"/{key}/{{id}}/actions/{action}", operations={"post": operation}, parameters=_ONE)


def _arguments(action: Action) -> Any:
    fields = {spec.name: input_field(spec, required=spec.required) for spec in action.arguments}
    return Schema.from_dict(fields, name=f"{action.model.key()}_{action.key}_arguments")


def _listing(shape: Shape) -> Json:
    rows = {"type": "array", "items": {"$ref": f"#/components/schemas/{shape.info.key}"}}
    body = {"type": "object", "properties": {"data": rows, "page": {"$ref": "#/components/schemas/Page"}}}
    found = _operation(shape, "list", shape.info.title_plural, {"200": _answer(_("A page of records"), body)}, "400")
    found["parameters"] = ["q", "filter", "any", "sort", "limit", "after"]
    return found


def _creating(shape: Shape) -> Json:
    made = _answer(_("It has been created"), _data(shape), "Location", "ETag")
    title = _("Create {name}", name=shape.info.title)
    found = _operation(shape, "create", title, {"201": made}, "400", "403", "409", "415", "422")
    found["requestBody"] = _body(f"{shape.info.key}.new")
    found["parameters"] = ["Idempotency-Key"]
    return found


def _changing(shape: Shape) -> Json:
    title = _("Change {name}", name=shape.info.title)
    found = _operation(shape, "change", title, _one(shape), "400", "403", "404", "409", "415", "422")
    found["requestBody"] = _body(f"{shape.info.key}.change")
    found["parameters"] = ["If-Match", "Idempotency-Key"]
    return found


def _deleting(shape: Shape) -> Json:
    gone = {"description": str(_("It is in the recycle bin")), "headers": _told({"X-Deletion": HEADERS["X-Deletion"]})}
    found = _operation(shape, "delete", _("Delete {name}", name=shape.info.title), {"204": gone}, "403", "404", "409")
    found["parameters"] = ["If-Match", "Idempotency-Key"]
    return found


def _operation(shape: Shape, verb: str, summary: Text, responses: Json, *errors: str) -> Json:
    return _described(shape.info.key, verb, summary, responses, *errors)


def _described(tag: str, verb: str, summary: Text, responses: Json, *errors: str) -> Json:
    refused = {status: _ref(f"Error{status}") for status in ("401", *errors)}
    return {
        "operationId": f"{tag}_{verb}",
        "summary": str(summary),
        "tags": [tag],
        "responses": responses | refused,
    }


def _one(shape: Shape) -> Json:
    return {"200": _answer(_("The record"), _data(shape), "ETag")}


def _data(shape: Shape) -> Json:
    return {"type": "object", "properties": {"data": {"$ref": f"#/components/schemas/{shape.info.key}"}}}


def _answer(description: Text, schema: Json, *headers: str) -> Json:
    found: Json = {"description": str(description), "content": {"application/json": {"schema": schema}}}
    if headers:
        found["headers"] = _told({name: HEADERS[name] for name in headers})
    return found


def _body(schema: str) -> Json:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"required": True, "content": {"application/json": {"schema": reference}}}


def _ref(response: str) -> Json:
    return {"$ref": f"#/components/responses/{response}"}


def _told(value: Any) -> Any:
    """The same structure with every text in the reader's language."""
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, dict):
        return {key: _told(part) for key, part in value.items()}
    return [_told(part) for part in value] if isinstance(value, list) else value
