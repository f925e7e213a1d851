from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from addons.customer.models import Customer
from addons.sales.models import Order, OrderChange
from addons.sales.services import Orders
from addons.sales.services.documents import Issued
from addons.sales.services.orders import NotChangeable
from core.api import Forbidden, Locked, NotFound, TransitionRefused
from core.orm.tables import Change
from core.testing.cast import Cast
from tests.addons.sales.conftest import Shop

D = Decimal


def order(shop: Shop, *states: str, **values: Any) -> int:
    """An order of `sales` for two motors that has made these transitions."""
    given = {"customer_id": shop.customer, "lines": [{"product_id": shop.motor, "quantity": 2}]} | values
    with shop.cast.env("sales") as env:
        id = env.records(Order).create(given).id
    for name in states:
        shop.go(id, name, Order)
    return id


def read(shop: Shop, model: Any, id: int, *names: str) -> list[Any]:
    with shop.cast.site.system("look", write=False) as env:
        record = env.session.get_one(model, id)
        return [getattr(record, name) for name in names]


def history(shop: Shop, id: int) -> list[dict[str, Any]]:
    with shop.cast.site.engine.connect() as connection:
        wanted = select(Change.changes).where(Change.model == "order", Change.record_id == id)
        return list(connection.scalars(wanted.order_by(Change.id)))


def change(shop: Shop, id: int, **values: Any) -> int:
    with shop.cast.env("sales") as env:
        made = env.service(Orders).change(env.get(Order, id), reason="客戶加購")
        if values:
            env.records(OrderChange).update(made, values)
        return made.id


def test_approved_order_wins_the_customer(shop: Shop, cast: Cast) -> None:
    order(shop, "submit", "approve")

    with cast.env("sales", write=False) as env:
        customer = env.get(Customer, shop.customer)
        assert customer.status == env.lists.with_meaning("customer.status", "won")[0]
        assert customer.deal_on == env.service(Orders).today


def test_status_that_means_won_already_stays(shop: Shop, cast: Cast) -> None:
    order(shop, "submit", "approve")
    with cast.site.system("long ago") as env:
        env.session.get_one(Customer, shop.customer).deal_on = date(2020, 1, 1)

    order(shop, "submit", "approve")

    assert read(shop, Customer, shop.customer, "deal_on") != [date(2020, 1, 1)]


def test_submitted_order_wins_nobody(shop: Shop) -> None:
    order(shop, "submit")

    assert read(shop, Customer, shop.customer, "status", "deal_on") == ["potential", None]


def test_order_goes_its_way_and_is_locked_but_for_note_and_invoice(shop: Shop, cast: Cast) -> None:
    id = order(shop, "submit", "approve", "start")

    with cast.env("sales") as env, pytest.raises(Locked):
        env.records(Order).update(env.get(Order, id), {"discount_percent": 1})
    with cast.env("sales") as env:
        env.records(Order).update(env.get(Order, id), {"invoice_number": "AB12345678", "note": "已開立"})
    shop.go(id, "finish", Order)
    assert read(shop, Order, id, "state", "invoice_number", "total") == ["done", "AB12345678", 2100]


def test_order_with_a_number_is_not_deleted(shop: Shop, cast: Cast) -> None:
    id = order(shop, "submit")

    with cast.env("gm") as env, pytest.raises(Issued):
        env.records(Order).delete(env.get(Order, id))


def test_sales_may_not_void(shop: Shop, cast: Cast) -> None:
    id = order(shop, "submit", "approve")

    with cast.env("sales") as env, pytest.raises(Forbidden):
        env.workflow.perform(env.get(Order, id), "void", reason="x")
    shop.go(id, "void", Order, reason="客戶取消")
    assert read(shop, Order, id, "state") == ["void"]


def test_accountant_reads_orders_and_others_none(shop: Shop, cast: Cast) -> None:
    id = order(shop)

    with cast.env("accountant", write=False) as env:
        assert env.get(Order, id).total == 2100
        with pytest.raises(Forbidden):
            env.records(Order).create({"customer_id": shop.customer})
    with cast.env("sales2", write=False) as env, pytest.raises(NotFound):
        env.get(Order, id)


