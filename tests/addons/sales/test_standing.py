"""Balance and state are worked out, never typed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from addons.sales.standing import NOT_DUE, OVERDUE, PAID, PARTIAL, VOID, Claim, Standing, standing

DAY = date(2026, 6, 15)
YESTERDAY = DAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("received", "credited", "due", "is_void", "state"),
    [
        (0, 0, DAY, False, NOT_DUE),
        (0, 0, None, False, NOT_DUE),
        (1, 0, DAY, False, PARTIAL),
        (0, 1, DAY, False, PARTIAL),
        (0, 0, YESTERDAY, False, OVERDUE),
        (99, 0, YESTERDAY, False, OVERDUE),
        (60, 40, YESTERDAY, False, PAID),
        (0, 0, YESTERDAY, True, VOID),
    ],
)
def test_the_state_follows_from_money_and_day(
    received: int, credited: int, due: date | None, is_void: bool, state: str
) -> None:
    claim = Claim(Decimal(100), Decimal(received), Decimal(credited), due, is_void=is_void)

    assert claim.state(DAY) == state
    assert claim.balance == (0 if is_void else 100 - received - credited)


def test_an_order_counts_what_is_not_void() -> None:
    claims = [
        Claim(Decimal(30), Decimal(30), due_on=YESTERDAY),
        Claim(Decimal(60), Decimal(10), Decimal(5), due_on=DAY),
        Claim(Decimal(9), due_on=None),
        Claim(Decimal(500), due_on=YESTERDAY, is_void=True),
    ]

    found = standing(Decimal(100), claims, is_owed=True)

    assert found == Standing(Decimal(40), Decimal(5), Decimal(55), 3, 1, DAY)
    assert standing(Decimal(100), claims, is_owed=False).outstanding == 0
