"""A browser without a browser: requests by one of the cast, straight to the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, g, request
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from core.env import Env
from core.i18n import use_locale
from core.site import Site
from core.testing.cast import Cast
from core.web.app import create_app

Browse = Callable[..., "Browser"]


class Browser:
    """Requests by one person, who is signed in. `statements` counts what the last one asked the database."""

    def __init__(self, app: Flask, site: Site, user_id: int, locale: str) -> None:
        self.site, self.user_id, self.locale = site, user_id, locale
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.statements: list[str] = []

    def get(self, url: str, **kwargs: Any) -> TestResponse:
        return self._send("GET", url, **kwargs)

    def post(self, url: str, data: Any = None, **kwargs: Any) -> TestResponse:
        return self._send("POST", url, data=data or {}, **kwargs)

    def part(self, url: str, target: str = "") -> TestResponse:
        """As a script asks for a part of the page."""
        headers = {"HX-Request": "true", **({"HX-Target": target} if target else {})}
        return self.get(url, headers=headers)

    def _send(self, method: str, url: str, **kwargs: Any) -> TestResponse:
        self.app.config["ACTING"] = (self.user_id, self.locale)
        with self._counting():
            return self.client.open(url, method=method, **kwargs)

    @contextmanager
    def _counting(self) -> Iterator[None]:
        self.statements = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            self.statements.append(statement)

        event.listen(self.site.engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(self.site.engine, "before_cursor_execute", note)


@pytest.fixture
def browse(site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Browse:
    """`browse("sales")` sends requests as that person, in English unless told otherwise."""
    monkeypatch.setattr("core.web.app._register_addons", lambda app, site: None)
    app = create_app(site)
    app.testing = True
    unit: Any = app.unit  # type: ignore[attr-defined]

    def run(view: Callable[[], Any]) -> Any:
        user_id, locale = app.config["ACTING"]
        write = request.method not in ("GET", "HEAD")
        try:
            with site.env(user_id, write=write, locale=locale) as env, use_locale(locale):
                g.env = env
                response = app.make_response(view())
                if response.status_code >= 400:
                    raise Undo(response)
                return response
        except Undo as undone:
            return undone.response
        finally:
            g.pop("env", None)
            g.pop("frame", None)

    unit.run = run

    def browser(username: str, locale: str = "en") -> Browser:
        return Browser(app, site, getattr(cast, username), locale)

    return browser


class Undo(Exception):
    def __init__(self, response: Any) -> None:
        super().__init__()
        self.response = response


def make(env: Env, model: Any, **values: Any) -> Any:
    """A record, made by the service of its model."""
    return env.records(model).create(values)
