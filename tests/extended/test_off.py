"""While an addon is off nothing of it is there for anybody, and all of it is there again when it is on."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from addons.base.services.grants import Grants
from addons.customer.models import Customer
from addons.loyalty.models import Loyalty, PointEntry
from core.access.models import FieldLevel, Role
from core.addons import lifecycle
from core.errors import BadRequest, Conflict, Invalid, NotFound
from core.orm.listing import ListRequest, list_page
from core.pages.catalogue import catalogue_of
from core.pages.palette import find
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor

Visit = Callable[[str], Visitor]
Api = Callable[[str], ApiClient]


@pytest.fixture
def customer(cast: Cast) -> int:
    """One that was a member when the addon was on."""
    with cast.env("gm") as env:
        return env.records(Customer).create({"name": "台榮精密", "loyalty_card": "卡號甲乙", "loyalty_tier": "gold"}).id


def switch(site: Site, *, on: bool) -> None:
    with site.system("switch the addon") as env:
        lifecycle.enable(env, "loyalty") if on else lifecycle.disable(env, "loyalty")


def test_field_is_hidden_from_users_and_from_the_system(site: Site, cast: Cast) -> None:
    switch(site, on=False)

    with cast.env("gm") as env, site.system("look", write=False) as system:
        assert env.actor.field_level("customer", "loyalty_card") is FieldLevel.HIDDEN
        assert system.actor.field_level("customer", "loyalty_card") is FieldLevel.HIDDEN
        assert env.actor.field_level("customer", "name") is FieldLevel.EDIT


def test_value_is_found_only_while_the_addon_is_on(site: Site, cast: Cast, customer: int) -> None:
    def found() -> list[int]:
        with cast.env("gm") as env:
            return [row.id for row in list_page(env, ListRequest(Customer, q="號甲"), ["name"]).rows]

    before = found()
    switch(site, on=False)
    without = found()
    with cast.env("gm") as env:
        env.records(Customer).update(env.get(Customer, customer), {"name": "台榮機械"})
    changed = found()
    switch(site, on=True)

    assert (before, without, changed, found()) == ([customer], [], [], [customer])


def test_neither_filter_nor_sort_knows_the_field(site: Site, cast: Cast) -> None:
    switch(site, on=False)

    with cast.env("gm") as env, pytest.raises(BadRequest):
        list_page(env, ListRequest(Customer, filters=("loyalty_tier:is:gold",)), ["name"])
    with cast.env("gm") as env, pytest.raises(BadRequest):
        list_page(env, ListRequest(Customer, sort="loyalty_points"), ["name"])


def test_api_and_its_description_are_without_it(site: Site, api: Api, customer: int) -> None:
    client = api("gm")
    with_it = (client.get(f"/customer/{customer}").json or {})["data"]
    schema = client.get("/openapi.json").get_data(as_text=True)

    switch(site, on=False)

    without = (client.get(f"/customer/{customer}").json or {})["data"]
    refused = client.patch(f"/customer/{customer}", {"loyalty_card": "B"}, If_Match="*")
    assert (with_it["loyalty_card"], with_it["loyalty_tier"]) == ("卡號甲乙", "gold")
    assert [name for name in without if name.startswith("loyalty")] == []
    assert "loyalty_card" in schema
    assert "loyalty" not in client.get("/openapi.json").get_data(as_text=True)
    assert refused.status_code in (400, 422)
    assert client.get("/loyalty_entry").status_code == 404


def test_pages_are_without_it(site: Site, visit: Visit, customer: int) -> None:
    browser = visit("gm")
    paths = ["/customer", f"/customer/{customer}", f"/customer/{customer}/edit", "/"]
    with_it = ["loyalty" in browser.get(path).get_data(as_text=True) for path in paths]

    switch(site, on=False)

    assert with_it == [True] * 4
    assert ["loyalty" in browser.get(path).get_data(as_text=True) for path in paths] == [False] * 4
    for path in ("/loyalty_entry", "/lookup/loyalty_entry", f"/customer/{customer}/tab/points"):
        assert browser.get(path).status_code == 404, path


def test_export_has_no_column_of_it(site: Site, visit: Visit, customer: int) -> None:
    browser = visit("gm")
    with_it = browser.get("/export/customer.csv").get_data(as_text=True)

    switch(site, on=False)

    assert "Points" in with_it.splitlines()[0]
    assert "Points" not in browser.get("/export/customer.csv").get_data(as_text=True).splitlines()[0]


def test_new_records_are_made_without_its_defaults_and_numbers(site: Site, cast: Cast, customer: int) -> None:
    switch(site, on=False)
    with cast.env("gm") as env:
        id = env.records(Customer).create({"name": "宏岳"}).id
        with pytest.raises(Invalid):
            env.records(Customer).create({"name": "宏岳", "loyalty_tier": "gold"})
    with site.system("past its service") as env:
        env.session.add(Customer(name="直接"))
    switch(site, on=True)

    with cast.env("gm") as env:
        rows = env.session.execute(
            select(Loyalty.tier, Loyalty.number, Loyalty.points).order_by(Customer.id).where(Customer.id >= id)
        ).all()
        later = Loyalty.of(env.records(Customer).create({"name": "後來"}))
        assert [tuple(row) for row in rows] == [(None, None, 0), (None, None, 0)]
        assert (later.tier, later.number) == ("basic", "L0002")


def test_field_that_is_required_is_asked_for_only_while_it_is_on(
    site: Site, cast: Cast, customer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.orm import model

    info = model.describe(Customer)
    required = info.fields["loyalty_card"].bind(required=True)
    changed = model.ModelInfo(info.key, info.model, info.fields | {"loyalty_card": required}, info.rule, info.addon)
    monkeypatch.setitem(model._described, Customer, changed)
    with site.system("older than the addon") as env:
        old = Customer(name="舊")
        env.session.add(old)
        env.flush()
        old_id = old.id

    with cast.env("gm") as env, pytest.raises(Invalid):
        env.records(Customer).create({"name": "宏岳"})
    with cast.env("gm") as env, pytest.raises(Invalid):
        env.records(Customer).update(env.get(Customer, customer), {"loyalty_card": None})
    with cast.env("gm") as env:
        env.records(Customer).update(env.get(Customer, old_id), {"short_name": "舊"})
    switch(site, on=False)
    with cast.env("gm") as env:
        assert env.records(Customer).create({"name": "宏岳"}).name == "宏岳"


def test_matrix_of_grants_hides_it_and_keeps_what_was_granted(site: Site, cast: Cast) -> None:
    def fields(env: Any) -> set[str]:
        row = next(row for row in Grants(env).matrix() if row.key == "customer")
        return {field.name for field in row.fields if field.addon == "loyalty"}

    with cast.env("admin") as env:
        with_it = fields(env)
        role = env.session.scalars(select(Role).where(Role.preset == "salesperson")).one()
        Grants(env).save(role, {}, {("customer", "loyalty_card"): FieldLevel.MASKED})
    switch(site, on=False)
    with cast.env("admin") as env:
        without = fields(env), [row.key for row in Grants(env).matrix()]
        role = env.session.scalars(select(Role).where(Role.preset == "salesperson")).one()
        Grants(env).save(role, {}, {("customer", "phone"): FieldLevel.READ})
    switch(site, on=True)

    assert {"loyalty_card", "loyalty_tier", "loyalty_points"} <= with_it
    assert without[0] == set()
    assert "loyalty_entry" not in without[1]
    with cast.env("sales") as env:
        assert env.actor.field_level("customer", "loyalty_card") is FieldLevel.MASKED


def test_history_tells_of_it_only_while_it_is_on(site: Site, visit: Visit, cast: Cast, customer: int) -> None:
    with cast.env("gm") as env:
        env.records(Customer).update(env.get(Customer, customer), {"loyalty_card": "C-77"})
    browser, path = visit("gm"), f"/customer/{customer}/tab/history"
    with_it = browser.get(path).get_data(as_text=True)

    switch(site, on=False)

    assert "C-77" in with_it
    assert "C-77" not in browser.get(path).get_data(as_text=True)


def test_its_records_are_gone_from_palette_timeline_and_bin_but_are_counted(
    site: Site, visit: Visit, cast: Cast, customer: int
) -> None:
    with cast.env("gm") as env:
        kept = env.records(PointEntry).create({"customer_id": customer, "points": 5, "reason": "年度回饋"})
        binned = env.records(PointEntry).create({"customer_id": customer, "points": 5, "reason": "誤登"})
        act = env.records(PointEntry).delete(binned)
    browser = visit("gm")
    assert "年度回饋" in browser.get(f"/customer/{customer}").get_data(as_text=True)

    switch(site, on=False)

    with cast.env("gm") as env:
        assert [group for group in find(env, "年度回饋") if group["items"]] == []
        assert not env.can("read", PointEntry)
        with pytest.raises(NotFound):
            env.records(Customer).restore(act)
        with pytest.raises(NotFound):
            catalogue_of(env).of(PointEntry)
    assert "年度回饋" not in browser.get(f"/customer/{customer}").get_data(as_text=True)
    with cast.env("gm") as env:
        env.records(Customer).delete(env.get(Customer, customer))
    with site.system("what went along", write=False) as env:
        deleted = env.connection_of_core.execute(text("SELECT deleted_at IS NULL FROM loyalty_entry")).all()
        assert [bool(row[0]) for row in deleted] == [False, False]
    assert kept is not None


def test_its_link_keeps_what_it_points_at_from_nothing_but_is_emptied(site: Site, cast: Cast, customer: int) -> None:
    with cast.env("gm") as env:
        other = env.records(Customer).create({"name": "宏岳", "loyalty_referrer_id": customer}).id
    switch(site, on=False)

    with cast.env("gm") as env:
        env.records(Customer).delete(env.get(Customer, customer))

    switch(site, on=True)
    with cast.env("gm") as env:
        assert Loyalty.of(env.get(Customer, other)).referrer is None


def test_service_is_without_its_extension(site: Site, cast: Cast, customer: int) -> None:
    from addons.loyalty.services import LoyalCustomers
    from core.addons.composition import CompositionError

    with cast.env("gm") as env:
        assert isinstance(env.records(Customer), LoyalCustomers)
        assert env.service(LoyalCustomers) is env.records(Customer)
    switch(site, on=False)

    with cast.env("gm") as env:
        assert not isinstance(env.records(Customer), LoyalCustomers)
        with pytest.raises(CompositionError, match="belongs to an addon that is off"):
            env.service(LoyalCustomers)


def test_hook_is_not_called(site: Site, cast: Cast, customer: int) -> None:
    with cast.env("gm") as env, pytest.raises(Conflict):
        env.records(Customer).assign(env.get(Customer, customer), to=None)

    switch(site, on=False)

    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, customer), to=None)
        assert env.get(Customer, customer).owner_id is None
