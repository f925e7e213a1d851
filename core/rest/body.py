"""What a request to the API brings: a JSON object, and the version that its author saw."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from core.errors import BadRequest, Invalid
from core.i18n import _

_ETAG = re.compile(r'(?:W/)?"(\d{1,10})"')


def json_body() -> dict[str, Any]:
    """The body, a JSON object; an empty body is an empty one. Numbers keep every digit.

    Raises 415 for another format, `BadRequest` for what is not such an object.
    """
    if request.content_length and request.mimetype != "application/json":
        raise UnsupportedMediaType()
    raw = request.get_data()
    if not raw:
        return {}
    try:
        found = json.loads(raw, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadRequest(_("The body is not valid JSON.")) from error
    if not isinstance(found, dict):
        raise BadRequest(_("The body must be a JSON object."))
    return found


def seen_version(body: dict[str, Any]) -> int | None:
    """The version that the author saw: of `If-Match`, else of the body, from which it is taken."""
    given = body.pop("version", None)
    if given is not None and (isinstance(given, bool) or not isinstance(given, int)):
        raise Invalid({"version": _("Please enter a whole number.")})
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return given
    match = _ETAG.fullmatch(header)
    if match is None:
        raise BadRequest(_('If-Match takes the ETag of a record, such as "3".'), field="If-Match")
    return int(match[1])


def etag(version: int) -> str:
    """The ETag of a record in that version."""
    return f'"{version}"'


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
