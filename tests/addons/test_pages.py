"""Every page that the addons declare is there for those who should have it, and names nothing that is not there."""

from collections.abc import Callable

import pytest
from flask import Flask

from core.orm.filters import parse_all
from core.orm.model import describe
from core.pages.catalogue import catalogue_of
from core.pages.nodes import FormPage, ListPage, Section
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

Browser = Callable[..., Visitor]


def test_pages_name_fields_that_exist(site: Site, cast: Cast) -> None:
    with cast.env("admin", write=False) as env:
        missing = []
        for _addon, node in site.registry.pages(env.enabled):
            names: list[str] = []
            if isinstance(node, ListPage):
                names = [*node.columns, *node.card, *(f for f in node.filters if "." not in f)]
            elif isinstance(node, FormPage):
                names = [name for section in node.sections if isinstance(section, Section) for name in section.fields]
            model = getattr(node, "model", None)
            missing += [(model, name) for name in names if name not in describe(node.model).fields]

    assert missing == []


def test_filters_of_pages_make_sense(site: Site, cast: Cast) -> None:
    with cast.env("gm", write=False) as env:
        catalogue = catalogue_of(env)
        for pages in catalogue.models.values():
            quick = pages.listing.quick_filters if pages.listing else {}
            for _label, filters in quick.values():
                assert len(parse_all(env, pages.model, filters)) == len(filters)
        for card in (card for card in catalogue.cards if card.model is not None):
            assert len(parse_all(env, card.model, card.filters)) == len(card.filters)


SETTINGS = [
    "/user",
    "/department",
    "/role",
    "/settings/lists",
    "/settings/lists/customer.level",
    "/settings/company",
    "/settings/addons",
]


@pytest.mark.parametrize("url", [*SETTINGS, "/settings/lists/customer.level/new", "/user/new", "/role/new"])
def test_settings_pages_open_for_the_administrator(visit: Browser, url: str) -> None:
    answer = visit("admin").get(url)

    assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]


@pytest.mark.parametrize("url", ["/settings/lists", "/settings/company", "/settings/lists/customer.level"])
def test_settings_pages_are_closed_to_others(visit: Browser, url: str) -> None:
    browser = visit("sales")

    assert browser.get(url).status_code == 403
    assert browser.post(url if "lists" not in url else f"{url}/do/up").status_code in (403, 404, 405)


@pytest.mark.parametrize("url", ["/customer", "/contact", "/visit", "/customer/new", "/contact/new", "/visit/new", "/"])
def test_customer_pages_open_for_sales(visit: Browser, url: str) -> None:
    answer = visit("sales").get(url)

    assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]


def test_menu_shows_what_each_may_open(visit: Browser) -> None:
    sales, admin = (visit(who).get("/").get_data(as_text=True) for who in ("sales", "admin"))

    assert 'href="/customer"' in sales
    assert 'href="/settings/company"' not in sales
    assert 'href="/settings/company"' in admin
    assert 'href="/customer"' not in admin


def test_menu_puts_system_settings_last_and_draws_no_empty_group(site: Site, cast: Cast) -> None:
    from core.pages.frame import menu_of

    with cast.env("gm", write=False) as env:
        groups, _phone = menu_of(env)
        assert [group.key for group in groups] == ["office", "customers", "sales", "products", "settings"]


def test_saving_settings_shows_the_company(visit: Browser, cast: Cast) -> None:
    form = {
        "name": "宏岳自動化",
        "business_number": "04595257",
        "currency": "TWD",
        "accent": "#0a7f55",
        "locale": "zh_Hant_TW",
        "locales": ["zh_Hant_TW", "en"],
    }
    browser = visit("admin")

    answer = browser.post("/settings/company", form)

    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    assert "宏岳自動化" in browser.get("/").get_data(as_text=True)
    with cast.env("sales", write=False) as env:
        assert env.setting("company.locales") == ["zh_Hant_TW", "en"]


def test_saving_a_wrong_business_number_keeps_what_was_typed(visit: Browser, cast: Cast) -> None:
    form = {"name": "宏岳自動化", "business_number": "12345678", "currency": "TWD", "accent": "#0a7f55"}
    answer = visit("admin").post("/settings/company", form | {"locale": "en", "locales": ["en"]})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "not a valid unified business number" in page
    assert 'value="12345678"' in page
    with cast.env("admin", write=False) as env:
        assert env.setting("company.name") is None


