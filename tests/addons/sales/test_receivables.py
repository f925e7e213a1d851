"""An approved order is owed in instalments that are its total, whatever happens to them."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from addons.sales.errors import BelowReceived
from addons.sales.jobs import day_begins
from addons.sales.models import Order, Receivable
from addons.sales.services import Receivables, receivables_follow
from addons.sales.services.ledger import Ledger
from core.api import Forbidden, Invalid, TransitionRefused
from core.site import Site
from core.testing.cast import Cast
from tests.addons.sales.conftest import Make

pytestmark = pytest.mark.usefixtures("books")

Look = Callable[[int], list[tuple[Any, ...]]]
THIRTY = (("訂金", 30, "order", 7), ("交貨", 60, "delivery", 30), ("驗收", 10, "acceptance", 0))


def test_terms_become_receivables_that_are_the_total(
    site: Site, make_order: Make, make_terms: Make, owed: Look, figures: Look
) -> None:
    with site.system("look", write=False) as env:
        today = env.service(Ledger).today

    id = make_order(99_999, payment_terms_id=make_terms(*THIRTY), promised_on=today + timedelta(days=20))

    with site.system("look", write=False) as env:
        wanted = select(Receivable).where(Receivable.order_id == id).order_by(Receivable.position)
        found = env.session.scalars(wanted).all()
        number = env.session.get_one(Order, id).number
    assert [(each.label, each.amount, each.event) for each in found] == [
        ("訂金", 30_000, "order"),
        ("交貨", 59_999, "delivery"),
        ("驗收", 10_000, "acceptance"),
    ]
    assert [each.due_on for each in found] == [today + timedelta(days=7), today + timedelta(days=50), None]
    assert [each.name for each in found] == [f"{number}/{place}" for place in (1, 2, 3)]
    assert figures(id) == (0, 0, 99_999, 3, 0, today + timedelta(days=7))


def test_without_terms_an_order_is_one_receivable_and_an_empty_one_none(make_order: Make, owed: Look) -> None:
    assert [row[1:] for row in owed(make_order(500))] == [(500, 500, "not_due")]
    assert owed(make_order(0)) == []
    assert owed(make_order(500, state="submitted")) == []


def test_a_receivable_is_changed_up_to_the_order_and_not_beyond(cast: Cast, make_order: Make, owed: Look) -> None:
    id, other = owed(make_order(100))[0][0], make_order(5)
    with cast.env("gm") as env:
        records = env.service(Receivables)
        records.update(env.get(Receivable, id), {"amount": Decimal(40)})
        order = env.get(Receivable, id).order_id
        made = records.create({"order_id": order, "label": "尾款", "amount": Decimal(60), "due_on": env.today})

        with pytest.raises(Invalid, match="may not exceed"), env.savepoint():
            records.update(env.get(Receivable, id), {"amount": Decimal(41)})
        with pytest.raises(Invalid, match="may not exceed"), env.savepoint():
            records.create({"order_id": order, "amount": Decimal(1)})
        with pytest.raises(Invalid, match="0 decimals"), env.savepoint():
            records.update(made, {"amount": Decimal("59.5")})
        with pytest.raises(Invalid, match="stays with its order"), env.savepoint():
            records.update(made, {"order_id": other})
        with pytest.raises(Forbidden), env.savepoint():
            records.delete(made)

    assert [row[1] for row in owed(order)] == [40, 60]


def test_a_receivable_belongs_to_an_order_that_is_approved(cast: Cast, make_order: Make) -> None:
    order = make_order(100, state="draft")

    with cast.env("gm") as env, pytest.raises(Invalid, match="approved"):
        env.service(Receivables).create({"order_id": order, "amount": Decimal(1)})


def test_splitting_keeps_the_sum(cast: Cast, make_order: Make, owed: Look, figures: Look) -> None:
    order = make_order(100)
    with cast.env("gm") as env:
        record = env.get(Receivable, owed(order)[0][0])
        env.service(Receivables).split(record, amount=Decimal(30), due_on=env.today)

        for wrong in (0, -5, 70, 71):
            with pytest.raises(Invalid), env.savepoint():
                env.service(Receivables).split(record, amount=Decimal(wrong))

    assert [row[1:3] for row in owed(order)] == [(70, 70), (30, 30)]
    assert figures(order)[3] == 2


def test_nothing_falls_below_what_was_received(cast: Cast, make_order: Make, make_receipt: Make, owed: Look) -> None:
    order = make_order(100)
    id = owed(order)[0][0]
    with cast.env("gm", write=False) as env:
        customer = env.get(Order, order).customer_id
    make_receipt(customer, 60, {id: 60})

    with cast.env("gm") as env, pytest.raises(Invalid, match="received or credited"):
        env.service(Receivables).update(env.get(Receivable, id), {"amount": Decimal(59)})
    with cast.env("gm") as env:
        env.service(Receivables).update(env.get(Receivable, id), {"amount": Decimal(60)})

    assert [row[1:] for row in owed(order)] == [(60, 0, "paid")]


def test_a_salesperson_sees_own_ones_and_changes_none(cast: Cast, make_order: Make, owed: Look) -> None:
    id = owed(make_order(100))[0][0]

    with cast.env("sales") as env, pytest.raises(Forbidden):
        env.service(Receivables).update(env.get(Receivable, id), {"amount": Decimal(1)})
    with cast.env("sales2", write=False) as env:
        assert env.session.scalars(select(Receivable)).all() == []
    with cast.env("accountant", write=False) as env:
        assert [each.id for each in env.session.scalars(select(Receivable))] == [id]


def test_after_midnight_what_was_due_is_overdue(
    site: Site, make_order: Make, make_terms: Make, owed: Look, figures: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(100, payment_terms_id=make_terms(("訂金", 50, "order", 0), ("尾款", 50, "order", 30)))
    with site.system("look", write=False) as env:
        tomorrow = env.service(Ledger).today + timedelta(days=1)

    day_begins(site)
    assert [row[3] for row in owed(order)] == ["not_due", "not_due"]

    monkeypatch.setattr(Ledger, "today", tomorrow)
    day_begins(site)

    assert [row[3] for row in owed(order)] == ["overdue", "not_due"]
    assert figures(order)[5] == tomorrow - timedelta(days=1)


def test_receivables_follow_a_changed_order(
    site: Site, make_order: Make, make_terms: Make, make_receipt: Make, owed: Look, figures: Look
) -> None:
    order = make_order(100, payment_terms_id=make_terms(*THIRTY))
    with site.system("look", write=False) as env:
        customer = env.session.get_one(Order, order).customer_id
    make_receipt(customer, 30, {owed(order)[0][0]: 30})

    def change(total: int) -> None:
        with site.system("an order that was changed") as env:
            stored = env.session.get_one(Order, order)
            stored.total = Decimal(total)
            receivables_follow(env, stored)

    change(170)
    assert [row[1] for row in owed(order)] == [30, 120, 20]
    change(30)
    assert [row[3] for row in owed(order)] == ["paid", "void", "void"]
    with pytest.raises(BelowReceived):
        change(29)
    change(50)

    assert [row[1:] for row in owed(order)[3:]] == [(20, 20, "not_due")]
    assert figures(order)[:5] == (30, 0, 20, 2, 1)


def test_an_order_that_was_paid_is_not_voided_and_one_that_was_not_takes_its_receivables_along(
    cast: Cast, make_order: Make, make_receipt: Make, owed: Look, figures: Look
) -> None:
    order = make_order(100)
    with cast.env("gm", write=False) as env:
        customer = env.get(Order, order).customer_id
    receipt = make_receipt(customer, 60, {owed(order)[0][0]: 60})

    with cast.env("gm") as env, pytest.raises(TransitionRefused, match="void that first"):
        env.workflow.perform(env.get(Order, order), "void", reason="取消")
    with cast.env("gm") as env:
        env.workflow.perform(env.records("receipt").get(receipt), "void", reason="退票")
        env.workflow.perform(env.get(Order, order), "void", reason="取消")

    assert [row[2:] for row in owed(order)] == [(0, "void")]
    assert figures(order)[2:5] == (0, 0, 0)
