"""The headers of every response, and of built files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from core.testing.web import Visitor
from core.web import assets

Visit = Callable[..., Visitor]

EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize("path", ["/signin", "/preferences", "/no/such/page/at/all", "/api/v1/user", "/healthz"])
def test_every_response_carries_the_security_headers(visit: Visit, path: str) -> None:
    answer = visit("sales").get(path)

    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    assert "Strict-Transport-Security" not in answer.headers


def test_no_page_has_a_script_or_style_of_its_own(visit: Visit) -> None:
    for path in ("/signin", "/password/forgot"):
        page = visit().get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    dist = tmp_path / "dist"
    dist.mkdir()
    monkeypatch.setattr(assets, "DIST", dist)
    for name, content in {
        "manifest.json": b'{"app.js": "app-ABCD1234.js", "icons.json": "icons-ABCD1234.json"}',
        "icons-ABCD1234.json": b'["check"]',
        "app-ABCD1234.js": b"plain",
        "app-ABCD1234.js.br": b"brotli",
        "app-ABCD1234.js.gz": b"gzip",
        "robots.txt": b"x",
    }.items():
        (dist / name).write_bytes(content)
    return dist


@pytest.mark.parametrize(
    ("accepted", "encoding", "content"),
    [("gzip, br", "br", b"brotli"), ("gzip", "gzip", b"gzip"), ("", None, b"plain"), ("br;q=0", None, b"plain")],
)
def test_a_built_file_is_sent_compressed_and_cached_for_ever(
    visit: Visit, built: Path, accepted: str, encoding: str | None, content: bytes
) -> None:
    answer = visit().get("/static/dist/app-ABCD1234.js", **{"Accept-Encoding": accepted})

    assert answer.status_code == 200
    assert answer.data == content
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers


def test_a_file_without_its_content_in_the_name_is_asked_for_again(visit: Visit, built: Path) -> None:
    assert visit().get("/static/dist/robots.txt").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["../templates/error.html", "%2e%2e/templates/error.html", "none.js", ""])
def test_nothing_but_built_files_is_served(visit: Visit, built: Path, name: str) -> None:
    assert visit().get(f"/static/dist/{name}").status_code == 404


def test_pages_name_the_built_files(app: Flask, built: Path) -> None:
    with app.test_request_context():
        assert assets.asset("app.js") == "/static/dist/app-ABCD1234.js"
        assert assets.asset("never-built.js") == "/static/dist/never-built.js"
