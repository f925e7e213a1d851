"""Changing one's password, and setting a new one with a link."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, insert, select, update

from core import clock
from core.access import users
from core.access.actor import EDIT
from core.access.models import User, UserState
from core.errors import AppError, Forbidden, NotFound
from core.i18n import _, current_locale, use_locale
from core.web import hosts, sessions, throttle
from core.web.access import opens_units, public
from core.web.faults import TooMany
from core.web.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm
from core.web.models import PasswordReset
from core.web.signin import account_key, company, open_session, site, unit

if TYPE_CHECKING:
    from core.env import Env
    from core.web.sessions import Known

blueprint = Blueprint("passwords", __name__)

VALID_FOR = timedelta(hours=1)


@blueprint.route("/password", methods=["GET", "POST"])
@opens_units
def change() -> ResponseReturnValue:
    """Changing one's own password; it signs out every other browser.

    Opens its own units of work: a wrong guess has to be remembered although the rest is undone.
    """
    known: Known = g.known
    with unit().as_user(known.user_id, write=False):
        locale = current_locale()
    with use_locale(locale):
        return _change(known)


def _change(known: Known) -> ResponseReturnValue:
    from core.pages.frame import set_crumbs
    from core.pages.toasts import toast

    form = ChangePasswordForm(request.form)
    form.account = _username(known)
    if request.method == "POST" and form.validate() and _is_present_one(known, form):
        with unit().open(known) as env:
            _set(env, known.user_id, form.new_password.data)
            open_session(env, known.user_id)
            toast(_("Saved"))
        return redirect("/", 303)
    must = known.must_change_password
    message = str(_("Please choose a password of your own before you go on.")) if must else ""
    with unit().as_user(known.user_id, write=False):
        set_crumbs((str(_("Change password")), "/password"))
        html = render_template("password_change.html", form=form, message=message)
    return html, 422 if form.errors else 200


@blueprint.route("/password/forgot", methods=["GET", "POST"])
@public
def forgot() -> ResponseReturnValue:
    """Asking for a link. The answer never tells whether there is such an account: a job finds that out."""
    form = ForgottenForm(request.form)
    sent = False
    if request.method == "POST" and form.validate():
        throttle.count_reset(site(), account_key(form.username.data), request.remote_addr or "")
        sent = _ask_for_link(form)
    with site().system("the password page", write=False) as env:
        name = company(env)
    html = render_template(
        "signin_reset_request.html", form=form, company=name, sent=sent, sends_mail=site().settings.smtp is not None
    )
    return html, 422 if form.errors else 200


def _ask_for_link(form: ForgottenForm) -> bool:
    try:
        base = hosts.mail_url()
    except hosts.NoPublicAddress as error:
        form.form_errors.append(str(error.message))
        return False
    with site().system("ask for a new password") as env:
        env.enqueue("web.send_reset_link", username=form.username.data, locale=current_locale(), base=base)
    return True


@blueprint.route("/password/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    """Setting a new password with a link, which is used up by it."""
    form = NewPasswordForm(request.form)
    with site().system("the password page", write=False) as env:
        form.account = _account(env, token)
        name = company(env)
    if request.method == "POST" and form.validate():
        with site().system("set a new password with a link") as env:
            user_id = _use(env, token)
            _set(env, user_id, form.new_password.data)
            open_session(env, user_id)
        return redirect("/", 303)
    html = render_template("signin_reset.html", form=form, company=name, message="")
    return html, 422 if form.errors else 200


class LinkExpired(NotFound):
    """The link was used already, is older than an hour, or was never made."""

    code = "link_expired"
    default = _("This link has been used or is too old. Ask for a new one on the sign-in page.")


def reset_link(env: Env, user: User, base: str = "") -> str:
    """A link with which `user` sets a new password, once, within an hour. For who may edit and act as the user.

    `base` is the site's address; without it the link begins as the page does that shows it. A link in mail needs
    `hosts.mail_url()`. Raises `Forbidden`.
    """
    if not env.actor.is_system and not env.can(EDIT, user):
        raise Forbidden()
    users.check_may_act_as(env, user)
    token, now = secrets.token_urlsafe(32), clock.now()
    row = {"user_id": user.id, "created_at": now, "expires_at": now + VALID_FOR}
    env.connection_of_core.execute(insert(PasswordReset).values(digest=sessions.digest_of(token), **row))
    return f"{base or hosts.base_url()}/password/reset/{token}"


def _username(known: Known) -> str:
    with site().system("own name", write=False) as env:
        return str(env.session.get_one(User, known.user_id).username)


def _is_present_one(known: Known, form: ChangePasswordForm) -> bool:
    try:
        attempt = throttle.begin(site(), account_key(form.account), request.remote_addr or "")
    except TooMany as error:
        form.form_errors.append(str(error.message))
        return False
    try:
        with site().system("check a password", write=False) as env:
            found = users.verify_password(env, form.account, form.current_password.data)
    except AppError as error:
        form.form_errors.append(str(error.message))
        return False
    if found == known.user_id:
        with site().system("check a password") as env:
            throttle.succeeded(env, attempt, known.user_id)
        return True
    form.current_password.errors = [str(_("This is not your present password."))]
    return False


def _set(env: Env, user_id: int, password: str) -> None:
    """The user's new password, which ends every session and every other link."""
    users.set_password(env, user_id, password)
    sessions.revoke_all(env, user_id)
    unused = (PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
    env.connection_of_core.execute(update(PasswordReset).where(*unused).values(used_at=clock.now()))


def _account(env: Env, token: str) -> str:
    """The sign-in name that a valid link is for. Raises `LinkExpired`."""
    found = env.connection_of_core.scalar(
        select(User.username)
        .join(PasswordReset, PasswordReset.user_id == User.id)
        .where(*_valid(token), User.state == UserState.ACTIVE.value, User.deleted_at.is_(None))
    )
    if found is None:
        raise LinkExpired()
    return found


def _use(env: Env, token: str) -> int:
    """Marks the link as used and returns whose it is; of two at once only one succeeds."""
    statement = update(PasswordReset).where(*_valid(token)).values(used_at=clock.now()).returning(PasswordReset.user_id)
    found = env.connection_of_core.execute(statement).scalar_one_or_none()
    if found is None:
        raise LinkExpired()
    return int(found)


def _valid(token: str) -> tuple[ColumnElement[bool], ...]:
    digest = sessions.digest_of(token)
    return (PasswordReset.digest == digest, PasswordReset.used_at.is_(None), PasswordReset.expires_at > clock.now())
