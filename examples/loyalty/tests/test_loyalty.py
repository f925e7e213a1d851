"""What customers earn, and that nothing of it is left while the addon is off."""

import pytest

from addons.customer.models import Customer
from addons.loyalty.errors import GoldStaysLookedAfter, NotEnoughPoints
from addons.loyalty.models import Loyalty, PointEntry
from addons.loyalty.services import LoyalCustomers
from core.api import Invalid
from core.merging import merge
from core.merging import undo as undo_merge
from core.testing.cast import Cast


@pytest.fixture
def customer(cast: Cast) -> int:
    with cast.env("sales") as env:
        return env.records(Customer).create({"name": "台榮精密機械"}).id


def test_customer_starts_with_a_number_and_no_points(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        loyalty = Loyalty.of(env.records(Customer).get(customer))

        assert (loyalty.number, loyalty.points, loyalty.tier) == ("L0001", 0, "basic")


def test_points_make_the_tier(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        env.service(LoyalCustomers).earn(env.get(Customer, customer), points=120, reason="Order")

    with cast.env("sales") as env:
        assert Loyalty.of(env.get(Customer, customer)).points == 120
        assert Loyalty.of(env.get(Customer, customer)).tier == "silver"


def test_points_that_are_not_there_are_not_spent(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env, pytest.raises(NotEnoughPoints):
        env.service(LoyalCustomers).earn(env.get(Customer, customer), points=-1, reason="Gift")


def test_deleted_entry_takes_its_points_along(cast: Cast, customer: int) -> None:
    with cast.env("manager") as env:
        entry = env.service(LoyalCustomers).earn(env.get(Customer, customer), points=30, reason="Order")
        act = env.records(PointEntry).delete(entry)
        after_deleting = Loyalty.of(env.get(Customer, customer)).points
        env.records(PointEntry).restore(act)

        assert (after_deleting, Loyalty.of(env.get(Customer, customer)).points) == (0, 30)


def test_whoever_brings_a_customer_earns_points(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        env.records(Customer).create({"name": "宏岳", "loyalty_referrer_id": customer})

        assert Loyalty.of(env.get(Customer, customer)).points == 50


def test_customer_does_not_bring_itself(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env, pytest.raises(Invalid) as refused:
        env.records(Customer).update(env.get(Customer, customer), {"loyalty_referrer_id": customer})

    assert list(refused.value.fields) == ["loyalty_referrer_id"]


def test_gold_customer_is_not_released(cast: Cast, customer: int) -> None:
    with cast.env("manager") as env:
        env.service(LoyalCustomers).earn(env.get(Customer, customer), points=1000, reason="Order")

    with cast.env("gm") as env, pytest.raises(GoldStaysLookedAfter):
        env.records(Customer).assign(env.get(Customer, customer), to=None)


def test_merged_customers_have_their_points_together(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        other = env.records(Customer).create({"name": "台榮精密"}).id
        for id, points in ((customer, 60), (other, 70)):
            env.service(LoyalCustomers).earn(env.get(Customer, id), points=points, reason="Order")

    with cast.env("gm") as env:
        act = merge(env, env.get(Customer, customer), [env.get(Customer, other)], {})
    with cast.env("gm") as env:
        merged = Loyalty.of(env.get(Customer, customer))
        together = (merged.points, merged.tier)
        undo_merge(env, act)

    with cast.env("gm", write=False) as env:
        apart = [Loyalty.of(env.get(Customer, id)).points for id in (customer, other)]
    assert (together, apart) == ((130, "silver"), [60, 70])


def test_member_number_is_recognised_as_a_duplicate(cast: Cast, customer: int) -> None:
    found = {}
    for who in ("sales", "sales2"):
        with cast.env(who) as env:
            found[who] = [
                hit.url for hit in env.hooks.duplicates(model=Customer, values={"name": "l0001"}, record=None)
            ]

    assert found == {"sales": [f"/customer/{customer}"], "sales2": []}
