"""The short form above a timeline: what it offers, for whom it is opened, and taking back what was saved."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from addons.customer.models import Customer, Visit
from core import clock, deletion
from core.access.models import ShareLevel
from core.errors import Forbidden
from core.pages.chips import days_ahead
from core.testing.cast import Cast

from .conftest import Browse, make, restrict, sent_form

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def customer(cast: Cast) -> int:
    with cast.env("sales") as env:
        return int(make(env, Customer, name="台榮精密").id)


def visited(cast: Cast, customer: int, method: str, *, who: str = "sales") -> int:
    with cast.env(who) as env:
        given = {"customer_id": customer, "method": method, "content": "談過", "visited_at": clock.now()}
        return int(make(env, Visit, **given).id)


def checked(html: str) -> str:
    found = re.search(r'type="radio"[^>]*name="method" value="(\w+)" checked', html)
    return found[1] if found else ""


def test_most_used_method_is_chosen_and_the_first_phrase_is_there(browse: Browse, cast: Cast, customer: int) -> None:
    assert checked(browse("sales").get(f"/customer/{customer}").text) == "visit"
    for method in ("visit", "line", "line"):
        visited(cast, customer, method)

    html = browse("sales").get(f"/customer/{customer}").text

    assert checked(html) == "line"
    assert ">\nRoutine contact, nothing new.</textarea>" in html


def test_address_opens_the_form_with_a_method(browse: Browse, customer: int) -> None:
    browser = browse("sales")

    closed, opened = (browser.get(f"/customer/{customer}{query}").text for query in ("", "?compose=phone"))
    nonsense = browser.get(f"/customer/{customer}?compose=pigeon").text

    assert "<details>" in closed
    assert f'href="/customer/{customer}?compose=phone#composer"' in closed
    assert "<details open>" in opened
    assert checked(opened) == "phone"
    assert checked(nonsense) == "visit"


def test_days_are_offered_as_people_say_them() -> None:
    offered = {str(label): day for label, day in days_ahead(date(2026, 1, 31))}

    assert offered == {
        "Tomorrow": date(2026, 2, 1),
        "In 3 days": date(2026, 2, 3),
        "In a week": date(2026, 2, 7),
        "In 2 weeks": date(2026, 2, 14),
        "In a month": date(2026, 2, 28),
    }


def test_field_that_a_role_may_not_write_has_no_buttons(browse: Browse, cast: Cast, customer: int) -> None:
    restrict(cast.site, "salesperson", "visit", "method", "hidden")

    html = browse("sales").get(f"/customer/{customer}").text

    assert 'class="composer"' in html
    assert "compose=phone" not in html


class TestTakingBack:
    """For a moment, by who has just saved it, also without the right to delete."""

    def test_undoes_what_was_saved(self, browse: Browse, cast: Cast, customer: int) -> None:
        browser = browse("sales")
        form = sent_form(browser.get(f"/customer/{customer}").text)
        form["next_contact_on"] = "2026-11-30"
        browser.post(f"/customer/{customer}/compose", form)
        html = browser.get(f"/customer/{customer}").text
        assert "/compose/1/back" in html

        answer = browser.post(f"/customer/{customer}/compose/1/back")

        assert answer.location == f"/customer/{customer}"
        with cast.env("gm") as env:
            record = env.get(Customer, customer)
            assert (record.last_visit_on, record.next_contact_on) == (None, None)

    def test_is_for_its_author(self, browse: Browse, cast: Cast, customer: int) -> None:
        with cast.env("gm") as env:
            env.records(Customer).share(env.get(Customer, customer), user=cast.sales2, level=ShareLevel.EDIT)
        id = visited(cast, customer, "phone")

        assert browse("sales2").post(f"/customer/{customer}/compose/{id}/back").status_code == 403

    def test_is_for_what_nobody_has_changed(self, cast: Cast, customer: int) -> None:
        id = visited(cast, customer, "phone")
        with cast.env("manager") as env:
            env.records(Visit).update(env.get(Visit, id), {"content": "補充"})

        with cast.env("sales") as env, pytest.raises(Forbidden):
            deletion.take_back(env, env.get(Visit, id))

    def test_ends_after_a_moment(self, cast: Cast, customer: int) -> None:
        id = visited(cast, customer, "phone")

        with clock.frozen(NOW + timedelta(minutes=6)), cast.env("sales") as env, pytest.raises(Forbidden):
            deletion.take_back(env, env.get(Visit, id))

    def test_needs_the_right_record(self, browse: Browse, cast: Cast, customer: int) -> None:
        id = visited(cast, customer, "phone")
        with cast.env("sales") as env:
            other = make(env, Customer, name="別家").id

        assert browse("sales").post(f"/customer/{other}/compose/{id}/back").status_code == 404
        assert browse("sales").post(f"/customer/{customer}/compose/{2**70}/back").status_code == 404


class TestChoosing:
    """The page on which one chooses whom the visit was with."""

    def test_offers_what_is_due_and_what_was_of_late(self, browse: Browse, cast: Cast, customer: int) -> None:
        with cast.env("sales") as env:
            make(env, Customer, name="到期", next_contact_on=date(2026, 11, 20))
            make(env, Customer, name="以後", next_contact_on=date(2026, 11, 30))
        with cast.env("sales2") as env:
            make(env, Customer, name="別人的", next_contact_on=date(2026, 11, 20))
        visited(cast, customer, "phone")

        html = browse("sales").get("/customer/compose").text

        due, late = html.split('id="pick-2"')
        assert "到期" in due
        assert "以後" not in html
        assert f'href="/customer/{customer}?compose=1#composer"' in late
        assert "別人的" not in html

    def test_finds_what_is_searched_for(self, browse: Browse, cast: Cast, customer: int) -> None:
        found = browse("sales").get("/customer/compose?q=台榮").text
        nothing = browse("sales2").get("/customer/compose?q=台榮").text

        assert "台榮精密</a>" in found
        assert "Nothing found" in nothing
        assert "台榮精密" not in nothing

    def test_is_not_there_without_the_right_to_write(self, browse: Browse) -> None:
        assert browse("accountant").get("/customer/compose").status_code == 404
        assert browse("sales").get("/contact/compose").status_code == 404

    def test_asks_the_same_for_one_and_for_many(self, browse: Browse, cast: Cast, customer: int) -> None:
        visited(cast, customer, "phone")
        browser = browse("sales")
        browser.get("/customer/compose")
        browser.get("/customer/compose")
        few = len(browser.statements)
        with cast.env("sales") as env:
            for number in range(6):
                id = make(env, Customer, name=f"客戶{number}", next_contact_on=date(2026, 11, 1)).id
                make(env, Visit, customer_id=id, content="談過", visited_at=clock.now())

        browser.get("/customer/compose")
        browser.get("/customer/compose")

        assert len(browser.statements) == few

    @pytest.mark.parametrize("level", ["hidden", "masked", "masked_list"])
    @pytest.mark.parametrize(
        ("model", "field"),
        [("customer", "next_contact_on"), ("customer", "owner_id"), ("customer", "name"), ("visit", "visited_at")],
    )
    def test_does_without_what_a_role_may_not_see(
        self, browse: Browse, cast: Cast, customer: int, model: str, field: str, level: str
    ) -> None:
        visited(cast, customer, "phone")
        restrict(cast.site, "salesperson", model, field, level)

        answer = browse("sales").get("/customer/compose")

        assert answer.status_code == 200
        assert f'href="/customer/{customer}?compose=1#composer"' in answer.text
