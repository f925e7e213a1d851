"""Cursors: the sort value and the id of a row, opaque to clients and bound to the order they were made for."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest
from core.i18n import _
from core.orm.field import Kind
from core.orm.values import to_json

if TYPE_CHECKING:
    from core.orm.listing.sorting import Sort

LONGEST = 2000


class BadCursor(BadRequest):
    """A cursor that is none, or was made for another order."""

    default = _("This address leads to no page of the list.")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: beside the row with this sort value and id."""

    value: Any
    id: int


def encode(sort: Sort, value: Any, id: int) -> str:
    """The cursor of a row, for a URL."""
    text = json.dumps([sort.text, to_json(value), id], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(text: str, sort: Sort) -> Cursor:
    """The place that a cursor means. Raises `BadRequest` unless it was made for this order."""
    try:
        padded = text[:LONGEST] + "=" * (-len(text) % 4)
        made_for, value, id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if made_for != sort.text or type(id) is not int or not 0 < id < 2**63:
            raise ValueError(text)
        return Cursor(_value(sort, value), id)
    except (ValueError, TypeError, binascii.Error, InvalidOperation, RecursionError) as error:
        raise BadCursor(field="after") from error


def _value(sort: Sort, value: Any) -> Any:
    if sort.is_id:
        return None
    if value is None:
        if not sort.nullable:
            raise ValueError(value)
        return None
    read, expected = _READERS.get(sort.kind, (str, str))
    if type(value) is not expected:
        raise TypeError(value)
    return read(value)


def _moment(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(text)
    return value


_READERS: dict[Kind, tuple[Callable[[Any], Any], type]] = {
    Kind.INTEGER: (int, int),
    Kind.LINK: (int, int),
    Kind.BOOLEAN: (bool, bool),
    Kind.QUANTITY: (Decimal, str),
    Kind.MONEY: (Decimal, str),
    Kind.PERCENT: (Decimal, str),
    Kind.RATE: (Decimal, str),
    Kind.DATE: (date.fromisoformat, str),
    Kind.DATE_TIME: (_moment, str),
}
