"""The description of the API, as JSON and as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, g, render_template, request

from core.i18n import _
from core.rest.openapi import specification
from core.rest.records import answer

if TYPE_CHECKING:
    from core.env import Env


def openapi(env: Env) -> Response:
    """OpenAPI 3.1 of what the caller may do."""
    return answer(specification(env))


def page() -> str:
    """The same, to read."""
    from core.pages.frame import set_crumbs

    set_crumbs((str(_("REST interface")), ""))
    host = request.host_url.rstrip("/")
    return render_template("api_docs.html", spec=specification(g.env), spec_url="/api/v1/openapi.json", host=host)
