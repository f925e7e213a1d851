"""marshmallow schemas made from fields: what a body may hold, and what OpenAPI says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from marshmallow import RAISE, Schema, ValidationError, fields

from core.errors import Invalid, Message
from core.i18n import Text, _, current_locale
from core.orm.field import Field, Kind
from core.rest.shape import Shape

if TYPE_CHECKING:
    from core.access.actor import Actor
    from core.env import Env

MISSING = _("Please fill in this field.")
UNKNOWN = _("There is no such field.")
SENT_FIRST = _("The id of a file that you have sent with POST /file and that no record has yet; null removes it.")
READ_ONLY = _("You may not change this field.")


class _Ours:
    """Says in our words, in the reader's language, what is wrong with a value."""

    problem: Text

    def make_error(self, key: str, **_arguments: Any) -> ValidationError:
        return ValidationError(str(MISSING if key in ("required", "null") else self.problem))


class Words(_Ours, fields.String):
    """Text."""

    problem = _("Please enter text.")


class Whole(_Ours, fields.Integer):
    """A whole number, written as a number."""

    problem = _("Please enter a whole number.")


class LinkId(_Ours, fields.Integer):
    """The id of a record."""

    problem = _("Please choose an existing record.")


class FileId(_Ours, fields.Integer):
    """The id of a file that has been sent."""

    problem = _("Please send the file first, and give its id here.")


class Exact(_Ours, fields.Decimal):
    """A decimal number: read from text or a number, written as text so that nothing is lost."""

    problem = _("Please enter a number.")

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            raise self.make_error("invalid")
        found: Decimal = super()._deserialize(str(value), *args, **kwargs)
        return found


class Day(_Ours, fields.Date):
    """A date, such as 2026-01-31."""

    problem = _("Please enter a date, such as 2026-01-31.")


class Moment(_Ours, fields.DateTime):
    """A moment with its offset. A date alone, or a time of nowhere, is refused."""

    problem = _("Please enter a date and a time with its offset, such as 2026-01-31T09:00:00+08:00.")

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) and len(value) > 10 else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            raise self.make_error("invalid")
        return found


class YesNo(_Ours, fields.Boolean):
    """true or false."""

    problem = _("Please choose yes or no.")
    truthy = {True}
    falsy = {False}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Codes(_Ours, fields.List[Any]):
    """Several codes of a list."""

    problem = _("Please choose from the list.")


def load(env: Env, shape: Shape, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body's values as Python has them. Raises `Invalid` with a message at each field that is wrong."""
    return loaded(_schema(env, shape)(partial=True), body, shape)


def load_arguments(arguments: Iterable[Field], body: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an action's arguments. Raises `Invalid`."""
    made = {spec.name: input_field(spec, required=spec.required) for spec in arguments}
    return loaded(Schema.from_dict(made)(unknown=RAISE), body, None)


def input_field(spec: Field, *, required: bool) -> fields.Field[Any]:
    """The marshmallow field that reads values of `spec`."""
    options: dict[str, Any] = {"required": required, "allow_none": not spec.required}
    options["metadata"] = described(spec)
    if spec.kind is Kind.CHOICES:
        return Codes(Words(), **options)
    if spec.kind is Kind.JSON:
        return fields.Raw(**options)
    if spec.kind in (Kind.QUANTITY, Kind.MONEY, Kind.PERCENT, Kind.RATE):
        return Exact(as_string=True, **options)
    if spec.kind.is_file:
        options["metadata"] = {"description": str(SENT_FIRST)} | options["metadata"]
    if spec.kind in _IDS:
        return _IDS[spec.kind](strict=True, **options)
    return _SIMPLE.get(spec.kind, Words)(**options)


_IDS: dict[Kind, type[fields.Integer]] = {
    Kind.INTEGER: Whole,
    Kind.LINK: LinkId,
    Kind.FILE: FileId,
    Kind.IMAGE: FileId,
}
_SIMPLE: dict[Kind, type[fields.Field[Any]]] = {Kind.DATE: Day, Kind.DATE_TIME: Moment, Kind.BOOLEAN: YesNo}


def described(spec: Field) -> dict[str, Any]:
    """What OpenAPI says of a field beside its type, in the reader's language."""
    found: dict[str, Any] = {"title": str(spec.label)}
    if spec.help:
        found["description"] = str(spec.help)
    if spec.kind.is_text and spec.max_length:
        found["maxLength"] = spec.max_length
    if spec.options is not None and spec.kind is Kind.CHOICE:
        found["enum"] = [*spec.options, *([] if spec.required else [None])]
    if spec.list:
        found["x-list"] = spec.list
    if spec.kind in _FORMATS:
        found["format"] = _FORMATS[spec.kind]
    return found


_FORMATS = {
    Kind.EMAIL: "email",
    Kind.URL: "uri",
    Kind.MONEY: "decimal",
    Kind.QUANTITY: "decimal",
    Kind.PERCENT: "decimal",
    Kind.RATE: "decimal",
}


def _schema(env: Env, shape: Shape) -> type[Schema]:
    known = _schemas.setdefault(env.actor, {})
    key = (shape.info.model, env.enabled, current_locale())
    if key not in known:
        known[key] = Schema.from_dict(
            {
                name: input_field(spec, required=False)
                for name, spec in shape.fields.items()
                if not shape.is_masked(name)
            },
            name=f"{shape.info.key}.change",
        )
    return known[key]


_schemas: WeakKeyDictionary[Actor, dict[Any, type[Schema]]] = WeakKeyDictionary()


def loaded(schema: Schema, body: Mapping[str, Any], shape: Shape | None) -> dict[str, Any]:
    """What the schema makes of the body. Raises `Invalid` with a message at each field that is wrong."""
    try:
        found: dict[str, Any] = schema.load(body, unknown=RAISE)
    except ValidationError as error:
        raise Invalid(_problems(error.messages_dict, schema, shape)) from error
    return found


def _problems(messages: Mapping[str, Any], schema: Schema, shape: Shape | None) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for name, problem in messages.items():
        if name in schema.fields:
            found[name] = _flat(problem)
        else:
            found[name] = [_unexpected(name, shape)]
    return found


def _unexpected(name: str, shape: Shape | None) -> Text:
    """Why a name is not taken. A hidden field and one that does not exist get the same answer."""
    if shape is None:
        return UNKNOWN
    relations = {spec.relation for spec in shape.fields.values() if spec.kind is Kind.LINK}
    return READ_ONLY if name in shape.fields or name in relations or name == "id" else UNKNOWN


def _flat(problem: Any) -> list[Message]:
    if isinstance(problem, Mapping):
        return [message for part in problem.values() for message in _flat(part)]
    return [str(message) for message in problem] if isinstance(problem, list) else [str(problem)]
