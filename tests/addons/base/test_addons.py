"""The page of addons."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from core.addons.problems import Problem, Quarantined
from core.i18n import _
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

Visit = Callable[..., Visitor]
BROKEN = Quarantined(
    "warranty",
    Problem([_("It depends on {name}, which is not installed.", name="stock")], _("Remove one of the two.")),
    Path("/opt/addons/warranty"),
    "Warranties",
    "1.2",
)


@pytest.fixture
def broken(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site with an addon that cannot be loaded."""
    monkeypatch.setattr(site.registry, "quarantined", (BROKEN,))
    return site


def text(page: str) -> str:
    """What is to read on the page, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_addons_are_listed_with_their_state(visit: Visit) -> None:
    page = text(visit("admin").get("/settings/addons").text)

    assert re.search(r"Customers Enabled Customers with their contacts and visits", page)
    assert re.search(r"Organisation and settings Enabled Departments", page)


def test_addon_says_what_it_adds_and_stores(visit: Visit, cast: Cast) -> None:
    with cast.env("sales") as env:
        env.records("customer").create({"name": "a"})

    page = text(visit("admin").get("/settings/addons/customer").text)

    assert "Kinds of records Contacts Customers" in page
    assert re.search(r"Menu entries .*\bCustomers Contacts Visits", page)
    assert "Reactions to what happens elsewhere owners_changed" in page
    assert re.search(r"Disabling the addon keeps all of it\. .*Customers 1 ", page)


def test_disabling_asks_with_its_impact_and_tells_what_went(visit: Visit) -> None:
    browser = visit("admin")
    asked = html.unescape(browser.get("/settings/addons/customer").text)

    answer = browser.post("/settings/addons/customer/disable")

    assert re.search(
        r'data-confirm="Disable Customers\? [^"]*Hidden until it is enabled again: Kinds of records \(\d+\)', asked
    )
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert re.search(r"Disabled: [^.]*Customers[^.]*\. Nothing was deleted\.", page)
    assert "/settings/addons/customer/enable" in page
    assert "/settings/addons/customer/disable" not in page


def test_enabling_brings_it_back(visit: Visit) -> None:
    browser = visit("admin")
    browser.post("/settings/addons/customer/disable")

    answer = browser.post("/settings/addons/customer/enable")

    assert "Enabled: Customers" in browser.get(answer.location).text
    assert visit("sales").get("/customer").status_code == 200


def test_base_has_no_button_and_stays(visit: Visit) -> None:
    browser = visit("admin")

    assert "/settings/addons/base/disable" not in browser.get("/settings/addons/base").text
    answer = browser.post("/settings/addons/base/disable")

    assert "This addon cannot be disabled" in browser.get(answer.location).text
    assert browser.get("/settings/addons").status_code == 200


def test_what_cannot_be_loaded_is_told_with_cause_and_remedy(broken: Site, app: Flask, visit: Visit) -> None:
    browser = visit("admin")

    listed, alone = (text(browser.get(f"/settings/addons{path}").text) for path in ("", "/warranty"))

    assert "Warranties Cannot be loaded It depends on stock, which is not installed." in listed
    assert "It depends on stock, which is not installed. Remove one of the two." in alone


def test_administrators_are_told_on_every_page(broken: Site, visit: Visit) -> None:
    said = "1 addon cannot be loaded: Warranties. The rest of the site works."

    assert said in visit("admin").get("/user").text
    assert said in visit("admin").get("/").text
    assert said not in visit("gm").get("/user").text


def test_banner_is_in_the_language_of_the_reader(broken: Site, visit: Visit) -> None:
    said = "有 1 個附加模組無法載入：Warranties。系統的其他部分照常運作。"

    assert said in visit("admin", locale="zh-TW").get("/user").text


@pytest.mark.parametrize("path", ["", "/customer", "/customer/disable"])
def test_only_who_may_manage_addons_comes_here(visit: Visit, path: str) -> None:
    browser = visit("gm")

    answer = (
        browser.post(f"/settings/addons{path}") if path.endswith("disable") else browser.get(f"/settings/addons{path}")
    )

    assert answer.status_code == 403
    assert browser.get("/customer").status_code == 200


@pytest.mark.parametrize("path", ["nothing", "customer/nothing"])
def test_what_is_not_there_is_not_found(visit: Visit, path: str) -> None:
    browser = visit("admin")

    answer = browser.post(f"/settings/addons/{path}") if "/" in path else browser.get(f"/settings/addons/{path}")

    assert answer.status_code == 404


def test_second_addon_of_a_name_is_told_beside_the_first(
    site: Site, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.registry, "quarantined", (replace(BROKEN, name="customer"),))

    page = text(visit("admin").get("/settings/addons/customer").text)

    assert "Customers Enabled" in page
    assert "It depends on stock, which is not installed." in page
