"""What somebody sees when something goes wrong, and what the log keeps."""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Callable

import pytest
import redis
from flask import Flask, g
from sqlalchemy.exc import NoResultFound, OperationalError
from sqlalchemy.orm import InstanceState
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import RequestEntityTooLarge

from core.access.models import User
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.site import Site
from core.testing.web import Visitor
from core.web import errors
from core.web.access import public
from core.web.app import create_app

Visit = Callable[..., Visitor]


def _sqlite(name: str) -> OperationalError:
    original = sqlite3.OperationalError(name)
    original.sqlite_errorname = name
    return OperationalError("INSERT …", {}, original)


def _gone() -> InstanceState[User]:
    return instance_state(User(name="x"))


FAULTS = {
    "not-found": (NotFound(), 404, "not_found"),
    "forbidden": (Forbidden(), 403, "forbidden"),
    "invalid": (Invalid({"name": "Too long."}), 422, "invalid"),
    "conflict": (Conflict(), 409, "conflict"),
    "too-large": (RequestEntityTooLarge(), 413, "too_large"),
    "bug": (RuntimeError("secret detail"), 500, "internal_error"),
    "full": (_sqlite("SQLITE_FULL"), 507, "storage_full"),
    "no-space": (OSError(errno.ENOSPC, "No space left"), 507, "storage_full"),
    "away": (_sqlite("SQLITE_CANTOPEN"), 503, "database_unavailable"),
    "busy": (_sqlite("SQLITE_BUSY"), 503, "busy"),
    "lost-race": (StaleDataError("UPDATE matched 0 rows"), 409, "stale"),
    "gone": (NoResultFound(), 404, "not_found"),
    "gone-while-read": (ObjectDeletedError(_gone()), 404, "not_found"),
    "queue": (redis.ConnectionError("refused"), 503, "queue_unavailable"),
}


@pytest.fixture
def app(site: Site) -> Flask:
    made = create_app(site)

    def fail(kind: str) -> None:
        raise FAULTS[kind][0]

    made.add_url_rule("/fail/<kind>", view_func=fail)
    made.add_url_rule("/api/v1/fail/<kind>", "fail_api", public(lambda kind: fail(kind)))
    return made


@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_has_a_page_in_our_words_and_a_reference(
    visit: Visit, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    _error, status, _code = FAULTS[kind]
    caplog.set_level(logging.INFO)

    answer = visit("sales").get(f"/fail/{kind}")

    assert answer.status_code == status
    assert f'<p class="error-status">{status}</p>' in answer.text
    reference = answer.headers["X-Reference"]
    assert reference in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    if status != 404:
        assert any(reference in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_of_the_api_has_one_shape(visit: Visit, kind: str) -> None:
    _error, status, code = FAULTS[kind]

    answer = visit().get(f"/api/v1/fail/{kind}")

    assert answer.status_code == status
    assert answer.json is not None
    error = answer.json["error"]
    assert error["code"] == code
    assert set(error) >= {"code", "message", "fields"}
    assert "secret detail" not in answer.text


def test_a_bug_leaves_its_traceback_in_the_log(visit: Visit, caplog: pytest.LogCaptureFixture) -> None:
    answer = visit("sales").get("/fail/bug")

    (record,) = [r for r in caplog.records if r.name == "core.web.errors" and r.levelno == logging.ERROR]
    assert answer.headers["X-Reference"] in record.getMessage()
    assert record.exc_info is not None


def test_the_page_says_what_to_do_in_the_readers_language(visit: Visit) -> None:
    assert "Please try again in a moment." in visit("sales").get("/fail/away").text
    assert visit("sales").get("/fail/away").headers["Retry-After"] == "10"


def test_the_menu_stays_around_an_error_of_the_page(visit: Visit) -> None:
    assert 'action="/signout"' in visit("sales").get("/fail/not-found").text
    assert 'action="/signout"' not in visit().get("/no/such/page/at/all").text
    assert 'action="/signout"' not in visit("sales").get("/fail/away").text


def test_an_error_while_drawing_the_error_falls_back_to_a_plain_page(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_values: object) -> str:
        raise RuntimeError("no template")

    monkeypatch.setattr(errors, "render_template", broken)

    answer = visit().get("/no/such/page/at/all")

    assert answer.status_code == 404
    assert "<h1>Not found</h1>" in answer.text
    assert answer.headers["X-Reference"] in answer.text


def test_an_unknown_method_says_which_are_known(visit: Visit) -> None:
    answer = visit("sales").client.put("/signin")

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_what_a_failing_view_wrote_is_undone(app: Flask, site: Site, visit: Visit) -> None:
    from core.orm.settings import write_settings

    def half_done() -> tuple[str, int]:
        write_settings(g.env.connection_of_core, {"half": "done"})
        return "sorry", 422

    app.add_url_rule("/half", view_func=half_done, methods=["POST"])

    assert visit("sales").post("/half").status_code == 422
    with site.system("look", write=False) as env:
        assert env.setting("half") is None


def test_a_database_that_comes_back_is_used_again(visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = visit("sales")
    connect = site.engine.connect

    def refuse(*_args: object) -> None:
        raise OperationalError("connect", {}, sqlite3.OperationalError("unable to open database file"))

    monkeypatch.setattr(site.engine, "connect", refuse)
    away = visitor.get("/preferences")
    health = visitor.get("/healthz")
    monkeypatch.setattr(site.engine, "connect", connect)

    assert (away.status_code, health.status_code) == (503, 503)
    assert "The database does not answer" in away.text
    assert visitor.get("/preferences").status_code == 200
    assert visitor.get("/healthz").status_code == 200


@pytest.mark.parametrize("id", [2**63, "9" * 23, "0" * 23 + "1", "9" * 5000])
@pytest.mark.parametrize("address", ["/user/{}", "/user/{}/roles", "/file/{}", "/role/{}/grants"])
def test_a_number_beyond_all_ids_is_not_found(visit: Visit, address: str, id: int | str) -> None:
    answer = visit("admin").get(address.format(id))

    assert answer.status_code == 404
