"""From `field:operator:value` to a condition, with a clear message for whatever is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest
from core.i18n import Text, _
from core.orm.field import Field, Kind
from core.orm.filters.condition import ME, NO, YES, Condition
from core.orm.filters.operators import BETWEEN, EMPTY, LISTED, operators
from core.orm.filters.path import resolve
from core.orm.filters.periods import parse_dates, parse_moments
from core.orm.model import Model
from core.orm.types import Rate, Scaled

if TYPE_CHECKING:
    from core.env import Env

MOST_VALUES = 200
_ID_DIGITS = 19
"""Of the largest id that a database takes, 2**63 - 1."""

_BAR = re.compile(r"(?<!\\)\|")
_TRUE, _FALSE = frozenset({YES, "true", "1"}), frozenset({NO, "false", "0"})


def parse_all(env: Env, model: type[Model], texts: Iterable[str]) -> tuple[Condition, ...]:
    """All conditions, each once. Raises `BadRequest` that names the first that makes no sense."""
    return tuple(dict.fromkeys(parse(env, model, text) for text in texts if text.strip()))


def parse(env: Env, model: type[Model], text: str) -> Condition:
    """One condition. Raises `BadRequest` with `details["field"]` for an unknown field, operator or value."""
    name, _colon, rest = text.partition(":")
    path = resolve(env, model, name.strip())
    operator, given, value = rest.partition(":")
    field = path.field
    if not field.filter:
        raise _refused(path.name, _("The list cannot be filtered by “{field}”.", field=path.label))
    if not given or operator not in {name for name, _label in operators(field)}:
        raise _refused(
            path.name,
            _("“{field}” cannot be filtered with “{operator}”.", field=path.label, operator=operator[:60]),
        )
    raw = _values_of(operator, value)
    if operator == BETWEEN and len(raw) != 2:
        raise _refused(path.name, _("“{field}” needs two values, as in 1|5.", field=path.label))
    values = []
    for item in raw:
        parsed = _flag(item) if operator == EMPTY else _BY_KIND.get(field.kind, _text)(env, field, item)
        if parsed is None:
            message = _("“{value}” does not fit “{field}”.", value=item[:60], field=path.label)
            raise _refused(path.name, message)
        values.append(parsed)
    return Condition(path, operator, tuple(values), tuple(raw))


def _refused(name: str, message: Text) -> BadRequest:
    return BadRequest(message, field=name)


def _values_of(operator: str, value: str) -> list[str]:
    if operator not in LISTED:
        return [value.strip().replace(r"\|", "|")]
    found = [part.strip().replace(r"\|", "|") for part in _BAR.split(value)]
    return list(dict.fromkeys(found[:MOST_VALUES])) if operator != BETWEEN else found


def _flag(value: str) -> bool | None:
    return True if value.lower() in _TRUE else False if value.lower() in _FALSE else None


def _text(_env: Env, _field: Field, value: str) -> str | None:
    return value if value and "\0" not in value and len(value) <= 1000 else None


def _number(_env: Env, field: Field, value: str) -> Decimal | int | None:
    try:
        number = Decimal(value.replace(",", ""))
    except InvalidOperation:
        return None
    scale = 0 if field.kind is Kind.INTEGER else Rate.scale if field.kind is Kind.RATE else Scaled.scale
    if not number.is_finite() or number.adjusted() > 18 or abs(number.scaleb(scale)) >= 2**63:
        return None
    if field.kind is not Kind.INTEGER:
        return number
    return int(number) if number == number.to_integral_value() else None


def _choice(env: Env, field: Field, value: str) -> str | None:
    known = field.options if field.options is not None else env.lists.values(field.list)
    return value if value in known else None


def _link(env: Env, field: Field, value: str) -> int | None:
    if value == ME and field.target == "user":
        return env.user_id
    is_number = value.isascii() and value.isdigit() and len(value) <= _ID_DIGITS
    return int(value) if is_number and 0 < int(value) < 2**63 else None


_BY_KIND: dict[Kind, Callable[[Env, Field, str], Any]] = {
    Kind.INTEGER: _number,
    Kind.QUANTITY: _number,
    Kind.MONEY: _number,
    Kind.PERCENT: _number,
    Kind.RATE: _number,
    Kind.DATE: lambda env, _field, value: parse_dates(value, env.today),
    Kind.DATE_TIME: lambda env, _field, value: parse_moments(value, env.today, env.timezone),
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choice,
    Kind.BOOLEAN: lambda _env, _field, value: _flag(value),
    Kind.LINK: _link,
}
