"""The bell and the page of one's own notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, g, jsonify, request

from core.i18n import _, ngettext
from core.notifications import reading
from core.pages.answers import came_from, is_partial, leave, local, page
from core.pages.cells import Cells
from core.pages.frame import set_crumbs

if TYPE_CHECKING:
    from core.env import Env

blueprint = Blueprint("notifications", __name__)
URL = "/notifications"
IN_BELL, ON_PAGE = 8, 50


@blueprint.get(URL)
def index() -> Response:
    """All of one's own, newest first."""
    env = _env()
    before = request.args.get("before", "")
    last = int(before) if before.isdecimal() and len(before) < 19 else None
    told = reading.latest(env, ON_PAGE + 1, before=last)
    older = f"{URL}?before={told[ON_PAGE - 1].id}" if len(told) > ON_PAGE else ""
    set_crumbs((str(_("Notifications")), URL))
    return page("notifications.html", told=told[:ON_PAGE], older=older, moments=Cells(env).moments)


@blueprint.get(f"{URL}/panel")
def panel() -> Response:
    """The newest ones, for the bell."""
    env = _env()
    return page("notifications_panel.html", told=reading.latest(env, IN_BELL), moments=Cells(env).moments)


@blueprint.get(f"{URL}/count")
def count() -> Response:
    """How many are unread, as the bell shows it and as it says it."""
    number = reading.unread(_env())
    return jsonify({"unread": number, "shown": shown(number), "label": spoken(number)})


@blueprint.get(f"{URL}/<int:id>")
def follow(id: int) -> Response:
    """Leads to what it is about, and marks it as read."""
    env = _env()
    told = reading.one(env, id)
    # Reading is no change of anything but one's own view; the request itself is one that only reads.
    with env.site.env(env.actor.id, write=True) as own:
        reading.mark_read(own, [id])
    return leave(local(told.url, URL))


@blueprint.post(f"{URL}/<int:id>/read")
def mark_one(id: int) -> Response:
    """Marks one as read."""
    reading.one(_env(), id)
    reading.mark_read(_env(), [id])
    return _stay()


@blueprint.post(f"{URL}/read")
def mark_all() -> Response:
    """Marks all as read, or with `url` those that lead there."""
    url = request.form.get("url", "")
    if url:
        reading.mark_read_at(_env(), url)
    else:
        reading.mark_read(_env())
    return _stay()


def shown(number: int) -> str:
    """What stands on the bell: nothing, 3, or 99+."""
    return "" if not number else str(number) if number <= reading.CAP else f"{reading.CAP}+"


def spoken(number: int) -> str:
    """What the bell is called."""
    if not number:
        return str(_("Notifications"))
    return str(ngettext("Notifications, {count} unread", "Notifications, {count} unread", number))


def _stay() -> Response:
    return Response(status=204) if is_partial() else leave(came_from(URL))


def _env() -> Env:
    return cast("Env", g.env)
