"""Actions on one record and on many."""

import re
from datetime import date

import pytest

from addons.customer.models import Contact, Customer
from core.site import Site
from core.testing.cast import Cast

from .conftest import Browse, make, restrict, sent_form


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def customers(cast: Cast) -> list[int]:
    with cast.env("sales") as env:
        return [make(env, Customer, name=f"客戶 {number}").id for number in range(3)]


def owners(cast: Cast) -> list[int | None]:
    with cast.env("gm") as env:
        return [env.get(Customer, id).owner_id for id in (1, 2, 3)]


def test_an_action_asks_in_a_dialog_and_runs(browse: Browse, cast: Cast, customers: list[int]) -> None:
    browser = browse("sales")
    dialog = browser.part("/customer/1/actions/plan").text
    form = sent_form(dialog)
    assert '<h2 id="dialog-title">Plan next contact</h2>' in dialog
    form["next_contact_on"] = "2030-01-02"

    answer = browser.post("/customer/1/actions/plan", form, headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/customer/1")
    html = browser.get("/customer/1").text
    assert "The next contact is planned." in html
    assert 'datetime="2030-01-02"' in html


def test_a_wrong_argument_stays_in_the_dialog(browse: Browse, customers: list[int]) -> None:
    browser = browse("sales")

    answer = browser.post("/customer/1/actions/plan", {"next_contact_on": "soon"}, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert 'value="soon"' in answer.text
    assert "Please enter a date, such as 2026-01-31." in answer.text


def test_an_action_that_does_not_fit_the_record_is_not_offered_nor_run(browse: Browse, cast: Cast) -> None:
    with cast.env("sales") as env:
        customer = make(env, Customer, name="台榮")
        make(env, Contact, name="王小明", customer_id=customer.id)
    browser = browse("sales")

    html = browser.get("/contact/1").text
    answer = browser.post("/contact/1/actions/make_primary")

    assert "make_primary" not in html
    assert answer.location == "/contact/1"
    assert "This is not possible in the present state." in browser.get("/contact/1").text


def test_deleting_offers_to_undo(browse: Browse, cast: Cast, customers: list[int]) -> None:
    browser = browse("gm")

    deleted = browser.post("/customer/1/actions/delete")
    after = browser.get(deleted.location).text
    undo = re.search(r'action="(/undo/\d+)"', after)
    assert undo is not None
    restored = browser.post(undo[1])

    assert deleted.location == "/customer"
    assert "1 record deleted" in after
    assert "客戶 0" not in after
    assert restored.location == "/customer/1"
    assert browser.get("/customer/1").status_code == 200


def test_only_who_deleted_or_could_may_undo(browse: Browse, cast: Cast, customers: list[int]) -> None:
    browse("gm").post("/customer/1/actions/delete")

    assert browse("sales").post("/undo/1").status_code == 404
    assert browse("sales").post("/undo/999").status_code == 404
    assert browse("sales").post("/undo/x").status_code == 404


def test_who_may_not_delete_is_told_so(browse: Browse, cast: Cast, customers: list[int]) -> None:
    browser = browse("sales")

    answer = browser.post("/customer/1/actions/delete")

    assert answer.location == "/customer/1"
    assert "You are not allowed to do this." in browser.get("/customer/1").text


def test_an_action_on_anothers_record_is_not_found(browse: Browse, customers: list[int]) -> None:
    assert browse("sales2").post("/customer/1/actions/delete").status_code == 404
    assert browse("sales2").get("/customer/1/actions/plan").status_code == 404
    assert browse("sales").post("/customer/1/actions/nonsense").status_code == 404


def test_who_gives_a_record_away_lands_on_the_list(browse: Browse, cast: Cast, customers: list[int]) -> None:
    browser = browse("manager")
    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, 2), to=cast.manager)

    mine = browser.post("/customer/1/actions/assign", {"to": str(cast.manager), "reason": "交接"})
    out_of_reach = browser.post("/customer/2/actions/assign", {"to": str(cast.sales2)})

    assert mine.location == "/customer/1"
    assert out_of_reach.location == "/customer/2"
    assert owners(cast) == [cast.manager, cast.manager, cast.sales]
    assert "交接" in browser.get("/customer/1").text


def test_many_at_once(browse: Browse, cast: Cast, customers: list[int]) -> None:
    browser = browse("manager")
    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, 3), to=cast.sales2)
    dialog = browser.part("/customer/bulk/assign?ids=1&ids=2&ids=3").text
    form = sent_form(dialog)
    assert "Assign · 3 records" in dialog.replace("&#183;", "·")
    form["to"] = str(cast.manager)

    answer = browser.post("/customer/bulk/assign", form)

    assert answer.location == "/customer"
    assert owners(cast) == [cast.manager, cast.manager, cast.sales2]
    html = browser.get("/customer").text
    assert "Done for 2 records" in html
    assert "Not done" not in html


def test_what_fails_on_one_is_told_and_does_not_stop_the_others(browse: Browse, cast: Cast) -> None:
    from core.access.models import ShareLevel

    with cast.env("gm") as env:
        mine = make(env, Customer, name="自己的", owner_id=cast.sales)
        shared = make(env, Customer, name="別人的", owner_id=cast.sales2)
        env.records(Customer).share(shared, user=cast.sales, level=ShareLevel.READ)
    browser = browse("sales")

    browser.post("/customer/bulk/plan", {"ids": [mine.id, shared.id], "next_contact_on": "2030-01-02"})

    html = browser.get("/customer").text
    assert "The next contact is planned." in html
    assert "Not done for 1 record: 別人的: You are not allowed to do this." in html


def test_many_deleted_are_undone_together(browse: Browse, cast: Cast, customers: list[int]) -> None:
    browser = browse("gm")

    browser.post("/customer/bulk/delete", {"ids": ["1", "2"]})
    after = browser.get("/customer").text
    undo = re.search(r'action="(/undo/bulk/\d+)"', after)
    assert undo is not None
    browser.post(undo[1])

    assert "2 records deleted" in after
    assert browser.get("/customer").text.count('class="lead"><a') == 3


def test_bulk_takes_only_what_it_offers(browse: Browse, customers: list[int]) -> None:
    assert browse("gm").post("/customer/bulk/share", {"ids": "1"}).status_code == 404
    assert browse("sales").post("/customer/bulk/delete", {"ids": "1"}).status_code == 404
    assert "Nothing was selected." in followed(browse("gm"), "/customer/bulk/delete")


def followed(browser: object, url: str) -> str:
    browser.post(url)  # type: ignore[attr-defined]
    return str(browser.get("/customer").text)  # type: ignore[attr-defined]


def test_a_dialog_does_not_tell_what_is_masked(browse: Browse, cast: Cast, site: Site) -> None:
    with cast.env("sales") as env:
        make(env, Customer, name="台榮", next_contact_on=date(2030, 1, 2))
    assert 'value="2030-01-02"' in browse("sales").get("/customer/1/actions/plan").text
    restrict(site, "salesperson", "customer", "next_contact_on", "masked")

    assert "2030" not in browse("sales").get("/customer/1/actions/plan").text
