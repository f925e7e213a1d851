"""The pages of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from sqlalchemy import select

from addons.base.services import Users
from core.administration import ADMINISTERS, RoleMember
from core.api import Action, DetailPage, FormPage, ListPage, Panel, Role, Section, Tab, User, _

if TYPE_CHECKING:
    from core.api import Env


def _roles(env: Env, user: User) -> Markup:
    """The names of the user's roles; with their addresses for those who may open them."""
    statement = (
        select(Role.id, Role.name)
        .join(RoleMember, RoleMember.role_id == Role.id)
        .where(RoleMember.user_id == user.id)
        .order_by(Role.name)
    )
    with env.system("the roles of a user") as session:
        found = session.execute(statement).all()
    if not found:
        return Markup('<p class="muted">{}</p>').format(_("No role: this user can sign in but see nothing."))
    is_link = env.actor.may("role", "read")
    items = [
        Markup('<li><a href="/role/{}">{}</a></li>').format(id, name)
        if is_link
        else Markup("<li>{}</li>").format(escape(name))
        for id, name in found
    ]
    return Markup('<ul class="plain">{}</ul>').format(Markup("").join(items))


USER = [
    ListPage(
        model=User,
        columns=("name", "username", "title", "department_id", "supervisor_id", "phone", "state"),
        filters=("state", "department_id", "supervisor_id"),
        quick_filters={"active": (_("Active"), ("state:is:active",))},
        card=("title", "department_id"),
        sort="name",
        empty=_("Here are the people who sign in."),
    ),
    FormPage(
        model=User,
        sections=(
            Section(key="main", label=_("Basic data"), fields=("name", "username", "state")),
            Section(key="work", label=_("Organisation"), fields=("title", "department_id", "supervisor_id")),
            Section(key="reach", label=_("How to reach them"), fields=("email", "phone")),
        ),
    ),
    DetailPage(
        model=User,
        number="username",
        pills=("state",),
        header=("title", "department_id", "supervisor_id"),
        side=(
            Section(
                key="facts",
                label=_("Organisation"),
                fields=("title", "department_id", "supervisor_id"),
            ),
            Section(key="reach", label=_("How to reach them"), fields=("email", "phone")),
        ),
    ),
    Panel(place="user.detail.side", key="roles", label=_("Roles"), render=_roles),
    Tab(
        place="user.detail.tabs",
        key="reports",
        label=_("Team"),
        children=User,
        via="supervisor_id",
        columns=("name", "title", "department_id", "state"),
    ),
    Action(
        key="roles",
        model=User,
        label=_("Change roles"),
        icon="shield",
        run=lambda env, user: f"/user/{user.id}/roles",
        grant="edit",
        when=lambda env, user: env.actor.may(*ADMINISTERS),
        is_primary=True,
    ),
    Action(
        key="password",
        model=User,
        label=_("Give a new password"),
        icon="key",
        run=lambda env, user: f"/user/{user.id}/password",
        grant="edit",
        when=lambda env, user: user.id != env.user_id and env.service(Users).may_reset(user),
    ),
]
