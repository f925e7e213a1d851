"""The pages of roles; their grants are edited in a matrix of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup
from sqlalchemy import select

from addons.base.services import Roles
from core.administration import RoleMember
from core.api import Action, DetailPage, FormPage, ListPage, Role, Section, Tab, User, _

if TYPE_CHECKING:
    from core.api import Env


def _members(env: Env, role: Role) -> Markup:
    """Who has the role."""
    found = env.session.execute(
        select(User.id, User.name, User.title).where(User.id.in_(_ids(env, role))).order_by(User.name, User.id)
    ).all()
    if not found:
        return Markup('<p class="muted">{}</p>').format(_("Nobody has this role."))
    item = Markup('<li><a href="/user/{}">{}</a> <span class="muted">{}</span></li>')
    return Markup('<ul class="plain">{}</ul>').format(
        Markup("").join(item.format(id, name, title or "") for id, name, title in found)
    )


def _ids(env: Env, role: Role) -> list[int]:
    with env.system("who has a role") as session:
        return list(session.scalars(select(RoleMember.user_id).where(RoleMember.role_id == role.id)))


ROLE = [
    ListPage(
        model=Role,
        columns=("name", "description"),
        sort="name",
        empty=_("Roles say what people may do. A user may have several."),
    ),
    FormPage(model=Role, sections=(Section(key="main", label=_("Basic data"), fields=("name", "description")),)),
    DetailPage(model=Role, side=(Section(key="facts", label=_("Key facts"), fields=("description",)),)),
    Tab(place="role.detail.tabs", key="members", label=_("Users"), render=_members),
    Action(
        key="grants",
        model=Role,
        label=_("Edit grants"),
        icon="shield-lock",
        run=lambda env, role: f"/role/{role.id}/grants",
        grant="edit",
        is_primary=True,
    ),
    Action(
        key="copy",
        model=Role,
        label=_("Copy"),
        icon="copy",
        run=lambda env, role: f"/role/{env.service(Roles).copy(role).id}/edit",
        grant="edit",
        when=lambda env, role: env.can("create", Role),
    ),
]
