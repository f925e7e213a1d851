"""How somebody likes to work: language, theme, density and time zone; where they are signed in; their API tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, select, update

from core.access import users
from core.access.models import ApiToken, User
from core.errors import Invalid, NotFound
from core.i18n import LOCALES, _, current_locale, use_locale
from core.orm.versions import bump
from core.web import cookies, sessions
from core.web.forms import DENSITIES, THEMES, PreferencesForm, TokenForm
from core.web.signed_in import sessions_of

if TYPE_CHECKING:
    from core.env import Env

blueprint = Blueprint("preferences", __name__)

KEPT = ("locale", "theme", "density", "timezone")


@blueprint.route("/preferences", methods=["GET", "POST"])
def preferences() -> ResponseReturnValue:
    """The page of one's own preferences."""
    from core.pages.toasts import toast

    form = _form()
    if request.method == "POST" and form.validate():
        wanted = {name: form[name].data for name in KEPT}
        save(g.env, **wanted | {name: wanted[name] or None for name in ("locale", "timezone")})
        with use_locale(wanted["locale"] or current_locale()):
            toast(_("Saved"))
        return redirect("/preferences", 303)
    return page(form), 422 if form.errors else 200


def page(form: PreferencesForm | None = None, token_form: TokenForm | None = None, new_token: str = "") -> str:
    """The page, with a token that was just made, which is shown this once."""
    from core.pages.frame import set_crumbs

    set_crumbs((str(_("Preferences")), "/preferences"))
    return render_template(
        "preferences.html",
        form=form or _form(),
        sessions=sessions_of(g.env),
        tokens=tokens_of(g.env),
        token_form=token_form or TokenForm(),
        new_token=new_token,
    )


def _form() -> PreferencesForm:
    member = g.env.actor.member
    present = {name: getattr(member, name) or "" for name in KEPT}
    return PreferencesForm(request.form, data=present, company_timezone=g.env.company_timezone.key)


@blueprint.post("/preferences/theme")
def theme() -> ResponseReturnValue:
    """The quick switch between light and dark."""
    wanted = request.form.get("theme", "")
    if wanted not in THEMES:
        raise Invalid({"theme": _("Please choose from the list.")})
    save(g.env, theme=wanted)
    return "", 204


@blueprint.post("/preferences/sessions/<int:id>/end")
def end_session(id: int) -> ResponseReturnValue:
    """Signs out on one browser."""
    sessions.revoke_one(g.env, g.env.actor.id, id)
    return redirect("/preferences", 303)


@blueprint.post("/preferences/sessions/end")
def end_other_sessions() -> ResponseReturnValue:
    """Signs out on every other browser."""
    sessions.revoke_all(g.env, g.env.actor.id, but=cookies.session_token())
    return redirect("/preferences", 303)


@blueprint.route("/preferences/tokens", methods=["GET", "POST"])
def tokens() -> ResponseReturnValue:
    """Makes an API token, and shows it this once; who comes back to the address sees the preferences."""
    if request.method == "GET":
        return redirect("/preferences", 303)
    form = TokenForm(request.form)
    if not form.validate():
        return page(token_form=form), 422
    return page(new_token=users.new_token(g.env, g.env.actor.id, form["name"].data))


@blueprint.post("/preferences/tokens/<int:id>/revoke")
def revoke_token(id: int) -> ResponseReturnValue:
    """Makes one of one's own API tokens useless. Raises `NotFound` for any other."""
    if id not in {token.id for token in tokens_of(g.env)}:
        raise NotFound()
    users.revoke_token(g.env, id)
    return redirect("/preferences", 303)


def tokens_of(env: Env) -> Sequence[Row[int, str, datetime, datetime | None]]:
    """The actor's API tokens that are not revoked, the latest first: id, name, created_at, last_used_at."""
    columns = (ApiToken.id, ApiToken.name, ApiToken.created_at, ApiToken.last_used_at)
    own = (ApiToken.user_id == env.actor.id, ApiToken.revoked_at.is_(None))
    return env.connection_of_core.execute(select(*columns).where(*own).order_by(ApiToken.id.desc())).all()


def save(env: Env, **values: Any) -> None:
    """Keeps the actor's own preferences, which are no part of the user's record and leave no history."""
    assert values.get("theme", "auto") in THEMES
    assert values.get("density", "compact") in DENSITIES
    assert values.get("locale") is None or values["locale"] in LOCALES
    env.connection_of_core.execute(update(User).where(User.id == env.actor.id).values(**values))
    bump(env.connection_of_core, "organisation")
