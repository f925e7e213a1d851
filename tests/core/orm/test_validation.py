"""The rules on single values: telephone numbers, whose length depends on what they begin with."""

import pytest

from core.i18n import _
from core.orm.field import Field, Kind
from core.orm.lists import Lists
from core.orm.validation import Refused, clean

PHONE = Field(Kind.PHONE, _("Phone"), name="phone", max_length=40)


def cleaned(text: str) -> str:
    return str(clean(PHONE, text, Lists({})))


@pytest.mark.parametrize(
    "number",
    [
        "02-2345-6789",
        "(02) 2345-6789",
        "02-2345-6789 #12",
        "2345-6789",
        "0912-345-678",
        "+886 912 345 678",
        "0800-080-123",
        "037-123-456",
        "+81 3-1234-5678",
        "+1 650 253 0000",
        "+86 138 0013 8000",
    ],
)
def test_numbers_are_kept_as_typed(number: str) -> None:
    assert cleaned(number) == number


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("0912-345-67", "too few digits for +886"),
        ("02-2345-678", "too few digits for +886"),
        ("+886 912 345 67", "too few digits for +886"),
        ("0912-345-6789", "too many digits for +886"),
        ("02-2345-67890 #12", "too many digits for +886"),
        ("+1 650 253 00001", "too many digits for +1"),
        ("+81 3-1234-567", "too few digits for +81"),
        ("12", "Please enter a phone number"),
        ("call me", "Please enter a phone number"),
    ],
)
def test_numbers_of_impossible_length_are_refused(number: str, message: str) -> None:
    with pytest.raises(Refused, match=message.replace("+", r"\+")):
        cleaned(number)


@pytest.mark.parametrize("address", ["http://[", "example", "ftp://example.com", "https://me@example.com"])
def test_what_is_no_web_address_is_called_so(address: str) -> None:
    with pytest.raises(Refused, match="Please enter a web address"):
        clean(Field(Kind.URL, _("Website"), name="website", max_length=200), address, Lists({}))
