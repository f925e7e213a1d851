"""A person at a browser without a screen: signs in, reads pages, sends forms with their CSRF token."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.testing.cast import PASSWORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="csrf_token"')
BASE = "http://localhost"


class Visitor:
    """One browser. With a username it is signed in; without, it is anybody."""

    def __init__(self, app: Flask, username: str = "", *, locale: str = "en") -> None:
        self.client: FlaskClient = app.test_client()
        self.headers = {"Accept-Language": locale}
        self._token = ""
        if username:
            self.sign_in(username)

    def sign_in(self, username: str, password: str = PASSWORD) -> TestResponse:
        """Sends the sign-in form."""
        self._token = self.token_of(self.get("/signin"))
        answer = self.post("/signin", {"username": username, "password": password})
        self._token = ""
        return answer

    def get(self, url: str, **headers: str) -> TestResponse:
        """The page at `url`."""
        return self.client.get(url, headers=self.headers | headers, base_url=BASE, buffered=True)

    def post(self, url: str, data: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        """Sends a form with its CSRF token."""
        if not self._token:
            self._token = self.token_of(self.get("/preferences"))
        form = {"csrf_token": self._token} | (data or {})
        return self.client.post(url, data=form, headers=self.headers | headers, base_url=BASE, buffered=True)

    @staticmethod
    def token_of(answer: TestResponse) -> str:
        """The CSRF token in a page's form."""
        found = _TOKEN.search(answer.get_data(as_text=True))
        if found is None:
            raise AssertionError(f"no form at {answer.request.path}: {answer.status}")
        return html.unescape(found[1] or found[2])


class ApiClient:
    """Somebody's programme: JSON with a bearer token."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Calls `/api/v1<path>`."""
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        data: Any = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.open(
            f"/api/v1{path}", method=method, headers=self.headers | extra, base_url=BASE, buffered=True, **data
        )

    def get(self, path: str, **headers: str) -> TestResponse:
        """Reads."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Creates, or does an action."""
        return self.call("POST", path, body if body is not None else {}, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> TestResponse:
        """Changes."""
        return self.call("PATCH", path, body, **headers)
