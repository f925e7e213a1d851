"""The addresses of dashboard pages: the page, each of its cards, and where a reader arranges them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, g, request

from core.i18n import _
from core.pages import dashboards
from core.pages.answers import is_partial, leave, page
from core.pages.dashboards import HIGHEST, WIDEST, Arrangement
from core.pages.frame import set_crumbs
from core.pages.home import greeting
from core.pages.layout import HOME
from core.pages.toasts import toast

if TYPE_CHECKING:
    from core.env import Env

blueprint = Blueprint("dashboards", __name__)


@blueprint.get("/")
def start() -> Response:
    """The start page."""
    return _page(HOME.key, str(greeting(_env())))


@blueprint.get("/dashboard/<key>")
def show(key: str) -> Response:
    """A page of cards."""
    return leave("/") if key == HOME.key else _page(key)


@blueprint.get("/dashboard/<key>/card/<card>")
def card(key: str, card: str) -> Response:
    """What is in one card; a page of its own for browsers without scripts."""
    view = dashboards.content(_env(), key, card)
    set_crumbs((str(dashboards.page_of(_env(), key).label), address(key)), (view.title, request.path))
    return page("card.html" if is_partial() else "card_page.html", card=view, id=f"card-{card}", heading=view.title)


@blueprint.get("/dashboard/<key>/arrange")
def arrange(key: str) -> Response:
    """Where the reader chooses cards, their order and their sizes."""
    title = str(dashboards.page_of(_env(), key).label)
    set_crumbs((title, address(key)), (str(_("Arrange")), request.path))
    cards = dashboards.placed(_env(), key)
    return page("arrange.html", title=title, url=request.path, back=address(key), cards=cards)


@blueprint.post("/dashboard/<key>/arrange")
def keep(key: str) -> Response:
    """Keeps what the reader has chosen. A button without scripts moves one card, and the page comes again."""
    env, form = _env(), request.form
    dashboards.page_of(env, key)
    if form.get("reset"):
        dashboards.forget(env, key)
        toast(_("The page is as it was at first."))
        return leave(address(key))
    known = {card.key for card in dashboards.placed(env, key)}
    order = [name for name in dict.fromkeys(form.getlist("order")) if name in known]
    for by, button in ((-1, "up"), (1, "down")):
        order = dashboards.moved(order, form.get(button, ""), by)
    shown = set(form.getlist("shown"))
    sizes = {name: [_size("width", name, WIDEST), _size("height", name, HIGHEST)] for name in order}
    Arrangement(order, [name for name in order if name not in shown], sizes).write(env, key)
    if form.get("up") or form.get("down"):
        return leave(request.path)
    toast(_("Saved"))
    return leave(address(key))


def address(key: str) -> str:
    """The address of a dashboard page."""
    return "/" if key == HOME.key else f"/dashboard/{key}"


def _page(key: str, title: str = "") -> Response:
    env = _env()
    node = dashboards.page_of(env, key)
    cards = [card for card in dashboards.placed(env, key) if card.is_shown]
    set_crumbs((str(node.label), address(key)))
    return page("dashboard.html", title=title or str(node.label), key=key, cards=cards)


def _size(what: str, name: str, most: int) -> int:
    given = request.form.get(f"{what}-{name}", "")
    return int(given) if given in {str(size) for size in range(1, most + 1)} else 1


def _env() -> Env:
    return cast("Env", g.env)
