"""Users who are made, disabled, and changed by others."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.access.actor import Actor
from core.access.models import Role, User, UserState
from core.access.users.passwords import set_password
from core.access.users.roles import ADMINISTERS, set_roles
from core.errors import Forbidden, Invalid
from core.i18n import _

if TYPE_CHECKING:
    from core.env import Env


class MayDoMore(Forbidden):
    """The user may do more than the actor, who could otherwise act as them."""

    code = "may_do_more"
    default = _("Only an administrator may change this for somebody who may do more than you.")


def create(
    env: Env,
    *,
    username: str,
    name: str,
    password: str | None = None,
    role: str | None = None,
    roles: Collection[int] = (),
    **values: Any,
) -> User:
    """A new user. `role` is the code of a preset role, `roles` ids of roles, `values` other fields.

    Without a password nobody can sign in as this user until one is set. Raises `Invalid`, `Forbidden`.
    """
    given = {key: value for key, value in values.items() if value is not None}
    user = env.records(User).create({"username": username, "name": name, **given})
    wanted = set(roles)
    if role is not None:
        wanted.add(_preset(env, role))
    if wanted:
        set_roles(env, user, wanted)
    if password is not None:
        set_password(env, user, password)
    return user


def disable(env: Env, user: User) -> None:
    """Ends the user's sign-in; all that belongs to them stays. Raises `LastAdministrator`."""
    env.records(User).update(user, {"state": UserState.DISABLED.value})


def check_may_act_as(env: Env, user: User) -> None:
    """Raises `Forbidden` unless the actor may decide how `user` signs in: password, address, sign-in name.

    Whoever decides that can act as the user, so the user must hold no grant that reaches further than the actor's.
    """
    actor = env.actor
    if actor.is_system or actor.id == user.id or actor.may(*ADMINISTERS):
        return
    member = actor.organisation.members.get(user.id)
    grants = Actor(actor.organisation, member, actor.enabled).grants if member is not None else {}
    if any(scope.width > actor.scope(*key).width for key, scope in grants.items()):
        raise MayDoMore()


def _preset(env: Env, code: str) -> int:
    found = env.connection_of_core.scalar(select(Role.id).where(Role.preset == code, Role.deleted_at.is_(None)))
    if found is None:
        raise Invalid({"role": _("There is no role “{code}”.", code=code)})
    return found
