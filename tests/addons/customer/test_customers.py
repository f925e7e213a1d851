from datetime import date

import pytest

from addons.customer.models import Customer
from core.errors import Forbidden, Invalid, NotFound
from core.testing.cast import Cast


def made(cast: Cast, who: str = "sales", **values: object) -> int:
    with cast.env(who) as env:
        return int(env.records(Customer).create({"name": "台榮精密機械", **values}).id)


def test_customer_starts_with_owner_status_number_and_today(cast: Cast) -> None:
    id = made(cast)

    with cast.env("sales", write=False) as env:
        record = env.get(Customer, id)
        assert record.owner_id == cast.sales
        assert (record.status, record.kind, record.number) == ("potential", "company", "C00001")
        assert record.received_on == env.today
        assert (record.last_visit_on, record.next_contact_on, record.tags) == (None, None, [])


def test_customer_takes_a_right_business_number_only(cast: Cast) -> None:
    id = made(cast, tax_id=" 04595257 ")

    with cast.env("sales", write=False) as env:
        assert env.get(Customer, id).tax_id == "04595257"
    with cast.env("sales") as env, pytest.raises(Invalid) as refused:
        env.records(Customer).update(env.get(Customer, id), {"tax_id": "04595253"})
    assert list(refused.value.fields) == ["tax_id"]


def test_customer_is_no_part_of_its_own_group(cast: Cast) -> None:
    top = made(cast)
    middle = made(cast, parent_id=top)
    low = made(cast, parent_id=middle)

    for parent in (top, middle, low):
        with cast.env("sales") as env, pytest.raises(Invalid) as refused:
            env.records(Customer).update(env.get(Customer, top), {"parent_id": parent})
        assert list(refused.value.fields) == ["parent_id"]
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, low), {"parent_id": top})
        assert env.get(Customer, low).parent_id == top


def test_circle_over_a_customer_of_somebody_else_is_noticed(cast: Cast) -> None:
    top = made(cast, "gm")
    hidden = made(cast, "gm", parent_id=top)
    low = made(cast, "gm", parent_id=hidden)
    with cast.env("gm") as env:
        for id in (top, low):
            env.records(Customer).assign(env.get(Customer, id), to=cast.sales)

    with cast.env("sales") as env, pytest.raises(Invalid) as refused:
        env.records(Customer).update(env.get(Customer, top), {"parent_id": low})

    assert list(refused.value.fields) == ["parent_id"]


def test_parent_that_one_may_not_see_cannot_be_chosen(cast: Cast) -> None:
    foreign = made(cast, "sales2")

    with cast.env("sales") as env, pytest.raises(Invalid) as refused:
        env.records(Customer).create({"name": "台榮電子", "parent_id": foreign})

    assert list(refused.value.fields) == ["parent_id"]


def test_salesperson_does_not_delete_nor_assign_nor_lock(cast: Cast) -> None:
    id = made(cast)

    with cast.env("sales") as env, pytest.raises(Forbidden):
        env.records(Customer).delete(env.get(Customer, id))
    with cast.env("sales") as env, pytest.raises(Forbidden):
        env.records(Customer).assign(env.get(Customer, id), to=cast.manager)
    with cast.env("sales") as env, pytest.raises(Invalid) as refused:
        env.records(Customer).update(env.get(Customer, id), {"locked_until": date(2999, 1, 1)})
    assert list(refused.value.fields) == ["locked_until"]


def test_last_visit_is_not_typed(cast: Cast) -> None:
    id = made(cast)

    with cast.env("gm") as env, pytest.raises(Invalid) as refused:
        env.records(Customer).update(env.get(Customer, id), {"last_visit_on": date(2026, 1, 1)})

    assert list(refused.value.fields) == ["last_visit_on"]


@pytest.mark.parametrize("who", ["sales2", "accountant", "admin"])
def test_customer_of_the_north_does_not_exist_for_others(cast: Cast, who: str) -> None:
    id = made(cast)

    with cast.env(who, write=False) as env, pytest.raises(NotFound):
        env.records(Customer).get(id)


@pytest.mark.parametrize("who", ["manager", "gm"])
def test_customer_of_the_north_is_open_to_its_manager_and_the_general_manager(cast: Cast, who: str) -> None:
    id = made(cast)

    with cast.env(who) as env:
        env.records(Customer).update(env.get(Customer, id), {"level": "A"})

    with cast.env("sales", write=False) as env:
        assert env.get(Customer, id).level == "A"


def test_manager_assigns_within_the_department_only(cast: Cast) -> None:
    id = made(cast)

    with cast.env("manager") as env:
        env.records(Customer).assign(env.get(Customer, id), to=cast.manager)
    with cast.env("manager") as env, pytest.raises(Forbidden):
        env.records(Customer).assign(env.get(Customer, id), to=cast.sales2)

    with cast.env("manager", write=False) as env:
        assert env.get(Customer, id).owner_id == cast.manager
