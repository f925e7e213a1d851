"""Who has which roles, and the rule that somebody always administers the site."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select

from core.access.models import Grant, Role, RoleMember, User, UserState
from core.access.users.notes import note
from core.errors import Conflict, Invalid
from core.i18n import _
from core.orm.versions import bump

if TYPE_CHECKING:
    from core.env import Env

ADMINISTERS = ("role", "edit")
"""The grant that makes somebody an administrator: with it, every other grant can be had."""


class LastAdministrator(Conflict):
    """After this nobody could administer the site any more."""

    code = "last_administrator"
    default = _("Somebody has to remain who may edit roles. Give that right to another active user first.")


class OwnAdministration(Conflict):
    """Somebody would take the right to administer from themselves."""

    code = "own_administration"
    default = _("You cannot take the right to edit roles from yourself. Ask another administrator.")


def set_roles(env: Env, user: User, roles: Collection[int]) -> None:
    """Gives the user exactly these roles. Raises `LastAdministrator`, `OwnAdministration`, `Invalid`.

    Whether the actor may do so is for the caller to check.
    """
    connection = env.connection_of_core
    wanted = set(roles)
    if wanted - set(connection.scalars(select(Role.id).where(Role.deleted_at.is_(None)))):
        raise Invalid({"roles": _("Please choose an existing record.")})
    had = set(connection.scalars(select(RoleMember.role_id).where(RoleMember.user_id == user.id)))
    if wanted == had:
        return
    with keeping_administrators(env):
        connection.execute(
            delete(RoleMember).where(RoleMember.user_id == user.id, RoleMember.role_id.in_(had - wanted))
        )
        rows = [{"user_id": user.id, "role_id": role} for role in sorted(wanted - had)]
        if rows:
            connection.execute(insert(RoleMember), rows)
    note(env, user.id, "roles", {"roles": [_names(connection, had), _names(connection, wanted)]})
    bump(connection, "organisation")


@contextmanager
def keeping_administrators(env: Env) -> Iterator[None]:
    """Undoes and refuses what is done inside the block if it leaves nobody, or not the actor, to administer."""
    env.flush()
    before = administrators(env.connection_of_core)
    with env.savepoint():
        yield
        env.flush()
        after = administrators(env.connection_of_core)
        if before and not after:
            raise LastAdministrator()
        if env.user_id in before - after:
            raise OwnAdministration()


def administrators(connection: Connection) -> set[int]:
    """The active users who may edit roles."""
    statement = (
        select(RoleMember.user_id)
        .join(Role, Role.id == RoleMember.role_id)
        .join(Grant, Grant.role_id == Role.id)
        .join(User, User.id == RoleMember.user_id)
        .where(Grant.model == ADMINISTERS[0], Grant.action == ADMINISTERS[1], Grant.scope != "none")
        .where(User.state == UserState.ACTIVE.value, User.deleted_at.is_(None), Role.deleted_at.is_(None))
    )
    return set(connection.scalars(statement))


def _names(connection: Connection, roles: Collection[int]) -> list[str]:
    return list(connection.scalars(select(Role.name).where(Role.id.in_(roles)).order_by(Role.name)))
