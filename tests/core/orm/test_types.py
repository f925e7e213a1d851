"""What is written comes back the same on both engines."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError

from core.orm.types import Money, Percent, Quantity, Rate, UTCDateTime
from core.site import Site

SQLITE, POSTGRESQL = sqlite.dialect(), postgresql.dialect()
TABLE = Table(
    "types_for_tests",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("money", Money()),
    Column("rate", Rate()),
    Column("quantity", Quantity()),
    Column("at", UTCDateTime()),
)


@given(st.decimals(min_value=-(10**13), max_value=10**13, places=4))
def test_money_is_exact_to_four_decimals(amount: Decimal) -> None:
    stored = Money().process_bind_param(amount, SQLITE)

    assert isinstance(stored, int)
    assert Money().process_result_value(stored, SQLITE) == amount


@pytest.mark.parametrize(
    ("type_", "value", "kept"),
    [
        (Money(), "0.00005", "0.0001"),
        (Money(), "-0.00005", "-0.0001"),
        (Money(), "12.34565", "12.3457"),
        (Percent(), "12.5", "12.5"),
        (Quantity(), "0.33333", "0.3333"),
        (Rate(), "32.123456785", "32.12345679"),
    ],
)
def test_numbers_round_half_up(type_: Any, value: str, kept: str) -> None:
    stored = type_.process_bind_param(Decimal(value), SQLITE)

    assert type_.process_result_value(stored, SQLITE) == Decimal(kept)


def test_values_survive_both_engines(site: Site) -> None:
    taipei = datetime(2026, 1, 31, 23, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))
    large = Decimal("99999999999999.9999")
    with site.engine.begin() as connection:
        TABLE.create(connection)
        connection.execute(
            insert(TABLE), {"id": 1, "money": large, "rate": Decimal("0.03125"), "quantity": 3, "at": taipei}
        )
        row = connection.execute(select(TABLE)).one()

    assert row.money == large
    assert (row.rate, row.quantity) == (Decimal("0.03125"), 3)
    assert row.at == taipei
    assert row.at.tzinfo is UTC


def test_sums_of_money_are_money(site: Site) -> None:
    with site.engine.begin() as connection:
        TABLE.create(connection)
        connection.execute(insert(TABLE), [{"id": n, "money": Decimal("0.1")} for n in range(1, 4)])
        total = connection.scalar(select(func.sum(TABLE.c.money)))
        double = connection.scalar(select(TABLE.c.money * 2).where(TABLE.c.id == 1))

    assert total == Decimal("0.3")
    assert double == Decimal("0.2")


def test_products_and_quotients_of_money_are_refused() -> None:
    with pytest.raises(TypeError):
        _ = TABLE.c.money * TABLE.c.quantity
    with pytest.raises(TypeError):
        _ = TABLE.c.money / 2


def test_a_moment_without_a_zone_is_refused(site: Site) -> None:
    with site.engine.begin() as connection:
        TABLE.create(connection)

        with pytest.raises((ValueError, StatementError)):
            connection.execute(insert(TABLE), {"id": 1, "at": datetime(2026, 1, 1)})  # noqa: DTZ001
