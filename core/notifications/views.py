"""The bell and the page of one's own notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, g, jsonify, request

from core.i18n import _
from core.notifications import reading
from core.notifications.sending import BY_MAIL
from core.orm.preferences import read_preference, write_preference
from core.pages.answers import came_from, is_partial, leave, local, page
from core.pages.cells import Cells
from core.pages.frame import set_crumbs
from core.pages.toasts import toast

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
    by_mail = read_preference(env.connection_of_core, env.actor.id, BY_MAIL, default=False)
    told, moments = told[:ON_PAGE], Cells(env).moments
    return page("notifications.html", told=told, older=older, moments=moments, by_mail=by_mail)


@blueprint.get(f"{URL}/panel")
def panel() -> Response:
    """The newest ones, for the bell."""
    env = _env()
    return page("notifications_panel.html", told=reading.latest(env, IN_BELL), moments=Cells(env).moments)


@blueprint.get(f"{URL}/count")
def count() -> Response:
    """How many are unread, as the bell shows it and as it says it."""
    number = reading.unread(_env())
    return jsonify({"unread": number, "shown": reading.shown(number), "label": reading.spoken(number)})


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


@blueprint.post(f"{URL}/preferences")
def prefer() -> Response:
    """Whether one wants a copy by e-mail."""
    wanted = True if request.form.get("by_mail") == "1" else None
    write_preference(_env().connection_of_core, _env().actor.id, BY_MAIL, wanted)
    toast(_("Saved"))
    return leave(URL)


def _stay() -> Response:
    return Response(status=204) if is_partial() else leave(came_from(URL))


def _env() -> Env:
    return cast("Env", g.env)
