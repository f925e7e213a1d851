"""Signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.access import users
from core.access.models import Role, RoleMember, User, UserState
from core.addons import demo
from core.errors import AppError
from core.i18n import _, ngettext
from core.web import cookies, hosts, sessions, throttle
from core.web.access import public
from core.web.faults import TooMany, fault_of
from core.web.forms import SignInForm
from core.web.unit import SignedOut, origin

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site
    from core.web.unit import UnitOfWork

blueprint = Blueprint("signin", __name__)


@blueprint.route("/signin", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """The sign-in page. A wrong password and an unknown name get the same answer, after the same time."""
    form = SignInForm(request.form)
    if request.method == "GET":
        return redirect(target(), 303) if _is_signed_in() else _page(form)
    if not form.validate():
        return _page(form, 422)
    try:
        attempt = throttle.begin(site(), account_key(form.username.data), request.remote_addr or "")
    except TooMany as error:
        form.form_errors.append(str(_wait(error.after)))
        response = _page(form, 429)
        response.headers["Retry-After"] = str(error.after)
        return response
    try:
        is_signed_in = _signed_in(attempt, form.username.data, form.password.data)
    except AppError as error:
        form.form_errors.append(str(error.message))
        return _page(form, fault_of(error).status)
    if not is_signed_in:
        form.form_errors.append(str(_("The sign-in name or the password is wrong.")))
        return _page(form, 422)
    return redirect(target(), 303)


@blueprint.post("/signout")
def sign_out() -> ResponseReturnValue:
    """Ends this session."""
    sessions.revoke(g.env, cookies.session_token())
    cookies.keep_session("")
    return redirect("/signin", 303)


def site() -> Site:
    """The site that this application serves."""
    found: Site = current_app.config["SITE"]
    return found


def unit() -> UnitOfWork:
    """What runs the views of this application, with its sessions."""
    found: UnitOfWork = current_app.unit  # type: ignore[attr-defined]
    return found


def target() -> str:
    """Where to go after signing in: the page asked for, if it is ours."""
    wanted = request.args.get("next", "")
    return wanted if hosts.is_local(wanted) and not wanted.startswith(("/signin", "/signout")) else "/"


def open_session(env: Env, user_id: int) -> None:
    """Signs the user in on this browser, with a token that nobody has seen before."""
    if old := cookies.session_token():
        sessions.revoke(env, old)
    cookies.keep_session(unit().sessions.open(env, user_id, **origin()))


def company(env: Env) -> str:
    """The company's name, the product's where none has been entered."""
    return str(env.setting("company.name") or "9KCRM")


def account_key(username: str) -> str:
    """What attempts at one account are counted under, however its name is written."""
    return username.strip().casefold()[:100]


def _signed_in(attempt: int, username: str, password: str) -> bool:
    with site().system("check a password", write=False) as env:
        user_id = users.verify_password(env, username, password)
    with site().system("sign in") as env:
        if user_id is None:
            throttle.failed(env, attempt, None, throttle.PASSWORD)
            return False
        throttle.succeeded(env, attempt, user_id)
        open_session(env, user_id)
    return True


def _page(form: SignInForm, status: int = 200) -> Response:
    with site().system("the sign-in page", write=False) as env:
        name, accounts = company(env), _demo_accounts(env)
    html = render_template(
        "signin.html", form=form, company=name, demo_accounts=accounts, message=_message(), next=target()
    )
    return make_response(html, status)


def _message() -> str:
    return str(_("The password is set. Sign in with it.")) if "password" in request.args else ""


def _wait(seconds: int) -> object:
    if seconds < 90:
        return ngettext(
            "Too many attempts. Try again in a second.",
            "Too many attempts. Try again in {count} seconds.",
            seconds,
        )
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many attempts. Try again in a minute.",
        "Too many attempts. Try again in {count} minutes.",
        minutes,
    )


def _is_signed_in() -> bool:
    known = unit().who()
    if known is None:
        return False
    try:
        with unit().open(known):
            return True
    except SignedOut:
        return False


def _demo_accounts(env: Env) -> list[tuple[str, str, str]]:
    """(sign-in name, name, role) of those that a visitor may try while the demo data is present."""
    if env.setting(demo.RECORDS) is None:
        return []
    order = [username for username, _who in demo.SIGN_INS]
    rows = env.session.execute(
        select(User.username, User.name, Role.name)
        .join(RoleMember, RoleMember.user_id == User.id)
        .join(Role, Role.id == RoleMember.role_id)
        .where(User.username.in_(order), User.is_demo.is_(True), User.state == UserState.ACTIVE.value)
        .order_by(Role.id)
    )
    found: dict[str, tuple[str, str, str]] = {}
    for username, name, role in rows:
        found.setdefault(username, (username, name, role))
    return sorted(found.values(), key=lambda account: order.index(account[0]))
