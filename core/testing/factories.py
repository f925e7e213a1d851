"""Records for tests, of any model of any addon, made from its fields.

    machine = make(env, Machine, name="自動鎖付機")

What is required and not given is filled in: a number in its bounds, the first choice, today, a text with a number
of its own. A link that is required gets a record that is made along.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from core import clock
from core.access.models import User
from core.addons.origin import CORE
from core.errors import Invalid
from core.orm.field import Field, Kind
from core.orm.model import SYSTEM_FIELDS, Model, ModelInfo, describe, model_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.env import Env
    from core.testing.cast import Cast

M = TypeVar("M", bound=Model)
UNFILLED = frozenset({Kind.SERIAL, Kind.JSON, Kind.FILE, Kind.IMAGE})
"""Numbered by the product, or not to be made up."""

_numbers = count(1)


class CannotMake(AssertionError):
    """No valid record of the model can be made up. The message says which values to give."""


def make(env: Env, model: type[M], /, **values: Any) -> M:
    """A new record of the model, stored through its service as the actor of `env`.

    One whose fields only code may set is stored past its service, by the system alone. Raises `CannotMake` where
    the made-up values break a rule of the model, and `Forbidden` as ever.
    """
    filled = values_for(env, model, values)
    try:
        return _created(env, model, filled, given=values.keys())
    except Invalid as error:
        wrong = "; ".join(f"{name}: {' '.join(map(str, said))}" for name, said in error.fields.items())
        given = ", ".join(f"{name}=…" for name in error.fields)
        raise CannotMake(f"{model.__name__}: {wrong} Give these values: make({model.__name__}, {given}).") from error


def values_for(env: Env, model: type[Model], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` and, for what else is required and has no default, values made up."""
    info = describe(model)
    there = {**env.records(model).defaults(), **given}
    wanted = [f for f in info.fields.values() if _is_wanted(env, info, f) and there.get(f.name) in (None, "", [])]
    made = {f.name: value_for(env, f, info) for f in wanted}
    if info.owner and env.actor.is_system and there.get(info.owner) is None:
        made[info.owner] = _somebody(env)
    return made | dict(given)


def value_for(env: Env, field: Field, info: ModelInfo) -> Any:
    """A value that the field accepts. Raises `CannotMake` for a kind that cannot be made up."""
    if field.kind is Kind.LINK:
        return _linked(env, field, info)
    make_one = _BY_KIND.get(field.kind)
    if make_one is None:
        raise CannotMake(f"{info.model.__name__}.{field.name} is a {field.kind}: give its value.")
    return make_one(env, field, next(_numbers))


class Factory:
    """Makes records from a test: `make(Machine, name="鑽床", by="sales")`. Each call is a transaction of its own."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast

    def __call__(self, model: type[M], /, *, by: str = "", **values: Any) -> M:
        """A stored record, by that person of the cast; by the system, for `sales` to own, without one.

        It belongs to no session any more: read its fields, and load it anew to change it.
        """
        with self._env(by) as env:
            owner = describe(model).owner
            mine = {owner: self._cast.ids["sales"]} if owner and not by else {}
            record = make(env, model, **mine | values)
            env.flush()
            env.session.refresh(record)
            env.session.expunge(record)
        return record

    def many(self, number: int, model: type[M], /, *, by: str = "", **values: Any) -> list[M]:
        """So many records alike."""
        return [self(model, by=by, **values) for _ in range(number)]

    @contextmanager
    def _env(self, by: str) -> Iterator[Env]:
        opened = self._cast.env(by) if by else self._cast.site.system("records for a test", locale="en")
        with opened as env:
            yield env


def _created(env: Env, model: type[M], values: dict[str, Any], *, given: Collection[str]) -> M:
    """Tries once more with plain words where a rule of the model refuses texts that were made up."""
    if _is_made_by_code(describe(model)):
        record = model(**env.records(model).defaults() | values)
        env.session.add(record)
        env.session.flush()
        return record
    try:
        return env.records(model).create(values)
    except Invalid as error:
        plain = {name: f"name{next(_numbers)}" for name in error.fields if isinstance(values.get(name), str)}
        if not plain or any(name in given for name in plain):
            raise
        return env.records(model).create(values | plain)


def _is_wanted(env: Env, info: ModelInfo, field: Field) -> bool:
    if field.addon not in {CORE, *env.enabled} or field.name in SYSTEM_FIELDS or field.kind in UNFILLED:
        return False
    return field.required or (field.name == info.display and not field.readonly)


def _is_made_by_code(info: ModelInfo) -> bool:
    """Whether nobody could create a record by filling in a form."""
    own = [f for f in info.fields.values() if f.name not in SYSTEM_FIELDS and f.kind not in UNFILLED]
    return any(f.required and f.readonly and f.default is None for f in own)


def _linked(env: Env, field: Field, info: ModelInfo) -> int:
    if field.target == User.key():
        return _somebody(env)
    if field.target == info.key:
        raise CannotMake(f"{info.model.__name__}.{field.name} leads to its own model: give its value.")
    return make(env, model_of(field.target)).id


def _somebody(env: Env) -> int:
    if env.user_id is not None:
        return env.user_id
    found = env.session.scalar(select(User.id).order_by(User.id).limit(1))
    if found is None:
        raise CannotMake("Nobody works on this site yet; take the fixture `cast`.")
    return found


def _text(_env: Env, field: Field, number: int) -> str:
    text = f"{field.label} {number}"
    return text if not field.max_length or len(text) <= field.max_length else str(number)[-field.max_length :]


def _number(_env: Env, field: Field, number: int) -> Decimal:
    least = field.minimum if field.minimum is not None else Decimal(0)
    wanted = least + number if field.unique else max(least, Decimal(1))
    return wanted if field.maximum is None else min(wanted, field.maximum)


def _choice(env: Env, field: Field, _number: int) -> str:
    codes = list(field.options if field.options is not None else env.lists.values(field.list))
    if not codes:
        raise CannotMake(f"The list {field.list!r} of {field.model}.{field.name} has no values: give one to it.")
    return str(codes[0])


_BY_KIND: dict[Kind, Callable[[Env, Field, int], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.INTEGER: lambda env, field, number: int(_number(env, field, number)),
    **dict.fromkeys((Kind.QUANTITY, Kind.MONEY, Kind.PERCENT, Kind.RATE), _number),
    Kind.DATE: lambda env, field, number: env.today + timedelta(days=number if field.unique else 0),
    Kind.DATE_TIME: lambda env, field, number: clock.now().replace(second=0, microsecond=0),
    Kind.CHOICE: _choice,
    Kind.CHOICES: lambda env, field, number: [_choice(env, field, number)],
    Kind.BOOLEAN: lambda env, field, number: False,
    Kind.PHONE: lambda env, field, number: f"02-2{number % 1000:03d}-{number // 1000 % 10000:04d}",
    Kind.EMAIL: lambda env, field, number: f"person{number}@example.com",
    Kind.URL: lambda env, field, number: f"https://example.com/{number}",
}
