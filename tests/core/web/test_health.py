"""Readiness, maintenance, the accent colour, and the names under which the site answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, request

from core.orm import migrations
from core.orm.settings import write_settings
from core.site import Site
from core.testing.web import Visitor
from core.web import hosts
from core.web.access import public
from core.web.app import create_app

Visit = Callable[..., Visitor]


def test_a_ready_site_says_so_to_anybody(visit: Visit) -> None:
    answer = visit().get("/healthz")

    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "database": "ok", "migrations": "ok", "queue": "unreachable"}


def test_while_tables_are_behind_there_is_a_maintenance_page(app: Flask, visit: Visit, site: Site) -> None:
    migrations.downgrade(site, "sales")

    page, health, api = (visit().get(path) for path in ("/signin", "/healthz", "/api/v1/user"))

    assert (page.status_code, health.status_code, api.status_code) == (503, 503, 503)
    assert "The site is being updated" in page.text
    assert page.headers["Retry-After"] == "10"
    assert api.json is not None
    assert api.json["error"]["code"] == "maintenance"
    assert health.json is not None
    assert health.json["migrations"] == "pending"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("#c0392b", "#c0392b"), (None, "#2f5fd0"), ("red;}body{display:none", "#2f5fd0"), ("#fff", "#2f5fd0")],
)
def test_the_accent_colour_is_one_or_the_default(visit: Visit, site: Site, stored: str | None, shown: str) -> None:
    with site.system("settings") as env:
        write_settings(env.connection_of_core, {"company.accent": stored})

    answer = visit().get("/theme.css")

    assert answer.text == f":root{{--accent:{shown}}}\n"
    assert answer.mimetype == "text/css"


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("127.0.0.1:8000", 200), ("[::1]:8000", 200), ("192.168.1.20", 200), ("evil.example", 400)],
)
def test_only_names_of_ours_are_answered(visit: Visit, host: str, status: int) -> None:
    assert visit().client.get("/signin", headers={"Host": host}).status_code == status


def test_the_configured_address_is_one_of_ours(site: Site) -> None:
    site.settings = replace(site.settings, public_url="https://crm.example.com")
    client = create_app(site).test_client()

    assert client.get("/signin", headers={"Host": "crm.example.com"}).status_code == 200
    assert client.get("/signin", headers={"Host": "other.example.com"}).status_code == 400
    assert client.get("/healthz", headers={"Host": "other.example.com"}).status_code == 200


@pytest.mark.parametrize(("count", "address", "secure"), [(0, "127.0.0.1", False), (1, "203.0.113.9", True)])
def test_forwarded_headers_count_only_from_known_proxies(site: Site, count: int, address: str, secure: bool) -> None:
    site.settings = replace(site.settings, trusted_proxies=count)
    app = create_app(site)
    app.add_url_rule("/who", view_func=public(lambda: {"address": request.remote_addr, "secure": request.is_secure}))

    answer = app.test_client().get("/who", headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"})

    assert answer.json == {"address": address, "secure": secure}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/", True),
        ("/a?b=//c", True),
        ("", False),
        ("//x", False),
        ("/\\x", False),
        ("http://x", False),
        ("/\tx", False),
    ],
)
def test_is_local(target: str, expected: bool) -> None:
    assert hosts.is_local(target) is expected


def test_pages_of_an_addon_that_is_off_are_gone(app: Flask, visit: Visit, site: Site) -> None:
    from flask import Blueprint

    from core.orm.tables import EnabledAddon
    from core.orm.versions import bump

    made = create_app(site)
    blueprint = Blueprint("customer_extra", __name__)
    blueprint.add_url_rule("/extra", view_func=lambda: "here")
    made.register_blueprint(blueprint)
    made.unit.addon_of["customer_extra"] = "customer"  # type: ignore[attr-defined]
    visitor = Visitor(made, "sales")
    assert visitor.get("/extra").text == "here"

    with site.system("off") as env:
        env.session.add(EnabledAddon(name="customer", is_enabled=False))
        env.flush()
        bump(env.connection_of_core, "addons")

    assert visitor.get("/extra").status_code == 404
