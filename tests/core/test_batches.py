"""Many records at once become what they would have become one by one."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from addons.customer.models import Contact, Customer, OwnershipPeriod, Visit
from core import clock
from core.env import Env
from core.errors import Forbidden, Invalid
from core.orm.listing import ListRequest, list_page
from core.orm.model import describe
from core.orm.tables import Change
from core.site import Site
from core.testing.cast import Cast
from core.testing.queries import queries

ROW = {
    "name": "台榮精密股份有限公司",
    "level": "A",
    "phone": "02-2345-6789",
    "email": "info@example.com",
    "tags": ["key"],
    "note": "第一行\r\n第二行",
}
DIFFERENT = {"id", "number", "created_at", "updated_at"}


def _stored(env: Env, id: int) -> dict[str, Any]:
    customer = env.get(Customer, id)
    return {c.name: getattr(customer, c.name) for c in describe(Customer).table.c if c.name not in DIFFERENT}


def _history(env: Env, id: int) -> list[Any]:
    wanted = (Change.model == "customer", Change.record_id == id)
    rows = env.connection_of_core.execute(select(Change.action, Change.user_id, Change.changes).where(*wanted)).all()
    return [(r.action, r.user_id, {n: p for n, p in r.changes.items() if n not in DIFFERENT}) for r in rows]


def test_a_batch_writes_what_single_records_write(cast: Cast, site: Site) -> None:
    row = {name: value for name, value in ROW.items() if name != "tags"}
    with cast.env("sales") as env:
        single = env.records(Customer).create(row).id
        outcome = env.records(Customer).create_many([row, row])
        assert not outcome.problems

    with site.system("compare", write=False) as env:
        for id in outcome.ids.values():
            assert _stored(env, id) == _stored(env, single)
            assert _history(env, id) == _history(env, single)
        periods = env.session.scalars(select(OwnershipPeriod).order_by(OwnershipPeriod.customer_id)).all()
        assert [(p.owner_id, p.rule, p.until, p.root_owner_id) for p in periods] == [
            (cast.sales, "created", None, cast.sales)
        ] * 3
        numbers = env.session.scalars(select(Customer.number).order_by(Customer.id)).all()
        assert numbers == ["C00001", "C00002", "C00003"]
    with cast.env("sales", write=False) as env:
        assert len(list_page(env, ListRequest(Customer, q="精密"), ["name"]).rows) == 3


def test_a_row_that_is_wrong_stops_no_other(cast: Cast) -> None:
    rows = [
        {"name": "一"},
        {"name": ""},
        {"name": "三", "email": "nobody"},
        {"name": "四", "level": "Z"},
        {"name": "五"},
    ]

    with cast.env("sales") as env:
        outcome = env.records(Customer).create_many(rows)

    assert list(outcome.ids) == [0, 4]
    assert {place: list(error.fields) for place, error in outcome.problems.items() if isinstance(error, Invalid)} == {
        1: ["name"],
        2: ["email"],
        3: ["level"],
    }


def test_a_link_to_what_one_may_not_see_is_refused(cast: Cast) -> None:
    with cast.env("sales2") as env:
        foreign = env.records(Customer).create({"name": "南部客戶"}).id

    with cast.env("sales") as env:
        outcome = env.records(Customer).create_many([{"name": "子公司", "parent_id": foreign}, {"name": "好"}])

    assert list(outcome.ids) == [1]
    assert list(outcome.problems[0].fields) == ["parent_id"]  # type: ignore[attr-defined]


def test_a_unique_value_is_taken_once_in_a_batch(cast: Cast, site: Site) -> None:
    from core.access.models import Department

    with site.system("departments") as env:
        outcome = env.records("user").create_many(
            [{"username": "new", "name": "甲"}, {"username": "new", "name": "乙"}, {"username": "sales", "name": "丙"}]
        )
        assert env.records(Department).create_many([]).ids == {}

    assert list(outcome.ids) == [0]
    assert {place: list(error.fields) for place, error in outcome.problems.items()} == {  # type: ignore[attr-defined]
        1: ["username"],
        2: ["username"],
    }


def test_followers_carry_the_root_of_what_they_follow(cast: Cast, site: Site) -> None:
    with cast.env("sales") as env:
        customer = env.records(Customer).create({"name": "台榮"}).id
        outcome = env.records(Contact).create_many([{"name": f"王{n}", "customer_id": customer} for n in range(3)])

    with site.system("look", write=False) as env:
        rows = env.session.execute(select(Contact.root_id, Contact.root_owner_id, Contact.is_primary)).all()
        assert len(outcome.ids) == 3
        assert rows == [(customer, cast.sales, True), (customer, cast.sales, False), (customer, cast.sales, False)]


def test_a_service_with_its_own_ways_is_asked_for_each_row(cast: Cast) -> None:
    with cast.env("sales") as env:
        customer = env.records(Customer).create({"name": "台榮"})
        seen = clock.now() - timedelta(days=2)
        rows = [{"customer_id": customer.id, "content": "談價格", "visited_at": seen}, {"customer_id": customer.id}]
        outcome = env.records(Visit).create_many(rows)

        assert list(outcome.ids) == [0]
        assert list(outcome.problems[1].fields) == ["content"]  # type: ignore[attr-defined]
        env.session.expire(customer)
        assert customer.last_visit_on is not None


def test_who_may_create_none_creates_none(cast: Cast) -> None:
    with pytest.raises(Forbidden), cast.env("accountant") as env:
        env.records(Customer).create_many([{"name": "台榮"}])


def test_a_number_after_very_many_that_were_typed_is_found_at_once(cast: Cast, site: Site) -> None:
    with site.system("customers that came with their numbers") as env:
        rows = [
            {"name": f"{n}", "number": f"C{n:05}", "kind": "company", "status": "potential"} for n in range(1, 1201)
        ]
        env.insert_as_system(Customer, rows, reason="move")

    with queries(site) as counted, cast.env("sales") as env:
        number = env.records(Customer).create({"name": "新客戶"}).number

    assert number == "C01201"
    assert counted.number < 60
