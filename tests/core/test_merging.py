"""Merging: everything goes to the record that stays, whoever it belongs to, and comes back when it is undone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from addons.customer.models import Contact, Customer, OwnershipPeriod, Visit
from core import clock, merging
from core.access.models import ShareLevel
from core.env import Env
from core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from core.files.models import Attachment
from core.orm.listing import ListRequest, list_page
from core.orm.model import Model
from core.orm.tables import Change, Deletion
from core.ownership import shares_of
from core.site import Site
from core.testing.cast import Cast
from tests.core.addons.hooking import install


@dataclass
class Twins:
    """Two customers that are one: `kept` of sales, `other` of sales2, with a visit, a contact and a file each."""

    kept: int
    other: int


@pytest.fixture
def twins(cast: Cast, site: Site) -> Twins:
    ids = []
    for owner, name in (("sales", "台榮精密"), ("sales2", "台榮精密機械")):
        with cast.env(owner) as env:
            customer = env.records(Customer).create({"name": name, "phone": None})
            env.records(Contact).create({"name": f"{name} 王小明", "customer_id": customer.id})
            env.records(Visit).create({"customer_id": customer.id, "content": f"拜訪{name}", "visited_at": clock.now()})
            ids.append(customer.id)
    with site.system("a file") as env:
        env.session.add(
            Attachment(
                model="customer",
                record_id=ids[1],
                name="圖.pdf",
                size=1,
                sha256="0" * 64,
                mime="x",
                created_at=clock.now(),
            )
        )
    return Twins(*ids)


def _merged(env: Env, twins: Twins, **values: object) -> int:
    kept, other = env.get(Customer, twins.kept), env.get(Customer, twins.other)
    return merging.merge(env, kept, [other], values)


def test_everything_goes_to_the_survivor(cast: Cast, twins: Twins, site: Site) -> None:
    with cast.env("gm") as env:
        _merged(env, twins, name="台榮精密機械")

    with cast.env("sales") as env:
        assert env.get(Customer, twins.kept).name == "台榮精密機械"
        assert env.session.scalars(select(Visit.customer_id)).all() == [twins.kept, twins.kept]
        assert set(env.session.scalars(select(Visit.root_owner_id))) == {cast.sales}
        with pytest.raises(NotFound):
            env.get(Customer, twins.other)
    with site.system("look", write=False) as env:
        assert env.session.scalar(select(Attachment.record_id)) == twins.kept


def test_what_moved_is_found_by_its_new_readers_only(cast: Cast, twins: Twins) -> None:
    with cast.env("gm") as env:
        _merged(env, twins)

    found = {}
    for who in ("sales", "sales2"):
        with cast.env(who, write=False) as env:
            found[who] = len(list_page(env, ListRequest(Contact, q="精密機械"), ["name"]).rows)
    assert found == {"sales": 1, "sales2": 0}


def test_the_survivor_has_one_primary_contact_and_its_dates(cast: Cast, twins: Twins) -> None:
    later = clock.now().date() + timedelta(days=3)
    with cast.env("sales2") as env:
        env.records(Visit).create(
            {
                "customer_id": twins.other,
                "content": "後來",
                "visited_at": clock.now(),
                "next_contact_on": later,
            }
        )

    with cast.env("gm") as env:
        _merged(env, twins)

    with cast.env("sales", write=False) as env:
        assert env.session.scalars(select(Contact.is_primary).order_by(Contact.id)).all() == [True, False]
        customer = env.get(Customer, twins.kept)
        assert customer.next_contact_on == later
        assert customer.last_visit_on is not None


def test_a_merge_can_be_undone(cast: Cast, twins: Twins, site: Site) -> None:
    with cast.env("gm") as env:
        act = _merged(env, twins, name="台榮精密機械", email="a@example.com")

    with cast.env("gm") as env:
        merging.undo(env, act)

    with cast.env("sales", write=False) as env:
        kept = env.get(Customer, twins.kept)
        assert (kept.name, kept.email) == ("台榮精密", None)
        assert env.session.scalars(select(Visit.content)).all() == ["拜訪台榮精密"]
    with cast.env("sales2", write=False) as env:
        assert env.get(Customer, twins.other).name == "台榮精密機械"
        assert env.session.scalars(select(Visit.content)).all() == ["拜訪台榮精密機械"]
        assert env.session.scalars(select(Contact.is_primary)).all() == [True]
        assert len(list_page(env, ListRequest(Visit, q="精密機械"), ["content"]).rows) == 1
    with site.system("look", write=False) as env:
        assert env.session.scalar(select(Attachment.record_id)) == twins.other


def test_undoing_keeps_what_was_changed_since(cast: Cast, twins: Twins) -> None:
    with cast.env("gm") as env:
        act = _merged(env, twins, name="台榮精密機械", email="a@example.com")
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, twins.kept), {"name": "新名"})

    with cast.env("gm") as env:
        merging.undo(env, act)

    with cast.env("sales", write=False) as env:
        kept = env.get(Customer, twins.kept)
        assert (kept.name, kept.email) == ("新名", None)


def test_a_merge_is_undone_once(cast: Cast, twins: Twins) -> None:
    with cast.env("gm") as env:
        act = _merged(env, twins)
    with cast.env("gm") as env:
        merging.undo(env, act)

    with pytest.raises(Conflict), cast.env("gm") as env:
        merging.undo(env, act)


def test_who_may_not_delete_may_not_merge(cast: Cast, twins: Twins) -> None:
    with cast.env("sales") as env:
        second = env.records(Customer).create({"name": "第二家"}).id

    with pytest.raises(Forbidden), cast.env("sales") as env:
        merging.merge(env, env.get(Customer, twins.kept), [env.get(Customer, second)], {})


def test_the_second_of_two_merges_is_told(cast: Cast, twins: Twins) -> None:
    with cast.env("gm", write=False) as env:
        seen = {id: env.get(Customer, id).version for id in (twins.kept, twins.other)}
    with cast.env("gm") as env:
        _merged(env, twins, email="a@example.com")

    with pytest.raises(NotFound), cast.env("gm") as env:
        _merged(env, twins)
    with pytest.raises(Stale), cast.env("gm") as env:
        third = env.records(Customer).create({"name": "第三家"})
        merging.merge(env, third, [env.get(Customer, twins.kept)], {}, versions=seen | {third.id: third.version})


@pytest.mark.parametrize("count", [0, 5])
def test_a_merge_takes_two_to_five(cast: Cast, twins: Twins, count: int) -> None:
    with pytest.raises(Invalid), cast.env("gm") as env:
        others = [env.records(Customer).create({"name": f"第{number}家"}) for number in range(count)]
        merging.merge(env, env.get(Customer, twins.kept), others, {})


def test_a_group_stays_a_tree(cast: Cast, twins: Twins) -> None:
    with cast.env("gm") as env:
        env.records(Customer).update(env.get(Customer, twins.kept), {"parent_id": twins.other})
        daughter = env.records(Customer).create({"name": "子公司", "parent_id": twins.other}).id

    with cast.env("gm") as env:
        act = _merged(env, twins)
        assert env.get(Customer, twins.kept).parent_id is None
        assert env.get(Customer, daughter).parent_id == twins.kept
    with cast.env("gm") as env:
        merging.undo(env, act)

    with cast.env("gm", write=False) as env:
        assert env.get(Customer, twins.kept).parent_id == twins.other
        assert env.get(Customer, daughter).parent_id == twins.other


def test_a_collaborator_of_both_stays_one(cast: Cast, twins: Twins) -> None:
    with cast.env("gm") as env:
        for id in (twins.kept, twins.other):
            env.records(Customer).share(env.get(Customer, id), user=cast.accountant, level=ShareLevel.READ)

    with cast.env("gm") as env:
        act = _merged(env, twins)
        assert len(shares_of(env, env.get(Customer, twins.kept))) == 1
    with cast.env("gm") as env:
        merging.undo(env, act)

    with cast.env("gm", write=False) as env:
        assert [len(shares_of(env, env.get(Customer, id))) for id in (twins.kept, twins.other)] == [1, 1]


def test_history_tells_of_it(cast: Cast, twins: Twins, visit: Callable[..., object]) -> None:
    with cast.env("gm") as env:
        _merged(env, twins)
        told = env.connection_of_core.execute(
            select(Change.changes).where(Change.action == "merge", Change.record_id == twins.kept)
        ).scalar_one()
        assert told["merged"] == [None, ["台榮精密機械"]]

    page = visit("gm").get(f"/customer/{twins.kept}/tab/history")  # type: ignore[attr-defined]

    assert "台榮精密機械" in page.text


def test_impact_counts_what_would_move(cast: Cast, twins: Twins) -> None:
    with cast.env("gm", write=False) as env:
        found = {info.key: count for info, count in merging.impact(env, Customer, [twins.other])}

    assert found == {"contact": 1, "visit": 1, "ownership_period": 1}


def test_impact_counts_only_what_the_reader_sees(cast: Cast, twins: Twins, site: Site) -> None:
    def access_rules(model: type[Model], columns: Any) -> Any:
        return columns.content != "拜訪台榮精密機械" if model is Visit else None

    install(site, "discreet", access_rules)

    with cast.env("gm", write=False) as env:
        found = merging.impact_of_each(env, Customer, [twins.kept, twins.other])

    assert found[twins.kept] == {Contact: 1, Visit: 1, OwnershipPeriod: 1}
    assert found[twins.other] == {Contact: 1, OwnershipPeriod: 1}


def test_a_merge_is_undone_after_somebody_has_restored_the_other(cast: Cast, twins: Twins) -> None:
    with cast.env("gm") as env:
        act = _merged(env, twins)
        other = env.connection_of_core.scalar(select(Deletion.id).where(Deletion.record_id == twins.other))
        assert other is not None
        env.records(Customer).restore(other)

    with cast.env("gm") as env:
        merging.undo(env, act)

    with cast.env("sales2", write=False) as env:
        assert env.session.scalars(select(Visit.content)).all() == ["拜訪台榮精密機械"]
