"""The rules on one value, the same whether it came from a form, the API, an import or code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

import phonenumbers

from core.i18n import Text, _
from core.orm.field import Field, Kind
from core.orm.lists import Lists
from core.orm.types import Money, Percent, Quantity, Rate, Scaled

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")
_EXTENSION = re.compile(r"\s*(?:#|ext\.?|分機|分机|轉|转|x)\s*(\d{1,6})\s*$", re.IGNORECASE)
EARLIEST, LATEST = date(1850, 1, 1), date(2999, 12, 31)


NO_PHONE = _("Please enter a phone number, such as 02-2345-6789 or +886 912 345 678.")


class Refused(Exception):
    """The value breaks a rule; `message` says which."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message


def clean(field: Field, value: Any, lists: Lists) -> Any:
    """`value` in its normal form: trimmed, rounded to the column's scale, empty text as None.

    Raises `Refused`. Required-ness, uniqueness and links are checked by the service, which knows the record.
    """
    if isinstance(value, str):
        value = _text(field, value)
    if value is None or value == []:
        return None if field.kind is not Kind.CHOICES else []
    value = _BY_KIND.get(field.kind, _unchanged)(field, value)
    if field.kind in (Kind.CHOICE, Kind.CHOICES):
        _check_choice(field, value, lists)
    if field.check is not None:
        problem = field.check(value)
        if problem is not None:
            raise Refused(problem)
    return value


def _text(field: Field, value: str) -> str | None:
    value = unicodedata.normalize("NFC", value)
    is_long = field.kind is Kind.LONG_TEXT
    if not value.isprintable() and _has_control(value := _lines(value), "\n\t" if is_long else ""):
        if not is_long and value.strip("\n\t ").isprintable():
            value = value.strip()
        else:
            raise Refused(_("Please remove the invisible control characters."))
    value = value.strip()
    longest = field.max_length or (100_000 if is_long else None)
    if longest and len(value) > longest:
        raise Refused(_("At most {limit} characters; these are {length}.", limit=longest, length=len(value)))
    return value or None


def _lines(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _has_control(value: str, allowed: str) -> bool:
    return any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in value)


def _number(field: Field, value: Any) -> Decimal | int:
    try:
        number = Decimal(str(value).replace(",", "")) if not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise Refused(_("Please enter a number."))
    least, most = _bounds(field)
    if number < least:
        raise Refused(_("At least {limit}.", limit=least))
    if number > most:
        raise Refused(_("At most {limit}.", limit=most))
    if field.kind is Kind.INTEGER:
        if number != number.to_integral_value():
            raise Refused(_("Please enter a whole number."))
        return int(number)
    scale = Rate.scale if field.kind is Kind.RATE else Scaled.scale
    return number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)


def _bounds(field: Field) -> tuple[Decimal, Decimal]:
    """What the field allows, within what its column can hold."""
    largest = _LARGEST.get(field.kind, Decimal(2**31 - 1))
    least = -largest if field.minimum is None else max(field.minimum, -largest)
    most = largest if field.maximum is None else min(field.maximum, largest)
    return least, most


_LARGEST: dict[Kind, Decimal] = {
    Kind.MONEY: Money.largest,
    Kind.QUANTITY: Quantity.largest,
    Kind.PERCENT: Percent.largest,
    Kind.RATE: Rate.largest,
}


def _date(field: Field, value: Any) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise Refused(_("Please enter a date, such as 2026-01-31."))
    return _within(value)


def _date_time(field: Field, value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Refused(_("Please enter a date and a time."))
    _within(value.date())
    return value


def _within(value: date) -> date:
    if not EARLIEST <= value <= LATEST:
        raise Refused(_("Please check the year."))
    return value


def _boolean(field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(_("Please choose yes or no."))
    return value


def _email(field: Field, value: Any) -> str:
    if not isinstance(value, str) or not is_email(value):
        raise Refused(_("Please enter an e-mail address, such as name@example.com."))
    return value


def is_email(text: str) -> bool:
    """Whether it looks like an e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def _phone(field: Field, value: Any) -> str:
    """Kept as typed; refused only if it cannot be a number of its country."""
    if not isinstance(value, str):
        raise Refused(NO_PHONE)
    try:
        parsed = phonenumbers.parse(_EXTENSION.sub("", value), "TW")
    except phonenumbers.NumberParseException as error:
        raise Refused(NO_PHONE) from error
    if phonenumbers.is_valid_number(parsed):
        return value
    # Without an area code it is a number of the place, of which no more is known.
    if value.lstrip("( （").startswith(("0", "+", "０", "＋")):
        _check_length(parsed)
    if not phonenumbers.is_possible_number(parsed):
        raise Refused(NO_PHONE)
    return value


def _check_length(number: phonenumbers.PhoneNumber) -> None:
    """Refuses a number that only a few digits more, or fewer, make one in use.

    The lengths that a country has at all say little: in Taiwan they are 7 to 11, but of a mobile number 9.
    """
    country, digits = f"+{number.country_code}", phonenumbers.national_significant_number(number)
    if any(_is_in_use(country + digits + "0" * missing) for missing in (1, 2, 3)):
        raise Refused(_("This number has too few digits for {country}.", country=country))
    if any(_is_in_use(country + digits[:-extra]) for extra in (1, 2, 3)):
        raise Refused(_("This number has too many digits for {country}.", country=country))


def _is_in_use(text: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return False


def _url(field: Field, value: Any) -> str:
    wrong = Refused(_("Please enter a web address, such as https://example.com."))
    if not isinstance(value, str) or any(c.isspace() for c in value):
        raise wrong
    address = value if "://" in value else f"https://{value}"
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise wrong from error
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or parts.username:
        raise wrong
    return address


def _link(field: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise Refused(_("Please choose an existing record."))
    return value


def _file(field: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise Refused(_("Please choose a file."))
    return value


def _string(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(_("Please enter text."))
    return value


def _strings(field: Field, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise Refused(_("Please choose from the list."))
    return list(dict.fromkeys(value))


def _unchanged(field: Field, value: Any) -> Any:
    return value


def _check_choice(field: Field, value: str | list[str], lists: Lists) -> None:
    allowed = set(field.options) if field.options is not None else set(lists.values(field.list))
    for code in [value] if isinstance(value, str) else value:
        if code not in allowed:
            raise Refused(_("“{value}” is not in the list.", value=code[:60]))


_BY_KIND: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.TEXT: _string,
    Kind.LONG_TEXT: _string,
    Kind.SERIAL: _string,
    Kind.CHOICE: _string,
    Kind.CHOICES: _strings,
    Kind.INTEGER: _number,
    Kind.MONEY: _number,
    Kind.QUANTITY: _number,
    Kind.PERCENT: _number,
    Kind.RATE: _number,
    Kind.DATE: _date,
    Kind.DATE_TIME: _date_time,
    Kind.BOOLEAN: _boolean,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.URL: _url,
    Kind.LINK: _link,
    Kind.FILE: _file,
    Kind.IMAGE: _file,
}