def test_role_editor_shows_and_takes_the_matrix(visit: Browser, cast: Cast) -> None:
    browser = visit("admin")
    url = "/role/1/grants"
    assert 'name="grant-customer-read"' in browser.get(url).get_data(as_text=True)

    answer = browser.post(url, {"grant-customer-read": "all", "field-customer-phone": "masked"})

    assert answer.status_code == 303
    with cast.env("sales", write=False) as env:
        assert env.actor.owners("customer", "read") is None
        assert env.actor.field_level("customer", "phone") == "masked"


def test_role_editor_refuses_to_lock_everybody_out(visit: Browser, site: Site, cast: Cast) -> None:
    with site.system("look", write=False) as env:
        role = next(id for id, preset in env.actor.organisation.presets.items() if preset == "administrator")

    answer = visit("admin").post(f"/role/{role}/grants", {"grant-role-edit": "none"})

    assert answer.status_code == 422
    with cast.env("admin", write=False) as env:
        assert env.actor.may("role", "edit")


def test_role_editor_is_closed_to_others(visit: Browser) -> None:
    assert visit("gm").get("/role/1/grants").status_code in (403, 404)


def test_roles_of_a_user_are_changed_on_a_page(visit: Browser, cast: Cast, site: Site) -> None:
    with site.system("look", write=False) as env:
        roles = {preset: id for id, preset in env.actor.organisation.presets.items()}
    browser = visit("admin")
    url = f"/user/{cast.sales}/roles"
    assert browser.get(url).status_code == 200

    answer = browser.post(url, {"roles": [str(roles["salesperson"]), str(roles["manager"])]})

    assert answer.status_code == 303
    with cast.env("sales", write=False) as env:
        assert env.actor.may("customer", "assign")


def test_one_time_password_is_shown_once_and_has_to_be_changed(visit: Browser, cast: Cast, app: Flask) -> None:
    browser = visit("admin")
    url = f"/user/{cast.sales}/password"
    assert '<input id="secret"' not in browser.get(url).get_data(as_text=True)

    page = browser.post(url, {"way": "password"}).get_data(as_text=True)
    secret = page.split('id="secret"')[1].split('value="')[1].split('"')[0]

    guest = Visitor(app)
    guest.sign_in("sales", secret)
    assert guest.get("/customer").headers["Location"] == "/password"


def test_link_for_a_new_password_opens_its_page(visit: Browser, cast: Cast, app: Flask) -> None:
    page = visit("admin").post(f"/user/{cast.sales}/password", {"way": "link"}).get_data(as_text=True)
    link = page.split('id="secret"')[1].split('value="')[1].split('"')[0]

    assert Visitor(app).get(link.split("localhost", 1)[1]).status_code == 200


def test_value_of_a_list_is_added_moved_and_deleted_on_its_page(visit: Browser, cast: Cast) -> None:
    browser = visit("admin", locale="zh-TW")
    url = "/settings/lists/customer.level"

    added = browser.post(f"{url}/new", {"label_zh_Hant_TW": "特級", "tone": "accent"})
    assert added.status_code == 303, added.get_data(as_text=True)[:2000]
    assert "特級" in browser.get(url).get_data(as_text=True)

    from addons.base.services import ListValues

    with cast.env("admin", write=False) as env:
        id = env.service(ListValues).values("customer.level")[-1].id
    assert browser.post(f"{url}/do/up", {"ids": [str(id)]}).status_code == 303
    with cast.env("admin", write=False) as env:
        assert [v.code for v in env.service(ListValues).values("customer.level")] == ["A", "B", "C", "v5", "D"]
    assert browser.post(f"{url}/do/delete", {"ids": [str(id)]}).status_code == 303
    assert "特級" not in browser.get(url).get_data(as_text=True)


def test_used_value_stays_when_it_is_deleted_with_an_unused_one(visit: Browser, cast: Cast) -> None:
    from addons.base.services import ListValues

    with cast.env("sales") as env:
        env.records("customer").create({"name": "台榮精密", "level": "D"})
    with cast.env("admin", write=False) as env:
        ids = [str(v.id) for v in env.service(ListValues).values("customer.level") if v.code in "CD"]

    visit("admin").post("/settings/lists/customer.level/do/delete", {"ids": ids})

    with cast.env("admin", write=False) as env:
        assert [v.code for v in env.service(ListValues).values("customer.level")] == ["A", "B", "C", "D"]
