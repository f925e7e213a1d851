"""Money never goes to a receivable beyond its balance, nor from a receipt beyond its amount."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from addons.sales.allocation import Excess, Owed, excesses, latest_first, oldest_first, surplus

DAY = date(2026, 6, 15)
amounts = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)
days = st.none() | st.integers(-400, 400).map(lambda n: DAY + timedelta(days=n))


@st.composite
def owed(draw: st.DrawFn) -> list[Owed]:
    rows = draw(st.lists(st.tuples(amounts, days), max_size=8))
    return [Owed(id, balance, day) for id, (balance, day) in enumerate(rows, 1)]


@given(amounts, owed())
def test_all_that_can_be_is_allocated_and_no_more(amount: Decimal, rows: list[Owed]) -> None:
    balances = {row.id: row.balance for row in rows}

    for found in (oldest_first(amount, rows), latest_first(amount, rows)):
        assert excesses(list(found.items()), balances) == []
        assert all(part > 0 for part in found.values())
        assert sum(found.values()) == min(amount, sum(balances.values()))


@given(amounts, owed())
def test_nothing_goes_to_a_younger_one_while_an_older_one_is_owed(amount: Decimal, rows: list[Owed]) -> None:
    found = oldest_first(amount, rows)

    for older in rows:
        younger = [row for row in rows if _day(row) > _day(older)]
        if found.get(older.id, Decimal(0)) < older.balance:
            assert not any(row.id in found for row in younger)


def _day(row: Owed) -> date:
    return row.due_on or date.max


def test_one_without_a_day_comes_last_and_the_lower_id_decides() -> None:
    rows = [Owed(1, Decimal(5)), Owed(3, Decimal(5), DAY), Owed(2, Decimal(5), DAY)]

    assert oldest_first(Decimal(12), rows) == {2: 5, 3: 5, 1: 2}
    assert latest_first(Decimal(12), rows) == {1: 5, 3: 5, 2: 2}


def test_a_receivable_that_stands_twice_gets_the_sum() -> None:
    allocations = [(1, Decimal(60)), (2, Decimal(10)), (1, Decimal(50))]

    assert excesses(allocations, {1: Decimal(100), 2: Decimal(10)}) == [Excess(1, Decimal(110), Decimal(100))]
    assert excesses(allocations, {1: Decimal(110)}) == [Excess(2, Decimal(10), Decimal(0))]
    assert surplus(Decimal(100), allocations) == -20
