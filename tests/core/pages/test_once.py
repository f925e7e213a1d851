"""The form of a new record that arrives twice."""

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from addons.customer.models import Customer, Visit
from core.testing.cast import Cast

from .conftest import Browse, make, sent_form


@pytest.fixture
def backend() -> str:
    return "sqlite"


def filled(html: str, **typed: str) -> MultiDict[str, str]:
    form = sent_form(html)
    form.pop("stop_at_duplicates", None)
    for name, value in typed.items():
        form[name] = value
    return form


def count(cast: Cast, model: type) -> int:
    with cast.env("admin") as env, env.system("count") as session:
        return session.scalar(select(func.count()).select_from(model).where(model.deleted_at.is_(None))) or 0


def test_form_sent_again_makes_no_second_record(browse: Browse, cast: Cast) -> None:
    browser = browse("sales")
    form = filled(browser.get("/customer/new").text, name="宏達鋼鐵")

    first = browser.post("/customer/new", form)
    again = browser.post("/customer/new", form)

    assert (first.status_code, again.status_code) == (303, 303)
    assert again.headers["Location"] == first.headers["Location"]
    assert count(cast, Customer) == 1


def test_form_gone_back_to_and_filled_in_otherwise_makes_another(browse: Browse, cast: Cast) -> None:
    browser = browse("sales")
    form = filled(browser.get("/customer/new").text, name="宏達鋼鐵")

    browser.post("/customer/new", form)
    form["name"] = "台榮精密"
    browser.post("/customer/new", form)

    assert count(cast, Customer) == 2


def test_two_forms_of_the_same_make_two(browse: Browse, cast: Cast) -> None:
    browser = browse("sales")
    for _ in range(2):
        browser.post("/customer/new", filled(browser.get("/customer/new").text, name="宏達鋼鐵"))

    assert count(cast, Customer) == 2


def test_form_that_was_refused_keeps_its_key_and_is_stored_once(browse: Browse, cast: Cast) -> None:
    browser = browse("sales")
    form = filled(browser.get("/customer/new").text, name="")
    refused = browser.post("/customer/new", form)

    assert refused.status_code == 422
    assert sent_form(refused.text)["once"] == form["once"]
    assert browser.post("/customer/new", filled(refused.text, name="宏達鋼鐵")).status_code == 303
    assert count(cast, Customer) == 1


def test_key_of_somebody_else_means_nothing(browse: Browse, cast: Cast) -> None:
    form = filled(browse("sales").get("/customer/new").text, name="宏達鋼鐵", owner_id=str(cast.sales))
    answers = [browse(who).post("/customer/new", form) for who in ("sales", "manager")]

    assert answers[0].headers["Location"] != answers[1].headers["Location"]
    assert count(cast, Customer) == 2


def test_visit_whose_answer_was_lost_is_written_down_once(browse: Browse, cast: Cast) -> None:
    with cast.env("sales") as env:
        id = make(env, Customer, name="台榮精密").id
    browser = browse("sales")
    form = filled(browser.get(f"/customer/{id}").text, method="phone", content="談了報價")

    answers = [browser.post(f"/customer/{id}/compose", form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert count(cast, Visit) == 1


def test_what_was_taken_back_is_made_anew(browse: Browse, cast: Cast) -> None:
    with cast.env("sales") as env:
        id = make(env, Customer, name="台榮精密").id
    browser = browse("sales")
    form = filled(browser.get(f"/customer/{id}").text, method="phone", content="談了報價")
    browser.post(f"/customer/{id}/compose", form)
    with cast.env("sales") as env:
        visit = env.session.scalars(select(Visit.id)).one()
    browser.post(f"/customer/{id}/compose/{visit}/back")

    browser.post(f"/customer/{id}/compose", form)

    assert count(cast, Visit) == 1


def test_what_is_no_key_of_ours_is_not_asked_of_the_database(browse: Browse, cast: Cast) -> None:
    browser = browse("sales")
    form = filled(browser.get("/customer/new").text, name="宏達鋼鐵", once="a\x00b")

    codes = [browser.post("/customer/new", form).status_code for _ in range(2)]

    assert codes == [303, 303]
    assert count(cast, Customer) == 2
