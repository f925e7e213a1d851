"""Contracts on their way: put into force, reminded of, renewed, expired or ended early."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from addons.sales.jobs import contracts_end, day_begins
from addons.sales.models import Contract, ContractSigner, Order
from addons.sales.services import Contracts
from core.api import Forbidden, Invalid, TransitionRefused, WrongState
from core.notifications.models import Notification
from core.site import Site
from core.testing.cast import Cast
from tests.addons.sales.conftest import Make

Written = Callable[..., int]


@pytest.fixture
def write(cast: Cast, make_customer: Make) -> Written:
    """A contract of sales' that begins and ends so many days from today, brought into the state asked for."""

    def make(starts: int = -335, ends: int = 29, *, state: str = "active", **values: Any) -> int:
        customer = values.pop("customer_id", 0) or make_customer()
        with cast.env("sales") as env:
            days = {"starts_on": env.today + timedelta(days=starts), "ends_on": env.today + timedelta(days=ends)}
            signer = {"side": "customer", "name": "林怡君", "signed_on": env.today}
            given = {
                "name": "年度維護",
                "customer_id": customer,
                "signers": [signer],
            }
            made = env.records(Contract).create(given | days | values)
            if state == "active":
                env.workflow.perform(made, "activate")
            return made.id

    return make


def read(cast: Cast, id: int, *names: str) -> list[Any]:
    with cast.env("sales", write=False) as env:
        return [getattr(env.get(Contract, id), name) for name in names]


def test_a_contract_gets_its_number_once_it_is_in_force(cast: Cast, write: Written) -> None:
    pending, active = write(state="pending"), write()

    assert read(cast, pending, "number", "state") == [None, "pending"]
    number, state = read(cast, active, "number", "state")
    assert (number[:3], state) == ("CT-", "active")


def test_a_contract_without_days_is_not_put_into_force(cast: Cast, make_customer: Make) -> None:
    customer = make_customer()

    with cast.env("sales") as env, pytest.raises(Invalid) as caught:
        made = env.records(Contract).create({"name": "年度維護", "customer_id": customer})
        env.workflow.perform(made, "activate")

    assert caught.value.fields.keys() == {"starts_on", "ends_on"}


def test_a_contract_ends_early_with_a_reason(cast: Cast, write: Written) -> None:
    id = write()
    with cast.env("sales") as env, pytest.raises(Invalid):
        env.workflow.perform(env.get(Contract, id), "end")

    with cast.env("sales") as env:
        env.workflow.perform(env.get(Contract, id), "end", reason="客戶歇業")

    assert read(cast, id, "state") == ["ended"]
    with cast.env("sales") as env, pytest.raises(WrongState):
        env.service(Contracts).renew(env.get(Contract, id))


def test_a_contract_expires_by_itself_and_not_before(cast: Cast, site: Site, write: Written) -> None:
    over, last_day = write(ends=-1), write(ends=0)
    with cast.env("sales") as env, pytest.raises(TransitionRefused, match="has not passed"):
        env.workflow.perform(env.get(Contract, last_day), "expire")

    day_begins(site)
    day_begins(site)

    assert read(cast, over, "state") == ["expired"]
    assert read(cast, last_day, "state") == ["active"]


def test_owners_are_reminded_once_and_in_time(cast: Cast, site: Site, write: Written) -> None:
    near, far = write(ends=29), write(ends=31)

    for _night in range(2):
        with site.system("in the morning") as env:
            contracts_end(env)

    with site.system("look", write=False) as env:
        told = select(Notification.user_id, func.count()).where(Notification.kind == "sales.contract_ends")
        assert env.session.execute(told.group_by(Notification.user_id)).all() == [(cast.sales, 1)]
    assert isinstance(read(cast, near, "reminded_on")[0], date)
    assert read(cast, far, "reminded_on") == [None]


def test_a_renewal_follows_on_and_is_made_once(cast: Cast, write: Written) -> None:
    id = write(starts=-10, ends=19)

    with cast.env("sales") as env:
        first = env.service(Contracts).renew(env.get(Contract, id)).id
    with cast.env("sales") as env:
        again = env.service(Contracts).renew(env.get(Contract, id)).id

    assert first == again
    (ends,) = read(cast, id, "ends_on")
    starts = ends + timedelta(days=1)
    expected = ["pending", starts, starts + timedelta(days=29), id, None]
    assert read(cast, first, "state", "starts_on", "ends_on", "renewed_from_id", "number") == expected
    with cast.env("sales", write=False) as env:
        signers = env.session.scalars(select(ContractSigner).where(ContractSigner.contract_id == first)).all()
        assert [(each.name, each.signed_on) for each in signers] == [("林怡君", None)]


def test_the_accountant_renews_nothing(cast: Cast, write: Written) -> None:
    id = write()

    with cast.env("accountant") as env, pytest.raises(Forbidden):
        env.service(Contracts).renew(env.get(Contract, id))


def test_a_contract_covers_orders_of_its_own_customer(
    cast: Cast, write: Written, make_customer: Make, make_order: Make
) -> None:
    customer, other = make_customer(), make_customer("大同")
    order, theirs = make_order(customer=customer), make_order(customer=other)
    id = write(customer_id=customer, state="pending")

    with cast.env("sales") as env:
        env.records(Order).update(env.get(Order, order), {"contract_id": id})
    with cast.env("sales") as env, pytest.raises(Invalid) as of_order:
        env.records(Order).update(env.get(Order, theirs), {"contract_id": id})
    with cast.env("sales") as env, pytest.raises(Invalid) as of_contract:
        env.records(Contract).update(env.get(Contract, id), {"customer_id": other})

    assert of_order.value.fields.keys() == {"contract_id"}
    assert of_contract.value.fields.keys() == {"customer_id"}
