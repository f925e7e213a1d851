"""Changing a password, and setting one with a link."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.access.models import User
from core.config import Smtp
from core.errors import Forbidden
from core.jobs.models import OutboxRow
from core.mail.models import Message
from core.site import Site
from core.testing.cast import PASSWORD, Cast
from core.testing.web import Visitor
from core.web.app import create_app
from core.web.jobs import send_reset_link
from core.web.passwords import reset_link

Visit = Callable[..., Visitor]
NEW = "a much better sentence"


def change(visitor: Visitor, current: str = PASSWORD, new: str = NEW, repeat: str = NEW) -> tuple[int, str]:
    answer = visitor.post("/password", {"current_password": current, "new_password": new, "repeat": repeat})
    return answer.status_code, answer.text


def test_changing_the_password_signs_out_all_other_browsers(visit: Visit) -> None:
    here, there = visit("sales"), visit("sales")

    assert change(here)[0] == 303

    assert here.get("/preferences").status_code == 200
    assert there.get("/preferences").status_code == 303
    assert visit().sign_in("sales").status_code == 422
    assert visit().sign_in("sales", NEW).status_code == 303


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"current": "wrong"}, "This is not your present password."),
        ({"repeat": "something else"}, "The two passwords differ."),
        ({"new": "short", "repeat": "short"}, "At least 10 characters"),
        ({"new": "1234567890", "repeat": "1234567890"}, "too easy to guess"),
        ({"current": ""}, "Please fill in this field."),
    ],
)
def test_a_refused_change_says_why_at_the_field(visit: Visit, given: dict[str, str], message: str) -> None:
    visitor = visit("sales")

    status, text = change(visitor, **given)

    assert status == 422
    assert message in text
    assert visit().sign_in("sales").status_code == 303


def test_guessing_the_present_password_is_throttled(visit: Visit) -> None:
    visitor = visit("sales")

    texts = [change(visitor, current="wrong")[1] for _ in range(6)]

    assert all("This is not your present password." in text for text in texts[:5])
    assert "Too many attempts." in texts[5]


def test_who_must_change_the_password_sees_nothing_else_before(visit: Visit, site: Site, cast: Cast) -> None:
    with site.system("first password") as env:
        env.session.get_one(User, cast.sales).must_change_password = True
    visitor = visit("sales")

    answer = visitor.get("/preferences")
    visitor._token = visitor.token_of(visitor.get("/password"))

    assert (answer.status_code, answer.headers["Location"]) == (303, "/password")
    assert "Please choose a password of your own" in visitor.get("/password").text
    assert visitor.client.get("/api/v1/user").status_code == 403
    assert change(visitor)[0] == 303
    assert visitor.get("/preferences").status_code == 200


@pytest.fixture
def link(app: Flask, site: Site, cast: Cast) -> str:
    with site.system("link") as env:
        return reset_link(env, env.get(User, cast.sales), "http://localhost").removeprefix("http://localhost")


def use(visitor: Visitor, link: str, password: str = NEW) -> int:
    page = visitor.get(link)
    if page.status_code != 200:
        return page.status_code
    form = {"new_password": password, "repeat": password, "csrf_token": visitor.token_of(page)}
    return visitor.client.post(link, data=form).status_code


def test_a_link_sets_a_password_once_and_signs_in(visit: Visit, link: str) -> None:
    before, visitor = visit("sales"), visit()

    assert use(visitor, link) == 303

    assert visitor.get("/preferences").status_code == 200
    assert before.get("/preferences").status_code == 303
    assert use(visit(), link) == 404
    assert visit().sign_in("sales", NEW).status_code == 303


def test_a_link_is_good_for_an_hour(visit: Visit, link: str) -> None:
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert use(visit(), link) == 404


def test_a_weak_password_does_not_use_the_link_up(visit: Visit, link: str) -> None:
    assert use(visit(), link, "short") == 422
    assert use(visit(), link) == 303


def test_a_link_of_somebody_disabled_is_gone(visit: Visit, link: str, site: Site, cast: Cast) -> None:
    with site.system("leave") as env:
        env.session.get_one(User, cast.sales).state = "left"

    assert use(visit(), link) == 404


def test_only_who_may_edit_the_user_makes_a_link(app: Flask, cast: Cast) -> None:
    with cast.env("sales") as env, pytest.raises(Forbidden):
        reset_link(env, env.get(User, cast.manager), "http://localhost")
    with cast.env("admin") as env:
        assert reset_link(env, env.get(User, cast.manager), "http://x").startswith("http://x/password/reset/")


@pytest.mark.parametrize("username", ["sales", "nobody", "sales@example.com"])
def test_asking_for_a_link_never_tells_whether_there_is_such_an_account(
    visit: Visit, site: Site, username: str
) -> None:
    visitor = visit()
    visitor._token = visitor.token_of(visitor.get("/password/forgot"))

    answer = visitor.post("/password/forgot", {"username": username})

    assert answer.status_code == 200
    assert "This site sends no mail yet. Ask an administrator for a new password." in answer.text
    assert username not in answer.text


@pytest.mark.parametrize("username", ["sales", "nobody"])
def test_where_mail_is_sent_everybody_is_told_to_look(site: Site, username: str) -> None:
    server = Smtp(host="mail.test", port=25, user=None, password=None, tls="none", sender="crm@example.com")
    site.settings = replace(site.settings, smtp=server)
    visitor = Visitor(create_app(site))
    visitor._token = visitor.token_of(visitor.get("/password/forgot"))

    answer = visitor.post("/password/forgot", {"username": username})

    assert "If we know this account, the link is on its way." in answer.text
    assert "sends no mail" not in answer.text


def ask_under(app: Flask, base: str) -> tuple[int, str]:
    """Asks for a link under the address `base`, as a browser there would."""
    client = app.test_client()
    token = Visitor.token_of(client.get("/password/forgot", base_url=base, headers={"Accept-Language": "en"}))
    answer = client.post(
        "/password/forgot",
        base_url=base,
        data={"csrf_token": token, "username": "sales"},
        headers={"Origin": base, "Accept-Language": "en"},
    )
    return answer.status_code, answer.get_data(as_text=True)


def asked_bases(site: Site) -> list[str]:
    with site.system("look", write=False) as env:
        rows = env.session.scalars(select(OutboxRow).where(OutboxRow.job == "web.send_reset_link"))
        return [row.arguments["base"] for row in rows]


@pytest.mark.parametrize("base", ["http://203.0.113.66", "http://0.0.0.0", "http://[2001:db8::1]"])
def test_who_asks_for_a_link_does_not_choose_where_it_leads(
    app: Flask, site: Site, base: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, text = ask_under(app, base)

    assert status == 422
    assert "This site cannot send links by mail yet." in text
    assert asked_bases(site) == []
    assert "set server.public_url" in caplog.text


@pytest.mark.parametrize("base", ["http://127.0.0.1:8069", "http://localhost", "http://[::1]:8069"])
def test_a_link_may_lead_to_this_machine(app: Flask, site: Site, base: str) -> None:
    status, _text = ask_under(app, base)

    assert status == 200
    assert asked_bases(site) == [base]


def test_a_link_leads_to_the_configured_address_whatever_was_asked(app: Flask, site: Site) -> None:
    site.settings = replace(site.settings, public_url="https://crm.example.com")

    status, _text = ask_under(app, "http://203.0.113.66")

    assert status == 200
    assert asked_bases(site) == ["https://crm.example.com"]


def sent(site: Site, username: str) -> list[Message]:
    with site.system("job") as env:
        send_reset_link(env, username=username, locale="en", base="https://crm.example.com")
    with site.system("look", write=False) as env:
        return list(env.session.scalars(select(Message).order_by(Message.id)))


def test_the_link_goes_to_the_address_of_the_account(visit: Visit, site: Site, cast: Cast) -> None:
    with site.system("address") as env:
        env.session.get_one(User, cast.sales).email = "sales@example.com"

    (message,) = sent(site, "SALES@example.com")

    assert message.to == "sales@example.com"
    link = re.search(r"https://crm\.example\.com(/password/reset/\S+)", message.text)
    assert link is not None
    assert use(visit(), link[1]) == 303


def test_no_mail_goes_out_without_an_account_or_address(site: Site) -> None:
    assert sent(site, "nobody") == []
    assert sent(site, "sales") == []


def test_an_address_that_two_accounts_share_gets_no_link(site: Site, cast: Cast) -> None:
    with site.system("address") as env:
        for id in (cast.sales, cast.manager):
            env.session.get_one(User, id).email = "both@example.com"

    assert sent(site, "both@example.com") == []


def test_nobody_is_flooded_with_links(site: Site, cast: Cast) -> None:
    with site.system("address") as env:
        env.session.get_one(User, cast.sales).email = "sales@example.com"

    counts = [len(sent(site, "sales")) for _ in range(5)]

    assert counts == [1, 2, 3, 3, 3]
