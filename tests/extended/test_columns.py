"""The columns of an extension are ordinary ones of the table: for queries, records, and everything made of fields."""

from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import aliased

from addons.customer.models import Customer, Visit
from addons.loyalty.models import Loyalty
from core.errors import Invalid
from core.orm.field import Kind
from core.orm.listing import ListRequest, list_page
from core.orm.model import describe
from core.site import Site
from core.testing.cast import Cast


def make(cast: Cast, **values: Any) -> int:
    with cast.env("gm") as env:
        return env.records(Customer).create({"name": "台榮精密機械", **values}).id


def test_field_belongs_to_the_addon_and_has_its_prefix() -> None:
    spec = describe(Customer).fields["loyalty_points"]

    assert (spec.addon, spec.model, spec.kind) == ("loyalty", "customer", Kind.INTEGER)
    assert Customer.__table__.c.loyalty_points.info["owner"] == "loyalty"
    assert describe(Customer).fields["name"].addon == "customer"
    assert describe(Customer).fields["loyalty_referrer_id"].target == "customer"


def test_query_by_the_extension_finds_records(cast: Cast) -> None:
    found, _other = make(cast, loyalty_tier="gold"), make(cast)

    with cast.env("gm") as env:
        ids = env.session.scalars(select(Customer.id).where(Loyalty.tier == "gold")).all()

    assert ids == [found]


def test_view_of_a_record_reads_and_writes_it(cast: Cast) -> None:
    id = make(cast)

    with cast.env("gm") as env:
        Loyalty.of(env.get(Customer, id)).card = "A-1"
        env.flush()
    with cast.env("gm") as env:
        assert env.get(Customer, id).loyalty_card == "A-1"  # type: ignore[attr-defined]
        assert Loyalty.of(env.get(Customer, id)).earned_tier == "basic"


def test_view_refuses_a_record_of_another_model() -> None:
    with pytest.raises(TypeError, match=r"Loyalty is of Customer, not of Visit\."):
        Loyalty.of(Visit())  # type: ignore[arg-type]


def test_relationship_leads_to_the_other_record(cast: Cast) -> None:
    first = make(cast, name="宏岳")
    second = make(cast, loyalty_referrer_id=first)
    other = aliased(Customer)
    brought_by = select(Customer.id).join(Loyalty.referrer.of_type(other)).where(other.name == "宏岳")

    with cast.env("gm") as env:
        referrer = Loyalty.of(env.get(Customer, second)).referrer
        assert referrer is not None
        assert referrer.name == "宏岳"
        assert env.session.scalars(brought_by).all() == [second]
    with cast.env("sales2") as env:
        assert env.session.scalars(brought_by).all() == []


def test_default_and_server_default_fill_new_records(cast: Cast, site: Site) -> None:
    with site.system("a record past its service") as env:
        record = Customer(name="直接")
        env.session.add(record)
        env.flush()

        assert (Loyalty.of(record).tier, Loyalty.of(record).points, Loyalty.of(record).number) == ("basic", 0, "L0001")


def test_unique_holds_among_records(cast: Cast) -> None:
    make(cast, loyalty_card="A-1")

    with pytest.raises(Invalid) as refused:
        make(cast, loyalty_card="A-1")

    assert str(refused.value.fields["loyalty_card"][0]) == "This value is already used by another record."


def test_bad_choice_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        make(cast, loyalty_tier="platinum")

    assert list(refused.value.fields) == ["loyalty_tier"]


def test_list_is_sorted_by_an_index_of_its_own(cast: Cast, site: Site) -> None:
    names = {index["name"] for index in inspect(site.engine).get_indexes("customer")}
    for points in (5, 9, 7):
        with site.system("points") as env:
            env.session.add(Customer(name=str(points), loyalty_points=points))

    with cast.env("gm") as env:
        rows = list_page(env, ListRequest(Customer, sort="-loyalty_points"), ["loyalty_points"]).rows

    assert {"ix_customer_loyalty_points", "ix_customer_owner_id_loyalty_points", "uq_customer_loyalty_card"} <= names
    assert [row.loyalty_points for row in rows] == [9, 7, 5]


def test_search_and_filter_find_its_values(cast: Cast) -> None:
    id = make(cast, loyalty_card="卡號甲乙", loyalty_tier="gold")

    with cast.env("gm") as env:
        searched = list_page(env, ListRequest(Customer, q="號甲"), ["name"]).rows
        filtered = list_page(env, ListRequest(Customer, filters=("loyalty_tier:is:gold",)), ["name"]).rows

    assert [row.id for row in searched] == [row.id for row in filtered] == [id]
