"""One declaration of a field, read by forms, API, lists, filters, search, history, import and access alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Integer, String
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, mapped_column

from core.i18n import Text, _
from core.orm import types

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.model import Model


class Kind(StrEnum):
    """What a field holds, which decides its control, its operators and how it is shown."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    QUANTITY = "quantity"
    MONEY = "money"
    PERCENT = "percent"
    RATE = "rate"
    DATE = "date"
    DATE_TIME = "date_time"
    CHOICE = "choice"
    CHOICES = "choices"
    BOOLEAN = "boolean"
    LINK = "link"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    FILE = "file"
    IMAGE = "image"
    SERIAL = "serial"
    JSON = "json"

    @property
    def is_number(self) -> bool:
        return self in NUMBERS

    @property
    def is_text(self) -> bool:
        return self in TEXTS

    @property
    def is_file(self) -> bool:
        return self in FILES


NUMBERS = frozenset({Kind.INTEGER, Kind.QUANTITY, Kind.MONEY, Kind.PERCENT, Kind.RATE})
FILES = frozenset({Kind.FILE, Kind.IMAGE})
TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.PHONE, Kind.EMAIL, Kind.URL, Kind.SERIAL})


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a model, complete.

    `name` is the attribute's name and `model` the model's key, both set when the model is described. `target` is
    the key of the model that a link leads to. `list` names the editable list of a choice; `options` are fixed
    choices (code → label), `tones` their colours. `template` is a serial number's pattern, `C{####}` for C0001, and
    `number_at` the transition that gives the number, where it is not given when the record is created.
    """

    kind: Kind
    label: Text
    name: str = ""
    model: str = ""
    help: Text | None = None
    required: bool = False
    unique: bool = False
    readonly: bool = False
    search: bool = False
    sort: bool = False
    filter: bool = True
    history: bool = True
    due: bool = False
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    list: str = ""
    options: Mapping[str, Text] | None = None
    tones: Mapping[str, str] | None = None
    target: str = ""
    template: str = ""
    number_at: str = ""
    currency: str = ""
    """Of an amount: the link of its record to what it is in, which has a `code` and `decimals`; empty for the company's
    own currency. `order_id.currency_id` is that of what a link leads to; a part has that of its whole."""
    default: Any = None
    addon: str = ""
    check: Callable[[Any], Text | None] | None = None
    """An extra rule on one value: returns what is wrong, or None."""
    words: Callable[[Env, Any, Model | None], str] | None = None
    """Says a value that is no text for people: gets the value and its record, None where that is not at hand."""

    def __hash__(self) -> int:
        # Its options are a dictionary, which has no hash.
        return hash((self.model, self.name, self.kind))

    @property
    def relation(self) -> str:
        """The name under which filters reach through a link: `department` for `department_id`."""
        return self.name.removesuffix("_id")

    def read(self, record: Model) -> Any:
        """The record's value, as Python has it."""
        return getattr(record, self.name)

    def bind(self, **known: Any) -> Field:
        """The same field with what is only known once its model is mapped."""
        return replace(self, **known)


