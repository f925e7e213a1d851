"""How long a session lasts, and who ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import event, select

from core import clock
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor
from core.web import sessions
from core.web.models import WebSession

Visit = Callable[..., Visitor]


def test_a_session_ends_when_it_is_not_used(visit: Visit) -> None:
    visitor, start = visit("sales"), clock.now()

    with clock.frozen(start + timedelta(minutes=719)):
        assert visitor.get("/preferences").status_code == 200
    with clock.frozen(start + timedelta(minutes=719 + 721)):
        assert visitor.get("/preferences").status_code == 303


def test_a_session_that_is_used_ends_after_two_weeks(visit: Visit) -> None:
    visitor, start = visit("sales"), clock.now()

    for hours in range(10, 336, 10):
        with clock.frozen(start + timedelta(hours=hours)):
            assert visitor.get("/preferences").status_code == 200
    with clock.frozen(start + timedelta(hours=337)):
        assert visitor.get("/preferences").status_code == 303


def test_another_process_that_saw_the_session_used_keeps_it(visit: Visit, app: Flask, site: Site) -> None:
    """Each process notes use at most once a minute; what one noted counts for all."""
    from core.web.app import create_app

    visitor, start = visit("sales"), clock.now()
    other = create_app(site).test_client()
    cookie = visitor.client.get_cookie("9kcrm")
    assert cookie is not None
    other.set_cookie("9kcrm", cookie.value)
    assert other.get("/preferences").status_code == 200

    with clock.frozen(start + timedelta(minutes=600)):
        assert visitor.get("/preferences").status_code == 200
    with clock.frozen(start + timedelta(minutes=1200)):
        assert other.get("/preferences").status_code == 200


def test_a_revoked_session_is_over_in_every_process(visit: Visit, site: Site, cast: Cast) -> None:
    from core.web.app import create_app

    visitor = visit("sales")
    assert visitor.get("/preferences").status_code == 200

    other = Visitor(create_app(site), "manager")
    with site.system("revoke") as env:
        assert sessions.revoke_all(env, cast.sales) == 1

    assert visitor.get("/preferences").status_code == 303
    assert other.get("/preferences").status_code == 200


def test_the_other_browsers_can_be_signed_out(visit: Visit) -> None:
    here, there = visit("sales"), visit("sales")

    assert here.post("/preferences/sessions/end").status_code == 303
    assert here.get("/preferences").status_code == 200
    assert there.get("/preferences").status_code == 303


def test_a_known_session_costs_no_query_of_its_own(visit: Visit, site: Site) -> None:
    visitor = visit("sales")
    visitor.post("/preferences/theme", {"theme": "light"})
    seen: list[str] = []
    event.listen(site.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))

    visitor.post("/preferences/theme", {"theme": "dark"})

    assert [s for s in seen if "core_web_session" in s] == []


def test_use_is_noted_at_most_once_a_minute(visit: Visit, site: Site) -> None:
    visitor, start = visit("sales"), clock.now()
    noted = []

    for seconds in (10, 59, 61, 90, 130):
        with clock.frozen(start + timedelta(seconds=seconds)):
            visitor.post("/preferences/theme", {"theme": "dark"})
        with site.system("look", write=False) as env:
            seen = env.session.scalars(select(WebSession.last_seen_at)).one()
        noted.append(round((seen - start).total_seconds()))

    assert noted == [0, 0, 61, 61, 130]
