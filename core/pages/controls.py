"""Form controls: one WTForms field per `Field`, which parses what was typed, keeps it and checks it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from wtforms import Field as BaseField
from wtforms.meta import DefaultMeta
from wtforms.validators import ValidationError

from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.validation import Refused, clean
from core.orm.values import decimal_text
from core.pages.cells import Cells

if TYPE_CHECKING:
    from core.env import Env

REQUIRED = _("Please fill in this field.")
NO_NUMBER = _("Please enter a number.")
NO_DATE = _("Please enter a date, such as 2026-01-31.")
NO_MOMENT = _("Please enter a date and a time.")
NO_RECORD = _("Please choose an existing record.")


@dataclass(frozen=True, slots=True)
class Ways:
    """How controls are filled in otherwise than usual.

    `narrow` says, per link field, among which records to look: conditions in the filter language. `chips` are the
    fields that are answered with one tap. `phrases`: text field → the list of sentences that are offered for it.
    """

    narrow: Mapping[str, str] = field(default_factory=dict)
    chips: Collection[str] = ()
    phrases: Mapping[str, str] = field(default_factory=dict)


class Surroundings(DefaultMeta):
    """What the controls of one form need to know: the reader, and how values are shown to them."""

    def __init__(self, env: Env, cells: Cells, ways: Ways) -> None:
        self.env, self.cells, self.ways = env, cells, ways


class Control(BaseField):
    """The control of one field. `text` is what it shows: as typed, even where that is no value.

    A control that the browser did not send keeps its value; a box that is not ticked is not sent.
    """

    meta: Surroundings

    def __init__(self, *, spec: Field, **kwargs: Any) -> None:
        super().__init__(label=str(spec.label), **kwargs)
        self.spec = spec
        self.text: Any = ""
        self.labelled_by = ""
        """The ids of what names it, where that is no label of its own: the head of its column and of its row."""

    def process_data(self, value: Any) -> None:
        """Shows a value."""
        self.data = value
        self.text = to_text(self.spec, value, self.meta.env)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Takes what was typed. Raises `ValueError` with the message for the user."""
        if not valuelist and self.spec.kind not in UNSENT_WHEN_EMPTY:
            return
        self.text = list(valuelist) if self.spec.kind is Kind.CHOICES else (valuelist or [""])[0]
        self.data = from_text(self.spec, self.text, self.meta.env)

    def pre_validate(self, form: Any) -> None:
        """Checks the value by the rules of its field, the same as everywhere else."""
        if self.process_errors:
            return
        if self.is_required and self.data in (None, "", []):
            raise ValidationError(REQUIRED)
        try:
            self.data = clean(self.spec, self.data, self.meta.env.lists)
        except Refused as refused:
            raise ValidationError(refused.message) from refused

    @property
    def is_required(self) -> bool:
        """Whether it must be filled in; a serial number fills itself, a box always has a value."""
        return self.spec.required and self.spec.kind not in (Kind.SERIAL, Kind.BOOLEAN)


SOUGHT = "?"
"""Begins the text of a link of which it is not known yet what it means: a name or a code from a spreadsheet."""

UNSENT_WHEN_EMPTY = (Kind.BOOLEAN, Kind.CHOICES)


def to_text(spec: Field, value: Any, env: Env) -> Any:
    """What a control shows for a value: text, or a list of codes."""
    if spec.kind is Kind.CHOICES:
        return list(value or ())
    if value is None:
        return ""
    if spec.kind is Kind.BOOLEAN:
        return "1" if value else ""
    if isinstance(value, datetime):
        return value.astimezone(env.timezone).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return decimal_text(value) if isinstance(value, Decimal) else str(value)


def from_text(spec: Field, text: Any, env: Env) -> Any:
    """The value of what was typed, None for nothing. Raises `ValueError` with the message for the user."""
    if spec.kind is Kind.CHOICES:
        return [code for code in text if code]
    if spec.kind is Kind.BOOLEAN:
        return text not in ("", "0", "false")
    text = str(text)
    if not text.strip():
        return None
    if spec.kind.is_number:
        return number_of(text)
    if spec.kind is Kind.DATE:
        return _day_of(text)
    if spec.kind is Kind.DATE_TIME:
        return _moment_of(text, env)
    return _id_of(text) if spec.kind is Kind.LINK or spec.kind.is_file else text


def number_of(text: str) -> Decimal:
    """The number that people mean: 1,234.5 and 1234,5, full-width digits, with a currency or percent sign."""
    plain = _SIGNS.sub("", unicodedata.normalize("NFKC", text))
    if "," in plain and "." in plain:
        group = "," if plain.rindex(".") > plain.rindex(",") else "."
        plain = plain.replace(group, "")
    elif plain.count(",") == 1 and not _GROUPED.fullmatch(plain):
        plain = plain.replace(",", ".")
    elif _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise ValueError(NO_NUMBER)
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(NO_NUMBER) from error


_SIGNS = re.compile(r"(?:NT\$|US\$|[$€£¥%'_\s])", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+")
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})")


def _day_of(text: str) -> date:
    parts = _SEPARATORS.sub("-", unicodedata.normalize("NFKC", text).strip().rstrip("日")).split("-")
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(NO_DATE) from error


_SEPARATORS = re.compile(r"\s*[-/.年月]\s*")


def _moment_of(text: str, env: Env) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError as error:
        raise ValueError(NO_MOMENT) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=env.timezone)


def _id_of(text: str) -> int:
    if not text.strip().isdecimal() or len(text) > 18:
        raise ValueError(NO_RECORD)
    return int(text)


def choices_for(control: Control) -> Mapping[str, str]:
    """Code → label of what may be chosen: active values, and those that the record still holds."""
    spec, env = control.spec, control.meta.env
    if spec.options is not None:
        return {code: str(label) for code, label in spec.options.items()}
    held = control.object_data or ()
    kept = {held} if isinstance(held, str) else set(held)
    values = env.lists.values(spec.list)
    return {code: value.label for code, value in values.items() if value.is_active or code in kept}
