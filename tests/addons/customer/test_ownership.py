from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from addons.customer.models import Customer, OwnershipPeriod
from addons.customer.services import OwnershipPeriods
from core import clock
from core.errors import Forbidden, NotFound
from core.testing.cast import Cast

START = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)


def periods(cast: Cast, customer: int, who: str = "gm") -> list[OwnershipPeriod]:
    with cast.env(who, write=False) as env:
        wanted = select(OwnershipPeriod).where(OwnershipPeriod.customer_id == customer)
        return list(env.session.scalars(wanted.order_by(OwnershipPeriod.since, OwnershipPeriod.id)))


def owned(cast: Cast) -> int:
    with clock.frozen(START), cast.env("sales") as env:
        return int(env.records(Customer).create({"name": "台榮精密機械"}).id)


def assign(cast: Cast, id: int, to: int | None, after_days: int, reason: str = "") -> None:
    with clock.frozen(START + timedelta(days=after_days)), cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, id), to=to, reason=reason)


def test_period_begins_with_the_customer(cast: Cast) -> None:
    id = owned(cast)

    (only,) = periods(cast, id)

    assert (only.owner_id, only.since, only.until) == (cast.sales, START, None)
    assert (only.by_id, only.rule, only.reason) == (cast.sales, "created", None)


def test_each_new_owner_ends_one_period_and_begins_the_next(cast: Cast) -> None:
    id = owned(cast)
    assign(cast, id, cast.sales2, 10, "依區域重新分配")
    assign(cast, id, None, 30)
    assign(cast, id, cast.manager, 40)

    found = periods(cast, id)

    assert [p.owner_id for p in found] == [cast.sales, cast.sales2, None, cast.manager]
    assert [p.rule for p in found] == ["created", "assigned", "released", "assigned"]
    assert [p.reason for p in found] == [None, "依區域重新分配", None, None]
    assert [p.by_id for p in found] == [cast.sales, cast.gm, cast.gm, cast.gm]
    assert [p.until for p in found[:-1]] == [p.since for p in found[1:]]
    assert found[-1].until is None


def test_assigning_to_the_same_owner_begins_no_period(cast: Cast) -> None:
    id = owned(cast)

    assign(cast, id, cast.sales, 10)

    assert len(periods(cast, id)) == 1


def test_rule_of_an_automation_is_recorded(cast: Cast) -> None:
    id = owned(cast)

    with cast.env("gm") as env, env.service(OwnershipPeriods).under("recycled"):
        env.records(Customer).assign(env.get(Customer, id), to=None)

    assert [p.rule for p in periods(cast, id)] == ["created", "recycled"]


def test_refused_assignment_begins_no_period(cast: Cast) -> None:
    id = owned(cast)

    with cast.env("manager") as env, pytest.raises(Forbidden):
        env.records(Customer).assign(env.get(Customer, id), to=cast.sales2)

    assert len(periods(cast, id)) == 1


def test_periods_are_never_rewritten_by_anybody(cast: Cast) -> None:
    id = owned(cast)
    for who in ("sales", "manager", "gm"):
        with cast.env(who) as env:
            service = env.service(OwnershipPeriods)
            (period,) = env.session.scalars(select(OwnershipPeriod)).all()
            with pytest.raises(Forbidden):
                service.update(period, {"reason": "另有隱情"})
            with pytest.raises(Forbidden):
                service.delete(period)
            with pytest.raises(Forbidden):
                service.create({"customer_id": id, "owner_id": cast.gm})

    assert [p.reason for p in periods(cast, id)] == [None]


def test_periods_are_seen_by_who_sees_the_customer(cast: Cast) -> None:
    id = owned(cast)
    assert len(periods(cast, id, "sales")) == 1
    assert periods(cast, id, "sales2") == []

    assign(cast, id, cast.sales2, 10)

    assert len(periods(cast, id, "sales2")) == 2
    assert periods(cast, id, "sales") == []


def test_periods_go_and_come_back_with_their_customer(cast: Cast) -> None:
    from core.deletion import restore

    id = owned(cast)
    with cast.env("gm") as env:
        act = env.records(Customer).delete(env.get(Customer, id))
    assert periods(cast, id) == []
    with cast.env("gm", write=False) as env, pytest.raises(NotFound):
        env.records(Customer).get(id)

    with cast.env("gm") as env:
        restore(env, act)

    assert len(periods(cast, id)) == 1
