"""The hook that takes rows away, on every way to them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import true

from addons.customer.models import Contact, Customer, Visit
from core import clock
from core.errors import AppError, Forbidden, NotFound
from core.orm.listing import ListRequest, count, list_page
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from tests.core.addons.hooking import install
from tests.core.addons.listening import create, prove


def secrets(actor: Any, model: Any, action: str, columns: Any) -> Any:
    """Keeps customers whose name begins with 密 from everybody but the general manager."""
    if model is Customer and actor.member.username != "gm":
        return columns.name.not_like("密%")
    return None


secrets.__name__ = "access_rules"


@dataclass
class Secret:
    customer: int
    open: int
    contact: int
    visit: int


@pytest.fixture
def secret(site: Site, cast: Cast) -> Secret:
    """A customer of sales that an addon keeps from them, with a contact and a visit of their own."""
    install(site, "secretive", secrets)
    with site.system("make a secret") as env:
        customer, other = (
            env.records(Customer).create({"name": name, "owner_id": cast.sales, "phone": "075551234"}).id
            for name in ("密謀精機", "公開精機")
        )
        contact = env.records(Contact).create({"customer_id": customer, "name": "密使王明"}).id
        content = {"content": "密談內容", "visited_at": clock.now(), "owner_id": cast.sales}
        visit = env.records(Visit).create({"customer_id": customer, **content}).id
    return Secret(customer, other, contact, visit)


def test_hook_access_rules(site: Site, cast: Cast) -> None:
    def fire() -> None:
        from core.orm.versions import bump

        with site.system("a new version of the actors") as env:
            bump(env.connection_of_core, "organisation")
        with cast.env("sales", write=False) as env:
            list_page(env, ListRequest(Customer), ["name"])

    prove(site, "access_rules", fire)


@pytest.mark.parametrize(("who", "sees"), [("sales", False), ("manager", False), ("gm", True)])
def test_hook_access_rules_hold_on_every_way(
    who: str,
    sees: bool,
    site: Site,
    cast: Cast,
    secret: Secret,
    visit: Callable[..., Visitor],
    api: Callable[[str], ApiClient],
) -> None:
    browser, client = visit(who), api(who)
    gets = [
        "/customer", "/customer?q=密謀", "/customer?filter=name:contains:密謀", "/customer?sort=-name",
        "/customer?q=075551234",
        f"/customer/{secret.customer}", f"/customer/{secret.customer}/edit",
        f"/customer/{secret.customer}/tab/history", f"/customer/{secret.customer}/tab/visits",
        "/contact", "/contact?q=密使", f"/contact/{secret.contact}", "/visit", "/visit?q=密談",
        f"/visit/{secret.visit}",
        "/visit?filter=customer.name:contains:密謀", "/lookup/customer?q=密謀", "/palette?q=密謀", "/palette?q=密使",
    ]  # fmt: skip
    if who == "gm":
        gets += ["/export/customer.csv", "/export/visit.csv", "/export/contact.csv"]
    met = [
        url
        for url in gets
        if any(w in browser.get(url).get_data(as_text=True) for w in ("密謀精", "密使王", "密談內", "密謀○", "密○"))
    ]
    calls = [
        "/customer",
        "/contact",
        "/visit",
        "/customer?q=密謀",
        f"/customer/{secret.customer}",
        f"/visit/{secret.visit}",
    ]
    met += [url for url in calls if "密" in client.get(url).get_data(as_text=True).replace('密謀"', "")]

    with cast.env(who, write=False) as env:
        numbers = [
            count(env, ListRequest(model, q=q)).number
            for model, q in (
                (Customer, ""),
                (Customer, "密謀"),
                (Customer, "精機"),
                (Contact, ""),
                (Visit, ""),
                (Visit, "密談"),
            )
        ]
        rows = [row.id for row in list_page(env, ListRequest(Customer, sort="name"), ["name"]).rows]

    if sees:
        assert numbers == [2, 1, 2, 1, 1, 1]
        assert sorted(rows) == [secret.customer, secret.open]
        assert len(met) > 15
    else:
        assert numbers == [1, 0, 1, 0, 0, 0]
        assert rows == [secret.open]
        assert met == []


def test_hook_access_rules_hold_for_writing(site: Site, cast: Cast, secret: Secret) -> None:
    with cast.env("sales") as env:
        for id, action in ((secret.customer, "edit"), (secret.customer, "delete"), (secret.customer, "assign")):
            assert env.ids_within(Customer, {id, secret.open}, action) <= {secret.open}
        with pytest.raises(NotFound):
            env.get(Visit, secret.visit)
        with pytest.raises(Forbidden), env.savepoint():
            env.records(Customer).update(env.get(Customer, secret.open), {"name": "密而不宣"})
        with pytest.raises(AppError), env.savepoint():
            env.records(Visit).create({"customer_id": secret.customer, "content": "x", "visited_at": clock.now()})


def test_hook_access_rules_never_widen(site: Site, cast: Cast) -> None:
    id = create(cast, "sales2")

    def access_rules() -> Any:
        return true()

    install(site, "generous", access_rules)

    with cast.env("sales", write=False) as env:
        assert count(env, ListRequest(Customer)).number == 0
        assert env.ids_within(Customer, {id}, "read") == set()
        with pytest.raises(NotFound):
            env.get(Customer, id)


def test_hook_access_rules_leave_offers_on_pages(
    site: Site, cast: Cast, secret: Secret, visit: Callable[..., Visitor]
) -> None:
    shown = visit("sales").get(f"/customer/{secret.open}").get_data(as_text=True)

    assert f"/customer/{secret.open}/edit" in shown
