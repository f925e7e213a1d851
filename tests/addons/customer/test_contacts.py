from datetime import timedelta

import pytest
from sqlalchemy import select

from addons.customer.models import Contact, Customer
from core.deletion import restore
from core.errors import Invalid, NotFound
from core.testing.cast import Cast


def customer(cast: Cast, who: str = "sales") -> int:
    with cast.env(who) as env:
        return int(env.records(Customer).create({"name": "台榮精密機械"}).id)


def contact(cast: Cast, of: int, name: str, **values: object) -> int:
    with cast.env("sales") as env:
        return int(env.records(Contact).create({"name": name, "customer_id": of, **values}).id)


def primary(cast: Cast, of: int) -> list[str]:
    with cast.env("sales", write=False) as env:
        wanted = select(Contact.name).where(Contact.customer_id == of, Contact.is_primary)
        return list(env.session.scalars(wanted.order_by(Contact.id)))


def test_first_contact_is_the_primary_one(cast: Cast) -> None:
    of = customer(cast)
    with cast.env("sales") as env:
        first = env.records(Contact).create({"name": "林志豪", "customer_id": of})
        assert first.is_primary is True
    contact(cast, of, "陳淑惠")

    assert primary(cast, of) == ["林志豪"]


def test_new_primary_contact_takes_the_place_of_the_old_one(cast: Cast) -> None:
    of = customer(cast)
    contact(cast, of, "林志豪")
    contact(cast, of, "陳淑惠", is_primary=True)
    assert primary(cast, of) == ["陳淑惠"]

    with cast.env("sales") as env:
        old = env.session.scalars(select(Contact).where(Contact.name == "林志豪")).one()
        present = env.session.scalars(select(Contact).where(Contact.name == "陳淑惠")).one()
        env.records(Contact).update(old, {"is_primary": True})
        assert (old.is_primary, present.is_primary) == (True, False)

    assert primary(cast, of) == ["林志豪"]


def test_primary_contact_of_another_customer_stays(cast: Cast) -> None:
    first, second = customer(cast), customer(cast)
    contact(cast, first, "林志豪")
    contact(cast, second, "陳淑惠")

    assert (primary(cast, first), primary(cast, second)) == (["林志豪"], ["陳淑惠"])


def test_primary_contact_that_moves_to_another_customer_is_primary_there(cast: Cast) -> None:
    first, second = customer(cast), customer(cast)
    moving = contact(cast, first, "林志豪")
    contact(cast, second, "陳淑惠")

    with cast.env("sales") as env:
        env.records(Contact).update(env.get(Contact, moving), {"customer_id": second})

    assert (primary(cast, first), primary(cast, second)) == ([], ["林志豪"])


def test_birthday_is_not_in_the_future(cast: Cast) -> None:
    of = customer(cast)

    with cast.env("sales") as env, pytest.raises(Invalid) as refused:
        tomorrow = env.today + timedelta(days=1)
        env.records(Contact).create({"name": "林志豪", "customer_id": of, "birthday": tomorrow})

    assert list(refused.value.fields) == ["birthday"]


def test_contact_follows_its_customer_to_another_owner(cast: Cast) -> None:
    of = customer(cast)
    id = contact(cast, of, "林志豪")
    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, of), to=cast.sales2)

    with cast.env("sales", write=False) as env, pytest.raises(NotFound):
        env.records(Contact).get(id)
    with cast.env("sales2", write=False) as env:
        assert env.records(Contact).get(id).name == "林志豪"


def test_contact_of_a_customer_that_one_may_not_see_is_refused(cast: Cast) -> None:
    foreign = customer(cast, "sales2")

    with cast.env("sales") as env, pytest.raises(Invalid) as refused:
        env.records(Contact).create({"name": "林志豪", "customer_id": foreign})

    assert list(refused.value.fields) == ["customer_id"]


def test_primary_contact_that_comes_back_gives_way(cast: Cast) -> None:
    of = customer(cast)
    id = contact(cast, of, "林志豪")
    with cast.env("manager") as env:
        act = env.records(Contact).delete(env.get(Contact, id))
    contact(cast, of, "陳淑惠")

    with cast.env("manager") as env:
        restore(env, act)

    assert primary(cast, of) == ["陳淑惠"]
    with cast.env("sales", write=False) as env:
        assert env.get(Contact, id).is_primary is False
