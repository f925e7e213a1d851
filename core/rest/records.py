"""List, create, read, change and delete: the same five for every model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response, request

from core.errors import BadRequest, Forbidden, Stale
from core.i18n import _
from core.orm.filters import parse_any
from core.orm.listing import BadCursor, ListRequest, count, list_page
from core.orm.model import Model
from core.rest.body import etag, json_body, seen_version
from core.rest.comparison import remember
from core.rest.nested import load_with_parts, parts_in
from core.rest.shape import Shape, model_for, shape_of
from core.rest.stage import stage_of

if TYPE_CHECKING:
    from core.env import Env

MOST_ROWS, DEFAULT_ROWS = 200, 50
NO_CURSOR = _("“after” takes page.next of the page before, as it is and with the same sort.")
PARAMETERS = frozenset({"q", "filter", "any", "sort", "limit", "after", "lang"})


def list_records(env: Env, model: str) -> Response:
    """A page of the records that the caller may see."""
    found = model_for(env, model)
    asked = ListRequest(
        found,
        filters=(*request.args.getlist("filter"), *parse_any(env, found, request.args.getlist("any"))),
        sort=request.args.get("sort", ""),
        q=request.args.get("q", ""),
        limit=_limit(),
        after=request.args.get("after") or None,
    )
    shape = shape_of(env, found)
    try:
        page = list_page(env, asked, list(shape.fields), counted=True)
    except BadCursor as error:
        raise BadCursor(NO_CURSOR, field="after") from error
    counted = count(env, asked)
    return answer(
        {
            "data": shape.of_rows(env, page.rows),
            "page": {"next": page.next, "count": counted.number, "count_is_exact": counted.is_exact},
        }
    )


def create_record(env: Env, model: str) -> Response:
    """A new record: 201, its address in `Location`."""
    found = model_for(env, model)
    if not env.can("create", found):
        raise Forbidden()
    shape = shape_of(env, found)
    record = env.records(found).create(load_with_parts(env, shape, json_body()))
    response = of_record(env, shape, record)
    response.status_code = 201
    response.headers["Location"] = f"/api/v1/{model}/{record.id}"
    return response


def read_record(env: Env, model: str, id: int) -> Response:
    """One record, with its version as ETag."""
    found = model_for(env, model)
    return of_record(env, shape_of(env, found), env.get(found, id))


def change_record(env: Env, model: str, id: int) -> Response:
    """Changes the fields that are given; others stay. With `If-Match` or `version` an older author is refused."""
    found = model_for(env, model)
    record = env.get(found, id)
    if not env.can("edit", record):
        raise Forbidden()
    shape, body = shape_of(env, found), json_body()
    version = seen_version(body)
    given = load_with_parts(env, shape, body)
    try:
        env.records(found).update(record, given, version=version)
    except Stale as error:
        remember(error, given)
        raise
    return of_record(env, shape, record)


def delete_record(env: Env, model: str, id: int) -> Response:
    """Puts the record into the recycle bin. `X-Deletion` is the id with which the act is undone."""
    found = model_for(env, model)
    record = env.get(found, id)
    act = env.records(found).delete(record, version=seen_version({}))
    return Response(status=204, headers={"X-Deletion": str(act)})


def of_record(env: Env, shape: Shape, record: Model) -> Response:
    """One record as an answer."""
    env.flush()
    response = answer({"data": in_full(env, shape, record)})
    response.headers["ETag"] = etag(record.version)
    return response


def in_full(env: Env, shape: Shape, record: Model) -> dict[str, Any]:
    """One record as JSON, with its parts; if it has states, with the transitions to make and what it waits for."""
    return shape.of_record(env, record) | parts_in(env, record) | stage_of(env, record)


def answer(body: dict[str, Any], status: int = 200) -> Response:
    """A body in JSON."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, mimetype="application/json")


def _limit() -> int:
    for name in request.args:
        if name not in PARAMETERS:
            raise BadRequest(_("There is no parameter “{name}” here.", name=name[:60]), field=name[:200])
    text = request.args.get("limit", str(DEFAULT_ROWS))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST_ROWS):
        raise BadRequest(_("limit is a number from 1 to {most}.", most=MOST_ROWS), field="limit")
    return int(text)
