"""Instalments add up to the total, whatever the total, the shares and the currency."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.sales.instalments import ACCEPTANCE, DELIVERY, ORDER, Step, cut, due_on, instalments

DAY = date(2026, 2, 10)
decimals = st.integers(0, 4)
percents = st.lists(st.integers(0, 10_000).map(lambda n: Decimal(n) / 100), min_size=1, max_size=12).filter(any)


@st.composite
def totals(draw: st.DrawFn) -> tuple[Decimal, int]:
    places = draw(decimals)
    return Decimal(draw(st.integers(0, 10**14))).scaleb(-places), places


@given(totals(), percents)
def test_parts_add_up_and_none_is_negative_or_finer_than_the_currency(
    total: tuple[Decimal, int], shares: list[Decimal]
) -> None:
    amount, places = total
    unit = Decimal(1).scaleb(-places)

    parts = cut(amount, shares, decimals=places)

    assert sum(parts) == amount
    assert all(part >= 0 and part % unit == 0 for part in parts)


@given(totals(), percents)
def test_no_part_is_more_than_a_unit_off_its_share(total: tuple[Decimal, int], shares: list[Decimal]) -> None:
    amount, places = total
    unit, whole = Decimal(1).scaleb(-places), sum(shares)

    for part, share in zip(cut(amount, shares, decimals=places), shares, strict=True):
        assert abs(part - amount * share / whole) <= unit


def test_a_total_that_does_not_divide_is_cut_to_the_dollar() -> None:
    assert cut(Decimal(100), [Decimal(1)] * 3, decimals=0) == [33, 34, 33]
    thirds = [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]
    assert cut(Decimal(100), [Decimal(1)] * 3, decimals=2) == thirds


@pytest.mark.parametrize("shares", [[], [Decimal(0)], [Decimal(110), Decimal(-10)]])
def test_shares_that_make_no_sense_are_refused(shares: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="Shares"):
        cut(Decimal(100), shares, decimals=0)


def test_thirty_sixty_ten_wait_for_what_they_are_paid_on() -> None:
    steps = [
        Step("訂金", Decimal(30), ORDER, 7),
        Step("交貨", Decimal(60), DELIVERY, 30),
        Step("驗收", Decimal(10), ACCEPTANCE),
    ]

    found = instalments(Decimal(99_999), steps, decimals=0, days={ORDER: DAY, DELIVERY: date(2026, 3, 1)})

    assert [(each.step.label, each.amount, each.due_on) for each in found] == [
        ("訂金", 30_000, DAY + timedelta(days=7)),
        ("交貨", 59_999, date(2026, 3, 31)),
        ("驗收", 10_000, None),
    ]


def test_without_terms_it_is_one_that_is_due_at_once() -> None:
    (found,) = instalments(Decimal(5), [], decimals=0, days={ORDER: DAY})

    assert (found.amount, found.due_on) == (5, DAY)


def test_what_rounds_to_nothing_is_no_instalment() -> None:
    steps = [Step("a", Decimal(1)), Step("b", Decimal(99))]

    assert [each.amount for each in instalments(Decimal(10), steps, decimals=0, days={})] == [10]
    assert instalments(Decimal(0), steps, decimals=0, days={}) == []


@pytest.mark.parametrize(
    ("happens", "due"),
    [
        (date(2026, 2, 10), date(2026, 3, 30)),
        (date(2026, 2, 28), date(2026, 3, 30)),
        (date(2026, 12, 31), date(2027, 1, 30)),
        (date(2028, 2, 1), date(2028, 3, 30)),
        (None, None),
    ],
)
def test_thirty_days_from_the_end_of_the_month(happens: date | None, due: date | None) -> None:
    assert due_on(Step("", Decimal(100), DELIVERY, 30, month_end=True), happens) == due