def field(
    type_: Any,
    *,
    label: Text,
    kind: Kind | None = None,
    help: Text | None = None,
    required: bool = False,
    unique: bool = False,
    readonly: bool = False,
    search: bool = False,
    sort: bool = False,
    filter: bool = True,
    history: bool = True,
    due: bool = False,
    minimum: int | Decimal | None = None,
    maximum: int | Decimal | None = None,
    list: str = "",
    options: Mapping[str, Text] | None = None,
    tones: Mapping[str, str] | None = None,
    template: str = "",
    number_at: str = "",
    currency: str = "",
    default: Any = None,
    index: bool = False,
    check: Callable[[Any], Text | None] | None = None,
    words: Callable[[Env, Any, Model | None], str] | None = None,
    **column: Any,
) -> MappedColumn[Any]:
    """A mapped column whose `info["field"]` is its typed `Field`.

    `type_` is a SQLAlchemy type, one of `core.orm.types`, or a `ForeignKey`. `sort=True` gives the column the
    indexes that let a list of any size sort by it (at most four a model). With `search=True` records are found by what
    is in the field; by a link, by what the record that it leads to is called. `unique` holds among what is not deleted.
    `index` adds a plain index for filtering. A date that is `due` is shown as overdue once it has passed.
    `currency` names the link that says what an amount is in. `words(env, value, record)` says a code or a structure
    as people read it, on pages and in the history; the API keeps the value.
    """
    rules: dict[str, Any] = {"required": required, "unique": unique, "readonly": readonly, "due": due}
    uses: dict[str, Any] = {"search": search, "sort": sort, "filter": filter, "history": history}
    spec = Field(
        kind=kind or _kind_of(type_, list, options, template),
        label=label,
        help=help,
        list=list,
        options=options,
        tones=tones,
        template=template,
        number_at=number_at,
        currency=currency,
        default=default,
        check=check,
        words=words,
        **rules,
        **uses,
        **_bounds(type_, minimum, maximum),
    )
    return _column(type_, spec, index=index, given=column)


def field_of(attribute: Any) -> Field:
    """The `Field` of a mapped attribute, as declared."""
    column = cast("InstrumentedAttribute[Any]", attribute).property.columns[0]
    return cast("Field", column.info["field"])


def _bounds(type_: Any, minimum: int | Decimal | None, maximum: int | Decimal | None) -> dict[str, Any]:
    """How long and how large values may be: as declared, else as the type has it."""
    largest = getattr(type_, "largest", None)
    return {
        "max_length": getattr(type_, "length", None) or getattr(getattr(type_, "impl", None), "length", None),
        "minimum": None if minimum is None else Decimal(minimum),
        "maximum": largest if maximum is None else Decimal(maximum),
    }


def _column(type_: Any, spec: Field, *, index: bool, given: dict[str, Any]) -> MappedColumn[Any]:
    is_link = isinstance(type_, ForeignKey)
    arguments: tuple[Any, ...] = (types.Id, type_) if is_link else (_portable(type_),)
    if spec.default is not None and not callable(spec.default):
        given.setdefault("default", spec.default)
    given.setdefault("nullable", not spec.required)
    info = {"field": spec, "index": index or is_link}
    return mapped_column(*arguments, active_history=True, info=info, **given)


def _portable(type_: Any) -> Any:
    """Plain text sorts by code point on both engines."""
    return types.ShortText(type_.length) if type(type_) is String and type_.length else type_


def _kind_of(type_: Any, list_: str, options: Any, template: str) -> Kind:
    if isinstance(type_, ForeignKey):
        return Kind.LINK
    if template:
        return Kind.SERIAL
    if (list_ or options is not None) and not isinstance(type_, types.Choices):
        return Kind.CHOICE
    for candidate, kind in _KINDS:
        if isinstance(type_, candidate) or (isinstance(type_, type) and issubclass(type_, candidate)):
            return kind
    raise TypeError(f"No kind of field is stored as {type_!r}.")


_KINDS: tuple[tuple[Any, Kind], ...] = (
    (types.Image, Kind.IMAGE),
    (types.File, Kind.FILE),
    (types.Choices, Kind.CHOICES),
    (types.Choice, Kind.CHOICE),
    (types.Money, Kind.MONEY),
    (types.Quantity, Kind.QUANTITY),
    (types.Percent, Kind.PERCENT),
    (types.Rate, Kind.RATE),
    (types.UTCDateTime, Kind.DATE_TIME),
    (types.Email, Kind.EMAIL),
    (types.Phone, Kind.PHONE),
    (types.Url, Kind.URL),
    (types.LongText, Kind.LONG_TEXT),
    (Boolean, Kind.BOOLEAN),
    (Date, Kind.DATE),
    (SqlText, Kind.LONG_TEXT),
    (String, Kind.TEXT),
    (Integer, Kind.INTEGER),
    (BigInteger, Kind.INTEGER),
    (type(types.Json), Kind.JSON),
)

__all__ = ["FILES", "NUMBERS", "TEXTS", "Field", "Kind", "_", "field", "field_of"]