# Changes.


def test_approved_change_is_written_over_its_order(shop: Shop, cast: Cast) -> None:
    id = order(shop, "submit", "approve")
    lines = [
        {"product_id": shop.motor, "quantity": 3, "unit_price": 900},
        {"description": "安裝", "quantity": 1, "unit_price": 500},
    ]
    made = change(shop, id, lines=lines, terms="保固兩年")

    shop.go(made, "submit", OrderChange)
    assert read(shop, Order, id, "total", "terms") == [2100, None]
    shop.go(made, "approve", OrderChange)

    assert read(shop, Order, id, "subtotal", "tax_total", "total", "terms") == [3200, 160, 3360, "保固兩年"]
    assert read(shop, Order, id, "highest_discount", "state") == [10, "approved"]
    with cast.env("sales", write=False) as env:
        rows = env.parts(env.get(Order, id), "lines")
        assert [(row.position, row.description, row.amount) for row in rows] == [
            (1, "伺服馬達", 2700),
            (2, "安裝", 500),
        ]
    told = [entry for entry in history(shop, id) if "terms" in entry]
    assert len(told) == 1
    before, after = told[0]["lines"]
    assert [(row["position"], row["quantity"], row["amount"]) for row in before] == [(1, "2", "2000")]
    assert [(row["position"], row["quantity"], row["amount"]) for row in after] == [(1, "3", "2700"), (2, "1", "500")]


def test_change_with_fewer_lines_takes_the_others_away(shop: Shop, cast: Cast) -> None:
    row = {"product_id": shop.motor, "quantity": 1}
    id = order(shop, "submit", "approve", lines=[row, row | {"quantity": 5}])
    made = change(shop, id, lines=[row])

    for name in ("submit", "approve"):
        shop.go(made, name, OrderChange)

    with cast.env("sales", write=False) as env:
        assert [row.quantity for row in env.parts(env.get(Order, id), "lines")] == [1]
    assert read(shop, Order, id, "total") == [1050]


def test_order_has_one_open_request_at_a_time(shop: Shop) -> None:
    id = order(shop, "submit", "approve")

    assert change(shop, id) == change(shop, id)


@pytest.mark.parametrize("states", [(), ("submit",), ("submit", "approve", "start", "finish")])
def test_only_what_is_approved_and_not_done_is_changed_by_a_request(shop: Shop, states: tuple[str, ...]) -> None:
    id = order(shop, *states)

    with pytest.raises(NotChangeable):
        change(shop, id)


def test_change_is_not_approved_once_its_order_is_void(shop: Shop) -> None:
    id = order(shop, "submit", "approve")
    made = change(shop, id)
    shop.go(made, "submit", OrderChange)
    shop.go(id, "void", Order, reason="x")

    with pytest.raises(TransitionRefused, match="not done yet"):
        shop.go(made, "approve", OrderChange)


def test_change_never_goes_below_what_was_received(shop: Shop, cast: Cast) -> None:
    id = order(shop, "submit", "approve")
    with cast.site.system("money comes in") as env:
        table = Order.__table__
        env.connection_of_core.execute(update(table).where(table.c.id == id).values(received_total=D(2000)))
    made = change(shop, id, lines=[{"product_id": shop.motor, "quantity": 1}])

    with pytest.raises(TransitionRefused, match="less than what was received"):
        shop.go(made, "submit", OrderChange)


def test_nobody_approves_their_own_change(shop: Shop, cast: Cast) -> None:
    id = order(shop, "submit", "approve")
    with cast.env("manager") as env:
        made = env.service(Orders).change(env.get(Order, id), reason="x")
        env.workflow.perform(made, "submit")
        with pytest.raises(TransitionRefused, match="submitted this yourself"):
            env.workflow.perform(made, "approve")
