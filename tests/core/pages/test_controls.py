"""What people type, as values."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.i18n import _
from core.orm.field import Field, Kind
from core.pages.controls import from_text, number_of, to_text
from core.testing.cast import Cast


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1200", "1200"),
        ("1,234,567.5", "1234567.5"),
        ("1.234,5", "1234.5"),
        ("12,5", "12.5"),
        ("1,234", "1234"),
        ("１２，３４５", "12345"),
        ("NT$ 1,200", "1200"),
        ("12.5 %", "12.5"),
        ("-3", "-3"),
        (".5", "0.5"),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, number: str) -> None:
    assert number_of(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["abc", "1e5", "1,2,3", "--1", "NaN", "Infinity", "1 2 x", "１二"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Please enter a number"):
        number_of(typed)


@pytest.mark.parametrize("typed", ["2026-01-31", "2026/1/31", "2026.1.31", "2026年1月31日", "２０２６-０１-３１"])
def test_dates_are_read_as_people_write_them(cast: Cast, typed: str) -> None:
    with cast.env("sales", write=False) as env:
        assert from_text(Field(Kind.DATE, _("Day")), typed, env) == date(2026, 1, 31)


@pytest.mark.parametrize("typed", ["31.1.2026x", "2026-02-30", "yesterday", "20260131"])
def test_what_is_no_date_is_refused(cast: Cast, typed: str) -> None:
    with cast.env("sales", write=False) as env, pytest.raises(ValueError, match="such as 2026-01-31"):
        from_text(Field(Kind.DATE, _("Day")), typed, env)


def test_moments_are_typed_and_shown_where_the_reader_is(cast: Cast) -> None:
    spec, moment = Field(Kind.DATE_TIME, _("When")), datetime(2026, 1, 31, 1, 30, tzinfo=UTC)

    with cast.env("sales", write=False) as env:
        assert to_text(spec, moment, env) == "2026-01-31T09:30"
        assert from_text(spec, "2026-01-31T09:30", env) == moment


def test_nothing_typed_is_none(cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        assert [from_text(Field(kind, _("F")), "  ", env) for kind in (Kind.TEXT, Kind.MONEY, Kind.LINK)] == [None] * 3
        assert from_text(Field(Kind.CHOICES, _("F")), [""], env) == []


@pytest.mark.parametrize("typed", ["abc", "-1", "1.5", "9" * 30, "²"])
def test_a_link_takes_ids_only(cast: Cast, typed: str) -> None:
    with cast.env("sales", write=False) as env, pytest.raises(ValueError, match="existing record"):
        from_text(Field(Kind.LINK, _("F")), typed, env)
