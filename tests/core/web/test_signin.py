"""Signing in and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.site import Site
from core.testing.cast import PASSWORD, Cast
from core.testing.web import Visitor
from core.web import throttle
from core.web.models import SignIn, WebSession
from core.web.throttle import FREE_PER_ACCOUNT, wait_after

Visit = Callable[..., Visitor]


def test_signing_in_leads_to_the_page_asked_for(app: Flask) -> None:
    visitor = Visitor(app)
    wanted = visitor.get("/customer?sort=-name")

    assert wanted.status_code == 303
    assert wanted.headers["Location"] == "/signin?next=%2Fcustomer%3Fsort%3D-name"

    page = visitor.get(wanted.headers["Location"])
    form = {"username": "sales", "password": PASSWORD, "csrf_token": visitor.token_of(page)}
    answer = visitor.client.post(wanted.headers["Location"], data=form)

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/customer?sort=-name"
    assert visitor.get("/preferences").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "javascript:alert(1)",
        "/a\nb",
        "",
    ],
)
def test_signing_in_never_leads_off_the_site(app: Flask, target: str) -> None:
    visitor = Visitor(app)
    page = visitor.client.get("/signin", query_string={"next": target})
    form = {"username": "sales", "password": PASSWORD, "csrf_token": visitor.token_of(page)}

    answer = visitor.client.post("/signin", query_string={"next": target}, data=form)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("username", ["sales", "nobody"])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(visit: Visit, username: str) -> None:
    answer = visit().sign_in(username, "not the password")

    assert answer.status_code == 422
    assert "The sign-in name or the password is wrong." in answer.text
    assert "not the password" not in answer.text


def test_the_name_is_kept_and_the_password_is_not(visit: Visit) -> None:
    answer = visit().sign_in("sales", "not the password")

    assert 'value="sales"' in answer.text


def test_the_cookie_is_opaque_and_closed_to_scripts(visit: Visit, site: Site) -> None:
    answer = visit().sign_in("sales")

    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("9kcrm="))
    token = cookie.split(";")[0].partition("=")[2]
    assert len(token) >= 43
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    with site.system("look", write=False) as env:
        assert token not in env.session.scalars(select(WebSession.digest)).all()


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/signin", base_url="https://localhost")
    form = {"username": "sales", "password": PASSWORD, "csrf_token": Visitor.token_of(page)}

    answer = client.post("/signin", data=form, base_url="https://localhost")

    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "9kcrm=" in c)
    assert cookie.startswith("__Host-9kcrm=")
    assert "Secure" in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_signing_in_again_gives_another_token_and_ends_the_first_session(visit: Visit) -> None:
    visitor = visit("sales")
    cookie = visitor.client.get_cookie("9kcrm")
    assert cookie is not None

    page = visitor.get("/preferences")
    form = {"username": "sales", "password": PASSWORD, "csrf_token": visitor.token_of(page)}
    visitor.client.post("/signin", data=form)
    after = visitor.client.get_cookie("9kcrm")
    visitor.client.set_cookie("9kcrm", cookie.value)

    assert after is not None
    assert after.value != cookie.value
    assert visitor.get("/preferences").headers["Location"] == "/signin?next=%2Fpreferences"


def test_signing_out_ends_the_session_for_good(visit: Visit) -> None:
    visitor = visit("sales")
    cookie = visitor.client.get_cookie("9kcrm")
    assert cookie is not None

    answer = visitor.post("/signout")
    visitor.client.set_cookie("9kcrm", cookie.value)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/signin")
    assert visitor.get("/preferences").status_code == 303


def test_somebody_who_is_signed_in_is_led_on(visit: Visit) -> None:
    assert visit("sales").get("/signin?next=/preferences").headers["Location"] == "/preferences"


def test_somebody_who_left_is_signed_out_at_once(visit: Visit, site: Site, cast: Cast) -> None:
    from core.access import users
    from core.access.models import User

    visitor = visit("sales")
    assert visitor.get("/preferences").status_code == 200

    with site.system("leave") as env:
        users.disable(env, env.get(User, cast.sales))

    assert visitor.get("/preferences").status_code == 303
    assert visitor.get("/signin").status_code == 200
    assert visit().sign_in("sales").status_code == 422


def test_after_some_failures_the_account_waits(visit: Visit) -> None:
    for _ in range(FREE_PER_ACCOUNT):
        assert visit().sign_in("sales", "wrong").status_code == 422

    locked = visit().sign_in("sales")

    assert locked.status_code == 429
    assert 1 <= int(locked.headers["Retry-After"]) <= 16
    assert "Too many attempts. Try again in" in locked.text


def test_a_lock_out_is_lifted(visit: Visit, site: Site) -> None:
    for _ in range(FREE_PER_ACCOUNT):
        visit().sign_in("sales", "wrong")

    with site.system("lift") as env:
        throttle.forgive(env, "sales")

    assert visit().sign_in("sales").status_code == 303


def test_the_wait_ends_and_success_forgets_the_failures(visit: Visit, site: Site) -> None:
    for _ in range(FREE_PER_ACCOUNT):
        visit().sign_in("sales", "wrong")

    with clock.frozen(clock.now() + timedelta(seconds=20)):
        assert visit().sign_in("sales").status_code == 303
        assert visit().sign_in("sales", "wrong").status_code == 422
        assert visit().sign_in("sales").status_code == 303


def test_another_account_is_not_locked_with_it(visit: Visit) -> None:
    for _ in range(FREE_PER_ACCOUNT + 1):
        visit().sign_in("sales", "wrong")

    assert visit().sign_in("manager").status_code == 303


def test_one_address_cannot_try_many_accounts(visit: Visit) -> None:
    visitor = visit()
    answers = [visitor.sign_in(f"somebody{n}", "wrong").status_code for n in range(32)]

    assert answers[:30] == [422] * 30
    assert answers[30:] == [429, 429]


def test_the_wait_grows_up_to_half_an_hour() -> None:
    waits = [int(wait_after(n, 5).total_seconds()) for n in (4, 5, 6, 7, 12, 100)]

    assert waits == [0, 15, 30, 60, 1800, 1800]


def test_each_attempt_is_on_record(visit: Visit, site: Site, cast: Cast) -> None:
    visit().sign_in("Sales", "wrong")
    visit().sign_in("sales")

    with site.system("look", write=False) as env:
        rows = env.session.execute(
            select(SignIn.username, SignIn.succeeded, SignIn.user_id, SignIn.address, SignIn.reason).order_by(SignIn.id)
        ).all()
    assert [tuple(row) for row in rows] == [
        ("sales", False, None, "127.0.0.1", "password"),
        ("sales", True, cast.sales, "127.0.0.1", ""),
    ]


def test_a_programme_that_is_not_signed_in_gets_401(visit: Visit) -> None:
    answer = visit().get("/preferences", Accept="application/json")

    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["error"]["code"] == "unauthorized"
    assert visit().get("/preferences", **{"HX-Request": "true"}).status_code == 401


def test_the_demo_accounts_are_offered_only_with_demo_data(visit: Visit, site: Site) -> None:
    from core.access.models import User
    from core.addons import demo
    from core.orm.settings import write_settings

    assert "Demo accounts" not in visit().get("/signin").text

    with site.system("pretend") as env:
        write_settings(env.connection_of_core, {demo.RECORDS: {}})
        for user in env.session.scalars(select(User).where(User.username.in_(["sales", "gm"]))):
            user.is_demo = True

    page = visit().get("/signin").text
    assert "Demo accounts" in page
    assert "林怡君" in page
    assert "陳建宏" not in page
