"""Requests that did not come from our own pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from core.testing.cast import PASSWORD
from core.testing.web import Visitor

Visit = Callable[..., Visitor]


@pytest.mark.parametrize("token", [None, "", "x", "AAAA", "é", "A" * 88])
def test_a_form_without_its_token_is_refused(visit: Visit, token: str | None) -> None:
    visitor = visit("sales")
    form = {"theme": "dark"} | ({} if token is None else {"csrf_token": token})

    answer = visitor.client.post("/preferences/theme", data=form)

    assert answer.status_code == 400
    assert 'data-theme="auto"' in visitor.get("/preferences").text


def test_the_token_works_in_the_header_too(visit: Visit) -> None:
    visitor = visit("sales")
    token = visitor.token_of(visitor.get("/preferences"))

    answer = visitor.client.post("/preferences/theme", data={"theme": "dark"}, headers={"X-CSRFToken": token})

    assert answer.status_code == 204
    assert 'data-theme="dark"' in visitor.get("/preferences").text


def test_the_token_of_somebody_else_is_refused(visit: Visit) -> None:
    stolen = visit("manager").token_of(visit("manager").get("/preferences"))

    answer = visit("sales").client.post("/preferences/theme", data={"theme": "dark", "csrf_token": stolen})

    assert answer.status_code == 400


def test_signing_in_needs_a_token(app: Flask) -> None:
    answer = app.test_client().post("/signin", data={"username": "sales", "password": PASSWORD})

    assert answer.status_code == 400
    assert "9kcrm=" not in answer.headers.get("Set-Cookie", "")


def test_a_request_from_another_site_is_refused_even_with_a_token(visit: Visit) -> None:
    visitor = visit("sales")
    token = visitor.token_of(visitor.get("/preferences"))
    form = {"theme": "dark", "csrf_token": token}

    for origin, status in [("https://evil.example", 400), ("null", 400), ("http://localhost", 204)]:
        answer = visitor.client.post("/preferences/theme", data=form, headers={"Origin": origin})
        assert answer.status_code == status, origin


def test_the_token_differs_on_each_page(visit: Visit) -> None:
    visitor = visit("sales")

    assert visitor.token_of(visitor.get("/preferences")) != visitor.token_of(visitor.get("/preferences"))


def test_somebody_who_is_not_signed_in_can_send_small_forms_only(visit: Visit) -> None:
    visitor = visit()
    token = visitor.token_of(visitor.get("/signin"))

    answer = visitor.client.post("/signin", data={"csrf_token": token, "username": "x" * 70_000})

    assert answer.status_code == 413
