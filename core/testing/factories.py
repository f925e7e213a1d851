"""Records for tests, of any model of any addon, made from its fields.

    machine = make(env, Machine, name="自動鎖付機")

What is required and not given is filled in: a number in its bounds, the first choice, today, a text with a number
of its own that the field accepts. A link that is required gets a record that is made along, which belongs to what the
new record belongs to. What cannot be told from the fields an addon says in its `samples.py`: model key → field →
value, or a function of the env that returns it, as `SAMPLES`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from core import clock
from core.access.models import User
from core.addons.loading import import_part
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


class NoneHere(CannotMake):
    """The addon says that there are no such records among these addons: its sample of a required field is None."""


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
    made = {name: value for name, value in _samples(env, info).items() if name not in given}
    there = {**env.records(model).defaults(), **made, **given}
    wanted = [f for f in info.fields.values() if _is_wanted(env, info, f) and there.get(f.name) in (None, "", [])]
    if info.owner and env.actor.is_system and there.get(info.owner) is None:
        made[info.owner] = there[info.owner] = _somebody(env)
        wanted = [f for f in wanted if f.name != info.owner]
    # What others of the record's links lead to belongs to something: that comes first.
    for field in sorted(wanted, key=lambda f: len(_required_links(f)) if f.kind is Kind.LINK else -1):
        made[field.name] = there[field.name] = value_for(env, field, info, there)
    return made | dict(given)


def value_for(env: Env, field: Field, info: ModelInfo, there: Mapping[str, Any] | None = None) -> Any:
    """A value that the field accepts, beside those that are `there`. Raises `CannotMake` where none can be made up."""
    if field.kind is Kind.LINK:
        return _linked(env, field, info, there or {})
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
    """Tries once more where a rule of the model refuses made-up texts, or asks for what was left empty."""
    if _is_made_by_code(describe(model)):
        record = model(**env.records(model).defaults() | values)
        env.session.add(record)
        env.session.flush()
        return record
    try:
        return env.records(model).create(values)
    except Invalid as error:
        again = _mended(env, describe(model), values, error.fields)
        if not again or any(name in given for name in again):
            raise
        return env.records(model).create(values | again)


def _mended(env: Env, info: ModelInfo, values: Mapping[str, Any], wrong: Collection[str]) -> dict[str, Any]:
    """For the fields that a rule has something to say of: a plain word for a text, a value for what had none."""
    found: dict[str, Any] = {}
    for spec in (info.fields[name] for name in wrong if name in info.fields):
        if isinstance(values.get(spec.name), str):
            found[spec.name] = _fitting(spec, [f"name{next(_numbers)}"])
        elif values.get(spec.name) is None and spec.kind not in UNFILLED and not spec.readonly:
            found[spec.name] = value_for(env, spec, info, values)
    return found


def _samples(env: Env, info: ModelInfo) -> dict[str, Any]:
    """What the addon of the model says of its records."""
    addons = {addon.name: addon for addon in env.site.registry.addons}
    if info.addon not in addons:
        return {}
    module = import_part(addons[info.addon].manifest.package, "samples")
    stated = getattr(module, "SAMPLES", {}).get(info.key, {})
    found = {name: value(env) if callable(value) else value for name, value in stated.items()}
    if any(value is None and info.fields[name].required for name, value in found.items()):
        raise NoneHere(f"{info.model.__name__} needs another addon, which is not there.")
    return found


def _is_wanted(env: Env, info: ModelInfo, field: Field) -> bool:
    if field.addon not in {CORE, *env.enabled} or field.name in SYSTEM_FIELDS or field.kind in UNFILLED:
        return False
    return field.required or (field.name == info.display and not field.readonly)


def _is_made_by_code(info: ModelInfo) -> bool:
    """Whether nobody could create a record by filling in a form."""
    own = [f for f in info.fields.values() if f.name not in SYSTEM_FIELDS and f.kind not in UNFILLED]
    return any(f.required and f.readonly and f.default is None for f in own)


def _linked(env: Env, field: Field, info: ModelInfo, there: Mapping[str, Any]) -> int:
    """A person who is not in another field yet, or a new record that belongs to what this one belongs to."""
    beside = {spec.target: there[name] for name, spec in info.fields.items() if _is_linked(spec, there)}
    if field.target == User.key():
        people = {there[name] for name, spec in info.fields.items() if spec.target == User.key() and there.get(name)}
        return _somebody(env, other_than=people)
    if field.target == info.key:
        raise CannotMake(f"{info.model.__name__}.{field.name} leads to its own model: give its value.")
    shared = {spec.name: beside[spec.target] for spec in _required_links(field) if spec.target in beside}
    return make(env, model_of(field.target), **shared).id


def _is_linked(spec: Field, there: Mapping[str, Any]) -> bool:
    return spec.kind is Kind.LINK and spec.target != User.key() and there.get(spec.name) is not None


def _required_links(field: Field) -> list[Field]:
    """What a record that the field leads to must belong to itself."""
    fields = describe(model_of(field.target)).fields.values()
    return [spec for spec in fields if spec.kind is Kind.LINK and spec.required and spec.target != User.key()]


def _somebody(env: Env, *, other_than: Collection[int] = ()) -> int:
    """The actor, or for the system anybody; somebody else where the actor stands in another field already."""
    if env.user_id is not None and env.user_id not in other_than:
        return env.user_id
    people = list(env.session.scalars(select(User.id).order_by(User.id).limit(len(other_than) + 1)))
    if not people:
        raise CannotMake("Nobody works on this site yet; take the fixture `cast`.")
    return next((id for id in people if id not in other_than), people[0])


def _text(_env: Env, field: Field, number: int) -> str:
    capitals = "".join(chr(65 + number // 26**place % 26) for place in reversed(range(field.max_length or 8)))[-8:]
    digits = str(number).zfill(min(field.max_length or 8, 8))
    return _fitting(field, [f"{field.label} {number}", f"name{number}", digits[-(field.max_length or 8) :], capitals])


def _fitting(field: Field, texts: Sequence[str]) -> str:
    """The first of the texts that has room in the field and passes its check; else the last one, cut."""
    short = [text for text in texts if not field.max_length or len(text) <= field.max_length]
    passing = (text for text in short if field.check is None or field.check(text) is None)
    return next(passing, next(iter(short), texts[-1][-(field.max_length or len(texts[-1])) :]))


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
