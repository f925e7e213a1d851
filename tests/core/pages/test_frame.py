"""What is around a page, and the start page."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from addons.customer.models import Customer
from core import clock
from core.pages.people import initials
from core.testing.cast import Cast

from .conftest import Browse, make

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def menu(html: str) -> list[str]:
    return re.findall(r'<a class="side-link" href="([^"]*)"', html)


def test_the_menu_has_what_one_may_open(browse: Browse) -> None:
    assert {"/customer", "/contact", "/visit"} <= set(menu(browse("sales").get("/").text))
    assert "/customer" not in menu(browse("accountant").get("/").text)


def test_the_entry_of_the_page_is_marked(browse: Browse, cast: Cast) -> None:
    with cast.env("sales") as env:
        make(env, Customer, name="台榮")

    html = browse("sales").get("/customer/1").text

    assert re.findall(r'class="side-link" href="([^"]*)" aria-current="page"', html) == ["/customer"]
    assert '<span aria-current="page">台榮</span>' in html
    assert '<a href="/customer">Customers</a>' in html


def test_the_menu_is_in_the_readers_language(browse: Browse) -> None:
    english, chinese = (browse("sales", locale).get("/customer").text for locale in ("en", "zh_Hant_TW"))

    assert 'lang="en"' in english
    assert 'lang="zh-Hant-TW"' in chinese


def test_the_start_page_greets_its_reader(browse: Browse) -> None:
    assert "<h1>Good morning, 林怡君</h1>" in browse("sales").get("/").text


def test_a_toast_is_shown_once(browse: Browse, cast: Cast) -> None:
    with cast.env("sales") as env:
        make(env, Customer, name="台榮")
    browser = browse("sales")
    browser.post("/customer/1/actions/plan", {"next_contact_on": "2030-01-01"})

    first, second = browser.get("/customer/1").text, browser.get("/customer/1").text

    assert "The next contact is planned." in first
    assert "The next contact is planned." not in second


@pytest.mark.parametrize(("name", "shown"), [("王小明", "明"), ("Ann Lee", "AL"), ("ann", "A"), ("", "?")])
def test_initials(name: str, shown: str) -> None:
    assert initials(name) == shown
