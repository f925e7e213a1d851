"""When an order changes, its receivables add up to the new total and keep what was settled."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from addons.sales.following import Followed, followed
from addons.sales.standing import Claim

DAY = date(2026, 6, 15)


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    found = []
    for place in range(draw(st.integers(0, 6))):
        amount = draw(st.integers(1, 10**8))
        received = draw(st.integers(0, amount) | st.just(0))
        credited = draw(st.integers(0, amount - received) | st.just(0))
        day = DAY + timedelta(days=draw(st.integers(-90, 90)))
        money = (Decimal(each) for each in (amount, received, credited))
        found.append(Claim(*money, day if place % 3 else None))
    return found


@given(st.integers(0, 10**9).map(Decimal), claims())
def test_they_add_up_to_the_new_total_and_none_falls_below_what_is_settled(total: Decimal, owed: list[Claim]) -> None:
    settled = sum(claim.received + claim.credited for claim in owed)

    found = followed(total, owed, decimals=0)

    assert (found is None) == (settled > total)
    if found is not None:
        assert sum(found.amounts) + found.more == total
        for claim, amount in zip(owed, found.amounts, strict=True):
            assert amount >= claim.received + claim.credited
            assert amount % 1 == 0


def test_what_is_not_paid_keeps_its_proportion() -> None:
    owed = [Claim(Decimal(30), Decimal(30)), Claim(Decimal(60)), Claim(Decimal(10))]

    assert followed(Decimal(170), owed, decimals=0) == Followed([Decimal(30), Decimal(120), Decimal(20)])
    assert followed(Decimal(30), owed, decimals=0) == Followed([Decimal(30), Decimal(0), Decimal(0)])


def test_more_than_all_that_is_paid_needs_a_receivable_of_its_own() -> None:
    assert followed(Decimal(50), [Claim(Decimal(30), Decimal(30))], decimals=0) == Followed([Decimal(30)], Decimal(20))


def test_partly_paid_ones_shrink_last_and_the_latest_first() -> None:
    early, late = Claim(Decimal(50), Decimal(10), due_on=DAY), Claim(Decimal(50), Decimal(20), due_on=date.max)

    found = followed(Decimal(60), [early, Claim(Decimal(7)), late], decimals=0)

    assert found == Followed([Decimal(40), Decimal(0), Decimal(20)])
    assert followed(Decimal(29), [early, late], decimals=0) is None
