"""How somebody likes to work: language, theme, density and time zone; and where they are signed in."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select, update

from core import clock
from core.access.models import User
from core.errors import Invalid
from core.i18n import LOCALES, _, current_locale, use_locale
from core.orm.versions import bump
from core.web import cookies, sessions
from core.web.forms import DENSITIES, THEMES, PreferencesForm
from core.web.models import WebSession

if TYPE_CHECKING:
    from core.env import Env

blueprint = Blueprint("preferences", __name__)


@blueprint.route("/preferences", methods=["GET", "POST"])
def preferences() -> ResponseReturnValue:
    """The page of one's own preferences."""
    from core.pages.frame import set_crumbs
    from core.pages.toasts import toast

    member = g.env.actor.member
    present = {name: getattr(member, name) or "" for name in ("locale", "theme", "density", "timezone")}
    form = PreferencesForm(request.form, data=present, timezones=timezones(member.timezone))
    if request.method == "POST" and form.validate():
        wanted = {name: form[name].data for name in present}
        save(g.env, **wanted | {"locale": wanted["locale"] or None})
        with use_locale(wanted["locale"] or current_locale()):
            toast(_("Saved"))
        return redirect("/preferences", 303)
    set_crumbs((str(_("Preferences")), "/preferences"))
    html = render_template("preferences.html", form=form, sessions=sessions_of(g.env))
    return html, 422 if form.errors else 200


@blueprint.post("/preferences/theme")
def theme() -> ResponseReturnValue:
    """The quick switch between light and dark."""
    wanted = request.form.get("theme", "")
    if wanted not in THEMES:
        raise Invalid({"theme": _("Please choose from the list.")})
    save(g.env, theme=wanted)
    return "", 204


@blueprint.post("/preferences/sessions/end")
def end_other_sessions() -> ResponseReturnValue:
    """Signs out on every other browser."""
    sessions.revoke_all(g.env, g.env.actor.id, but=cookies.session_token())
    return redirect("/preferences", 303)


def save(env: Env, **values: Any) -> None:
    """Keeps the actor's own preferences, which are no part of the user's record and leave no history."""
    assert values.get("theme", "auto") in THEMES
    assert values.get("density", "compact") in DENSITIES
    assert values.get("locale") is None or values["locale"] in LOCALES
    env.connection_of_core.execute(update(User).where(User.id == env.actor.id).values(**values))
    bump(env.connection_of_core, "organisation")


def sessions_of(env: Env) -> list[dict[str, Any]]:
    """Where the actor is signed in, the latest first: address, agent, last_seen_at, is_this."""
    this = sessions.digest_of(cookies.session_token())
    open_ones = (
        WebSession.user_id == env.actor.id,
        WebSession.revoked_at.is_(None),
        WebSession.expires_at > clock.now(),
    )
    rows = env.connection_of_core.execute(
        select(WebSession.digest, WebSession.address, WebSession.agent, WebSession.last_seen_at)
        .where(*open_ones)
        .order_by(WebSession.last_seen_at.desc())
        .limit(50)
    )
    return [
        {
            "address": row.address,
            "agent": browser_name(row.agent),
            "last_seen_at": row.last_seen_at,
            "is_this": row.digest == this,
        }
        for row in rows
    ]


def browser_name(agent: str) -> str:
    """Browser and system of a User-Agent header, such as "Edge · Windows"; the header itself if neither is known."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (browser, system))) or agent


# The order matters: Edge and Opera also say Chrome, Chrome also says Safari, Android also says Linux.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Line/", "LINE"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def timezones(present: str) -> list[str]:
    """The names to choose from, Taiwan's and its neighbours' first."""
    near = ["Asia/Taipei", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Tokyo", "Asia/Singapore", "UTC"]
    return list(dict.fromkeys([*near, present, *_all_timezones()]))


@cache
def _all_timezones() -> list[str]:
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return sorted(name for name in available_timezones() if name.startswith(regions))
