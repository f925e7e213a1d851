"""One field edited where it stands."""

import pytest

from addons.customer.models import Customer
from core.site import Site
from core.testing.cast import Cast

from .conftest import Browse, make, restrict, sent_form


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def url(cast: Cast) -> str:
    with cast.env("sales") as env:
        make(env, Customer, name="台榮精密", phone="02-2345-6789", level="A", note="長" * 100)
    return "/customer/1/field/"


def test_the_editor_holds_the_value(browse: Browse, url: str) -> None:
    html = browse("sales").get(f"{url}phone").text

    assert '<form class="inline-form" method="post" action="/customer/1/field/phone"' in html
    assert sent_form(html)["phone"] == "02-2345-6789"


def test_a_good_value_is_stored_and_shown(browse: Browse, cast: Cast, url: str) -> None:
    browser = browse("sales")
    form = sent_form(browser.get(f"{url}phone").text)
    form["phone"] = "02-8765-4321"

    answer = browser.post(f"{url}phone", form)

    assert (answer.status_code, answer.text) == (200, '<a href="tel:0287654321">02-8765-4321</a>')
    with cast.env("sales") as env:
        assert env.get(Customer, 1).phone == "02-8765-4321"


def test_a_wrong_value_says_so_in_the_cell(browse: Browse, cast: Cast, url: str) -> None:
    browser = browse("sales")
    form = sent_form(browser.get(f"{url}phone").text)
    form["phone"] = "abc"

    answer = browser.post(f"{url}phone", form)

    assert answer.status_code == 422
    assert 'value="abc"' in answer.text
    assert "Please enter a phone number" in answer.text
    assert 'role="alert"' in answer.text


def test_a_value_that_is_needed_is_not_emptied(browse: Browse, url: str) -> None:
    browser = browse("sales")
    form = sent_form(browser.get(f"{url}name").text)
    form["name"] = "  "

    assert "Please fill in this field." in browser.post(f"{url}name", form).text


def test_a_change_of_another_field_is_not_in_the_way(browse: Browse, cast: Cast, url: str) -> None:
    browser = browse("sales")
    form = sent_form(browser.get(f"{url}phone").text)
    change(cast, level="B")
    form["phone"] = "02-8765-4321"

    assert browser.post(f"{url}phone", form).status_code == 200


def test_a_change_of_the_same_field_is_told_and_can_be_replaced(browse: Browse, cast: Cast, url: str) -> None:
    browser = browse("sales")
    form = sent_form(browser.get(f"{url}phone").text)
    change(cast, phone="02-1111-2222")
    form["phone"] = "02-8765-4321"

    answer = browser.post(f"{url}phone", form)

    assert answer.status_code == 409
    assert "陳建宏 has changed this to “02-1111-2222”" in answer.text
    assert browser.post(f"{url}phone", sent_form(answer.text)).status_code == 200
    with cast.env("sales") as env:
        assert env.get(Customer, 1).phone == "02-8765-4321"


def change(cast: Cast, **values: str) -> None:
    with cast.env("manager") as env:
        env.records(Customer).update(env.get(Customer, 1), values)


def test_a_cell_shows_the_value_as_its_list_does(browse: Browse, url: str) -> None:
    browser = browse("sales")
    form = sent_form(browser.get("/customer/1/cell/note").text)

    cell, fact = browser.post("/customer/1/cell/note", form).text, browser.post(f"{url}note", form).text

    assert (len(cell), cell[-1]) == (80, "…")
    assert fact == f'<span class="prose">{"長" * 100}</span>'


def test_an_emptied_value_leaves_a_mark(browse: Browse, url: str) -> None:
    browser = browse("sales")
    form = sent_form(browser.get(f"{url}level").text)
    form["level"] = ""

    assert browser.post(f"{url}level", form).text == '<span class="blank">—</span>'


@pytest.mark.parametrize("name", ["owner_id", "number", "last_visit_on", "created_at", "locked_until"])
def test_what_may_not_be_written_has_no_editor(browse: Browse, url: str, name: str) -> None:
    assert browse("sales").get(url + name).status_code == 403
    assert browse("sales").post(url + name, {name: "1"}).status_code == 403


def test_a_field_that_is_unknown_or_hidden_is_not_found(browse: Browse, site: Site, url: str) -> None:
    restrict(site, "salesperson", "customer", "phone", "hidden")

    assert browse("sales").get(f"{url}phone").status_code == 404
    assert browse("sales").get(f"{url}password_hash").status_code == 404
    assert browse("sales2").get(f"{url}name").status_code == 404
