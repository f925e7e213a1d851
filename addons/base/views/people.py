"""What administrators do for one user: roles, and a new password."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from addons.base.services import Users
from addons.base.views.forms import form_page
from core.administration import ADMINISTERS, RoleMember, reset_link, sessions
from core.api import AppError, Field, Forbidden, Kind, RecordForm, Role, Text, User, _, set_crumbs, toast

if TYPE_CHECKING:
    from core.api import Env

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that are easily taken for one another."""


def roles(id: int) -> ResponseReturnValue:
    """Which roles the user has."""
    env: Env = g.env
    user = env.get(User, id)
    if not env.actor.may(*ADMINISTERS):
        raise Forbidden()
    names = {str(role): Text(name) for role, name in env.session.execute(_ALL_ROLES)}
    spec = Field(
        Kind.CHOICES,
        _("Roles"),
        name="roles",
        options=names,
        help=_("With several roles, the widest of their grants counts."),
    )
    has = env.connection_of_core.scalars(select(RoleMember.role_id).where(RoleMember.user_id == user.id))
    sent = request.form if request.method == "POST" else None
    form = RecordForm(env, [spec], values={"roles": [str(role) for role in has]}, sent=sent)
    if sent is not None and form.validate():
        try:
            with env.savepoint():
                env.service(Users).give_roles(user, [int(role) for role in form.values["roles"]])
        except AppError as error:
            form.refuse(error)
        else:
            toast(_("The roles of {name} are saved.", name=user.name))
            return redirect(f"/user/{user.id}", 303)
    set_crumbs((user.name, f"/user/{user.id}"), (str(_("Roles")), request.path))
    return form_page(
        form,
        title=_("Roles of {name}", name=user.name),
        url=request.path,
        cancel_url=f"/user/{user.id}",
        submit=_("Save"),
    )


_ALL_ROLES = select(Role.id, Role.name).order_by(Role.name, Role.id)


def password(id: int) -> ResponseReturnValue:
    """A link with which the user chooses a new password, or a password for one sign-in. Shown once."""
    env: Env = g.env
    user = env.get(User, id)
    service = env.service(Users)
    service.check_may_reset(user)
    secret = {"link": "", "password": ""}
    if request.method == "POST":
        if request.form.get("way") == "password":
            secret["password"] = "-".join(
                "".join(secrets.choice(ALPHABET) for _place in range(4)) for _group in range(4)
            )
            service.give_password(user, secret["password"])
            sessions.revoke_all(env, user.id)
        else:
            secret["link"] = reset_link(env, user)
    set_crumbs((user.name, f"/user/{user.id}"), (str(_("New password")), request.path))
    return render_template("base/password.html", user=user, url=request.path, **secret)
