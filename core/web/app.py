"""The Flask application of one site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, ValidationError

from core.web import (
    assets,
    cookies,
    errors,
    headers,
    health,
    hosts,
    passwords,
    patterns,
    preferences,
    signin,
    templating,
)
from core.web.assets import Assets
from core.web.unit import UnitOfWork

if TYPE_CHECKING:
    from core.site import Site

JSON_BYTES = 5 * 1024 * 1024
FORM_BYTES = 4 * 1024 * 1024
OVERHEAD_BYTES = 1024 * 1024
"""What the fields around an uploaded file may take."""

LONGEST_ID = 19
"""Digits of 2**63 - 1."""


def create_app(site: Site) -> Flask:
    """The application that serves `site`. The database is not touched before the first request."""
    app = WebApp(site)
    for blueprint in (
        assets.blueprint,
        health.blueprint,
        signin.blueprint,
        passwords.blueprint,
        preferences.blueprint,
    ):
        app.register_blueprint(blueprint)
    if site.settings.debug:
        app.register_blueprint(patterns.blueprint)
    _register_parts(app)
    _register_addons(app, site)
    app.before_request(_limit_body)
    app.before_request(hosts.check_host)
    app.after_request(_finish)
    app.teardown_request(_close_files)
    errors.register(app)
    if site.settings.trusted_proxies:
        count = site.settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_port=0, x_prefix=0
        )
    return app


class WebApp(Flask):
    """A Flask application whose views run inside one unit of work of the site."""

    def __init__(self, site: Site) -> None:
        super().__init__("core.web", static_folder=None)
        self.config.update(
            SITE=site,
            SECRET_KEY=site.settings.secret_key,
            ASSETS=Assets(watch=site.settings.debug),
            SESSION_COOKIE_NAME="9kcrm_flash",
            SESSION_COOKIE_SAMESITE="Lax",
            SESSION_COOKIE_SECURE=(site.settings.public_url or "").startswith("https:"),
            MAX_CONTENT_LENGTH=site.settings.max_upload_mb * 1024 * 1024 + OVERHEAD_BYTES,
            MAX_FORM_MEMORY_SIZE=FORM_BYTES,
            MAX_FORM_PARTS=5000,
        )
        self.url_map.converters["int"] = IdConverter
        self.json.sort_keys = False  # type: ignore[attr-defined]
        self.json.ensure_ascii = False  # type: ignore[attr-defined]
        self.unit = UnitOfWork(self, site)
        templating.prepare(self, site)

    def dispatch_request(self) -> ResponseReturnValue:
        """Calls the view inside a transaction by whoever asks, stored before the response leaves."""
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        return self.unit.run(super().dispatch_request)


class IdConverter(IntegerConverter):
    """`<int:id>` in an address: a number beyond all ids, which no database could look for, is no address at all."""

    def to_python(self, value: str) -> Any:
        """Raises `ValidationError`, which makes it a 404."""
        if len(value) > LONGEST_ID or int(value) >= 2**63:
            raise ValidationError()
        return super().to_python(value)


def _register_parts(app: Flask) -> None:
    from core.bulk.views import blueprint as bulk
    from core.exchange.views import blueprint as exports
    from core.files.views import blueprint as files
    from core.jobs.views import blueprint as jobs
    from core.notifications.views import blueprint as notifications
    from core.pages.action_views import blueprint as actions
    from core.pages.analysis_views import blueprint as analyses
    from core.pages.blueprint import blueprint as pages
    from core.pages.board_views import blueprint as boards
    from core.pages.calendar_views import blueprint as calendars
    from core.pages.compose_views import blueprint as composing
    from core.pages.dashboard_views import blueprint as dashboards
    from core.pages.duplicate_views import blueprint as duplicates
    from core.pages.merge_views import blueprint as merges
    from core.pages.saved_view_routes import blueprint as saved_views
    from core.printing.views import blueprint as printing
    from core.rest import blueprint as rest
    from core.sending.views import blueprint as sending

    parts = (files, jobs, notifications, rest, dashboards, duplicates, merges, bulk, exports, actions)
    for blueprint in (*parts, analyses, boards, calendars, composing, printing, sending, saved_views, pages):
        app.register_blueprint(blueprint)


def _register_addons(app: WebApp, site: Site) -> None:
    """All installed addons' routes, enabled or not: Flask takes no more once it serves."""
    from core.pages.nodes import Routes

    for addon in site.registry.addons:
        for node in addon.contributed("pages", "PAGES", ()):
            if isinstance(node, Routes):
                app.register_blueprint(node.blueprint)
                app.unit.addon_of[node.blueprint.name] = addon.name


def _limit_body() -> None:
    from core.files.incoming import AT_ONCE, brings_files

    if request.mimetype == "application/json":
        request.max_content_length = JSON_BYTES
    elif brings_files(current_app.view_functions.get(request.endpoint or "")):
        # So that a file which is too large comes to its own form, which says so and loses nothing else.
        request.max_content_length = AT_ONCE * current_app.config["MAX_CONTENT_LENGTH"]


def _close_files(_error: BaseException | None) -> None:
    """Files that were sent and grew too large for the memory are open on disk."""
    request.close()


def _finish(response: Response) -> Response:
    cookies.add_to(response)
    if reference := g.get("reference"):
        response.headers["X-Reference"] = reference
    return headers.add_to(response)
