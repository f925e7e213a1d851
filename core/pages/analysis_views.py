"""The addresses of the analysis of a list: the page, and each of its charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, g, request

from core.access.actor import READ
from core.errors import NotFound
from core.i18n import _
from core.pages.analysis import Analysis
from core.pages.answers import is_partial, list_part, page, targets
from core.pages.catalogue import catalogue_of
from core.pages.frame import set_crumbs
from core.pages.list_args import ListArgs

if TYPE_CHECKING:
    from core.env import Env

blueprint = Blueprint("analyses", __name__)


@blueprint.get("/<model>/analysis")
def show(model: str) -> Response:
    """The charts of a list, each of which fetches its bars by itself."""
    found = _analysis(model)
    view = found.view()
    set_crumbs((str(found.model.__title_plural__), found.list_url), (str(_("Analysis")), found.url))
    if is_partial() or targets("div#list-"):
        return list_part(view, "analysis_body.html")
    return page("analysis.html", page=view)


@blueprint.get("/<model>/analysis/<name>")
def chart(model: str, name: str) -> Response:
    """One chart; a page of its own for browsers without scripts."""
    found = _analysis(model)
    made = found.chart(name)
    set_crumbs((str(found.model.__title_plural__), found.list_url), (made.title, request.path))
    return page("analysis_chart.html" if is_partial() else "analysis_chart_page.html", chart=made)


def _analysis(model: str) -> Analysis:
    env = cast("Env", g.env)
    pages = catalogue_of(env).of(model)
    if not env.actor.may(model, READ):
        raise NotFound()
    return Analysis(env, pages, ListArgs.read(request.args))
