"""A browser without a browser: requests by one of the cast, straight to the pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, g, request
from flask.testing import FlaskClient
from markupsafe import Markup
from sqlalchemy import event, insert, select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from core.access.models import FieldGrant, Grant, Role
from core.env import Env
from core.i18n import use_locale
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.web.app import create_app

Browse = Callable[..., "Browser"]


class Browser:
    """Requests by one person, who is signed in. `statements` is what the last one asked the database."""

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
            return self.client.open(url, method=method, buffered=True, **kwargs)

    @contextmanager
    def _counting(self) -> Iterator[None]:
        self.statements = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if "SAVEPOINT" not in statement:
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


def restrict(site: Site, role: str, model: str, field: str, level: str) -> None:
    """Says what a preset role may do with a field."""
    with site.system("field access for a test") as env:
        role_id = env.session.scalar(select(Role.id).where(Role.preset == role))
        row = {"role_id": role_id, "model": model, "field": field, "level": level}
        env.connection_of_core.execute(insert(FieldGrant).values(row))
        bump(env.connection_of_core, "organisation")


def grant(site: Site, role: str, model: str, action: str, scope: str) -> None:
    """Gives a preset role a grant."""
    with site.system("a grant for a test") as env:
        role_id = env.session.scalar(select(Role.id).where(Role.preset == role))
        row = {"role_id": role_id, "model": model, "action": action, "scope": scope}
        env.connection_of_core.execute(insert(Grant).values(row))
        bump(env.connection_of_core, "organisation")


def hidden_values(html: str) -> dict[str, str]:
    """What a form sends back by itself."""
    found = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', html)
    return {name: Markup(value).unescape() for name, value in found}


def sent_form(html: str) -> MultiDict[str, str]:
    """A form of the page as a browser would send it, untouched."""
    values: MultiDict[str, str] = MultiDict(hidden_values(html))
    for tag in re.findall(r"<input [^>]*>", html):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        kind = re.search(r' type="(\w+)"', tag)
        is_sent = kind and (kind[1] != "checkbox" or " checked" in tag)
        if name and kind and is_sent and kind[1] not in ("hidden", "search", "radio"):
            values.add(name[1], Markup(value[1] if value else "").unescape())
    for name_of, text in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>\n([^<]*)</textarea>', html):
        values[name_of] = Markup(text).unescape()
    for name_of, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', html):
        chosen = re.search(r'value="([^"]*)" selected', options)
        values[name_of] = Markup(chosen[1] if chosen else "").unescape()
    return values


class Undo(Exception):
    def __init__(self, response: Any) -> None:
        super().__init__()
        self.response = response


def make(env: Env, model: Any, **values: Any) -> Any:
    """A record, made by the service of its model."""
    return env.records(model).create(values)
