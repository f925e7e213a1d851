"""What a cell means for a field: one converter per column, made once and used for every row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.exchange.imports.dates import from_serial, read_date, read_moment
from core.exchange.imports.reading import Cell
from core.i18n import LOCALES, Text, _, use_locale
from core.orm.field import Field, Kind
from core.orm.validation import Refused

if TYPE_CHECKING:
    from core.env import Env

Convert = Callable[[Cell], Any]

YES = frozenset("yes y true t 1 是 對 有 v ✓ ✔ ○ 真".split())
NO = frozenset("no n false f 0 否 非 無 无 不 x ✗ ✘ × 假".split())
SEPARATORS = re.compile(r"[,;、；，|/\n]+")
EMPTY = frozenset({"", "-", "--", "n/a", "na", "null", "none", "無資料"})
"""What stands in a cell that is meant to be empty."""

_CURRENCY = r"NT\$|NTD|TWD|US\$|USD|RMB|CNY|[$¥€£]"
_AMOUNT = re.compile(rf"^(?:{_CURRENCY})?\s*(.*?)\s*(?:元|圓|整|%|{_CURRENCY})*$", re.IGNORECASE)
_MOBILE_DIGITS, _BUSINESS_DIGITS = 9, 8


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells are read. `zone` is the clock that times without a zone are on.

    `day_first` decides on 03/04/2026. `values` maps the text of a cell to a code, as a person has said.
    """

    zone: ZoneInfo
    day_first: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


def converter(env: Env, spec: Field, reading: Reading) -> Convert:
    """What turns a cell into a value of the field, as `clean` takes it. It raises `Refused`.

    Links are not for this: their names are looked up for many rows at once.
    """
    if spec.kind in (Kind.CHOICE, Kind.CHOICES):
        return _choice(env, spec, reading)
    if spec.kind in (Kind.INTEGER, Kind.QUANTITY, Kind.MONEY, Kind.PERCENT, Kind.RATE):
        return _number
    if spec.kind is Kind.DATE:
        return lambda cell: _date(cell, reading)
    if spec.kind is Kind.DATE_TIME:
        return lambda cell: _moment(cell, reading)
    if spec.kind is Kind.BOOLEAN:
        return _yes_or_no
    if spec.kind is Kind.PHONE:
        return _phone
    if spec.check is not None and spec.max_length:
        return lambda cell: _with_zeros(spec, text_of(cell))
    return text_of


def is_empty(cell: Cell) -> bool:
    """Whether nothing is meant to be in the cell."""
    return cell is None or (isinstance(cell, str) and cell.strip().lower() in EMPTY)


def text_of(cell: Cell) -> str | None:
    """The cell as text. A spreadsheet keeps 12345678 as the number 12345678.0; nobody means the point."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    # An apostrophe keeps what follows from being taken for a formula; it is no part of the text.
    text = str(cell)
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def key_of(text: str) -> str:
    """One form for texts that mean the same choice: width, case, spaces, 臺 and 台."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("臺", "台")
    return "".join(folded.split())


def labels_of(env: Env, spec: Field) -> dict[str, str]:
    """Text, in the form of `key_of`, → code: the labels of a choice in every language, and the codes themselves."""
    found: dict[str, str] = {}
    for code, labels in _choices(env, spec):
        for label in (*labels, code):
            found.setdefault(key_of(label), code)
    return found


def _choices(env: Env, spec: Field) -> Iterator[tuple[str, list[str]]]:
    if spec.options is None:
        for code, value in env.lists.values(spec.list).items():
            yield code, list(value.labels.values())
        return
    for code, label in spec.options.items():
        yield code, [_said(label, locale) for locale in LOCALES]


def _said(label: Text, locale: str) -> str:
    with use_locale(locale):
        return str(label)


def _choice(env: Env, spec: Field, reading: Reading) -> Convert:
    known = labels_of(env, spec) | {key_of(text): code for text, code in reading.values.items()}

    def one(text: str) -> str:
        code = known.get(key_of(text))
        if code is None:
            raise Refused(_("“{value}” is not in the list.", value=text.strip()[:60]))
        return code

    def convert(cell: Cell) -> str | list[str] | None:
        text = text_of(cell) or ""
        if spec.kind is Kind.CHOICES:
            return [one(part) for part in SEPARATORS.split(text) if part.strip()]
        return one(text) if text.strip() else None

    return convert


def _number(cell: Cell) -> Decimal | None:
    if isinstance(cell, bool | date):
        raise Refused(_("Please enter a number."))
    if isinstance(cell, int | float):
        # Of a binary fraction only the digits that a person has seen are meant: 0.1, not 0.1000000000000000055.
        return Decimal(repr(cell))
    text = unicodedata.normalize("NFKC", cell or "").strip()
    if not text:
        return None
    negative = text.startswith("(") and text.endswith(")")
    found = _AMOUNT.match(text.strip("()"))
    digits = (found[1] if found else text).replace(",", "").replace(" ", "")
    try:
        number = Decimal(digits)
    except InvalidOperation as error:
        raise Refused(_("Please enter a number.")) from error
    return -number if negative else number


def _date(cell: Cell, reading: Reading) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _day_of_number(cell)
    found = read_date(cell or "", day_first=reading.day_first) if isinstance(cell, str) else None
    if found is None and isinstance(cell, str):
        moment = read_moment(cell, reading.zone, day_first=reading.day_first)
        found = moment.date() if moment else None
    if found is None:
        raise Refused(_("Please enter a date, such as 2026-01-31."))
    return found


def _day_of_number(number: float) -> date:
    # 20260131 and 1150131 as numbers are dates without separators; smaller ones are a spreadsheet's days.
    found = read_date(str(int(number))) if number > 200_000 else None
    serial = from_serial(number)
    if found is None and serial is None:
        raise Refused(_("Please enter a date, such as 2026-01-31."))
    return found or serial.date()  # type: ignore[union-attr]


def _moment(cell: Cell, reading: Reading) -> datetime | None:
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        cell = from_serial(cell)
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=reading.zone)
    if isinstance(cell, date):
        return datetime.combine(cell, time(), reading.zone)
    found = read_moment(cell, reading.zone, day_first=reading.day_first) if isinstance(cell, str) else None
    if found is None:
        raise Refused(_("Please enter a date and a time."))
    return found


def _yes_or_no(cell: Cell) -> bool:
    word = key_of(text_of(cell) or "")
    if word in YES:
        return True
    if word in NO:
        return False
    raise Refused(_("Please choose yes or no."))


def _with_zeros(spec: Field, text: str | None) -> str | None:
    """A code of digits that is only right with the zeros that a spreadsheet has taken from its beginning."""
    if text is None or spec.check is None or not text.isdecimal() or len(text) >= (spec.max_length or 0):
        return text
    longer = text.zfill(spec.max_length or 0)
    return longer if spec.check(text) is not None and spec.check(longer) is None else text


def _phone(cell: Cell) -> str | None:
    """A number that a spreadsheet took for one has lost its leading zero."""
    text = text_of(cell)
    if text is None or isinstance(cell, str):
        return text
    return f"0{text}" if len(text) in (_BUSINESS_DIGITS, _MOBILE_DIGITS) and text[0] in "23456789" else text
