"""Who can sign in: passwords, API tokens, roles, and the rule that somebody always administers the site."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, func, insert, select, update

from core import clock
from core.access.actor import Actor
from core.access.models import ApiToken, Grant, Role, RoleMember, User, UserState
from core.errors import AppError, Conflict, Forbidden, Invalid
from core.i18n import Text, _
from core.orm.tables import Change
from core.orm.versions import bump

if TYPE_CHECKING:
    from core.env import Env

TOKEN_PREFIX = "9k_"
SHORTEST, LONGEST = 10, 200
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


class SignInUnavailable(AppError):
    """Whether a password is right cannot be found out: an outside directory does not answer as it should."""

    code = "sign_in_unavailable"
    default = _("Signing in is not possible at the moment. Please try again later, or tell an administrator.")


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
    _note(env, user.id, "roles", {"roles": [_names(connection, had), _names(connection, wanted)]})
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


# Passwords.


def set_password(env: Env, user: User | int, password: str, *, must_change: bool = False) -> None:
    """Stores a new password. `must_change` lets the user choose another one at the next sign-in.

    Raises `Invalid` for a weak one. Whether the actor may do so is for the caller to check.
    """
    connection, id = env.connection_of_core, user if isinstance(user, int) else user.id
    username, name = connection.execute(select(User.username, User.name).where(User.id == id)).one()
    problem = weakness(password, username=username, name=name)
    if problem is not None:
        raise Invalid({"password": problem})
    store_password(env, id, password, must_change=must_change)
    _note(env, id, "password", {})


def store_password(env: Env, user_id: int, password: str, *, must_change: bool = False) -> None:
    """Stores a password however weak: for demo data, and after `weakness` was asked."""
    values = {"password_hash": hash_password(env, password), "must_change_password": must_change}
    env.connection_of_core.execute(update(User).where(User.id == user_id).values(values))


def hash_password(env: Env, password: str) -> str:
    """The password's argon2id hash, as costly as the settings say."""
    return _hasher(env.site.settings.argon2).hash(password)


def weakness(password: str, *, username: str = "", name: str = "") -> Text | None:
    """Why a password is too weak; None if it will do."""
    if len(password) < SHORTEST:
        return _("At least {limit} characters; a short sentence is easy to remember.", limit=SHORTEST)
    if len(password) > LONGEST:
        return _("At most {limit} characters; these are {length}.", limit=LONGEST, length=len(password))
    folded = password.casefold()
    if len(set(folded)) < 4 or folded in _RUNS or any(run.startswith(folded) for run in _RUNS):
        return _("This is too easy to guess.")
    if any(len(part) > 2 and folded.strip("0123456789!@#$._-") == part.casefold() for part in (username, name)):
        return _("Please choose something other than the name with digits.")
    return None


_RUNS = (
    "12345678901234567890",
    "01234567890123456789",
    "qwertyuiopasdfghjkl",
    "1qaz2wsx3edc4rfv5tgb",
    "passwordpassword",
)


def verify_password(env: Env, username: str, password: str) -> int | None:
    """The id of the active user with that sign-in name and password, in any case of the name; None otherwise.

    It takes as long for a name that does not exist as for a wrong password. Raises `SignInUnavailable`, and the
    `AppError` with which an addon refuses somebody.
    """
    row = env.connection_of_core.execute(
        select(User.id, User.password_hash, User.state).where(
            func.lower(User.username) == username.strip().lower(), User.deleted_at.is_(None)
        )
    ).first()
    cost = env.site.settings.argon2
    stored = row.password_hash if row is not None and row.password_hash else _nobody(cost)
    try:
        is_right = len(password) <= LONGEST and _hasher(cost).verify(stored, password)
    except (VerificationError, InvalidHashError):
        is_right = False
    is_right = is_right and row is not None and bool(row.password_hash)
    if len(password) <= LONGEST:
        outside = _outside(env, username.strip(), password)
        is_right = is_right if outside is None else outside
    if row is None or row.state != UserState.ACTIVE.value or not is_right:
        return None
    return int(row.id)


def _outside(env: Env, username: str, password: str) -> bool | None:
    """What an outside directory says; None if there is none, or none that knows them."""
    try:
        answers: list[bool] = env.hooks.authenticate(username=username, password=password)
    except AppError:
        raise
    except Exception as error:
        # Never the stored password in its place: the directory may have refused it.
        raise SignInUnavailable() from error
    return answers[0] if answers else None


@cache
def _hasher(cost: tuple[int, int, int]) -> PasswordHasher:
    time_cost, memory_cost, parallelism = cost
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_cost, parallelism=parallelism)


@cache
def _nobody(cost: tuple[int, int, int]) -> str:
    return _hasher(cost).hash(secrets.token_urlsafe(32))


# API tokens.


def new_token(env: Env, user: User | int, name: str) -> str:
    """A new bearer token of the API that acts as the user. Only its SHA-256 is kept, so show it now."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = {
        "user_id": user if isinstance(user, int) else user.id,
        "name": name[:100],
        "digest": _digest(token),
        "created_at": clock.now(),
    }
    env.connection_of_core.execute(insert(ApiToken).values(row))
    return token


def user_for_token(connection: Connection, token: str) -> int | None:
    """The active user as whom the token acts, None for one that is unknown or revoked."""
    if not token.startswith(TOKEN_PREFIX):
        return None
    statement = (
        select(ApiToken.user_id)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.digest == _digest(token), ApiToken.revoked_at.is_(None))
        .where(User.state == UserState.ACTIVE.value, User.deleted_at.is_(None))
    )
    return connection.scalar(statement)


def revoke_token(env: Env, token_id: int) -> None:
    """Makes the token useless, from the next request on."""
    env.connection_of_core.execute(
        update(ApiToken).where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None)).values(revoked_at=clock.now())
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _preset(env: Env, code: str) -> int:
    found = env.connection_of_core.scalar(select(Role.id).where(Role.preset == code, Role.deleted_at.is_(None)))
    if found is None:
        raise Invalid({"role": _("There is no role “{code}”.", code=code)})
    return found


def _names(connection: Connection, roles: Collection[int]) -> list[str]:
    return list(connection.scalars(select(Role.name).where(Role.id.in_(roles)).order_by(Role.name)))


def _note(env: Env, user_id: int, action: str, changes: dict[str, list[Any]]) -> None:
    """Writes into the user's history what is not a field of theirs."""
    row = {"model": "user", "record_id": user_id, "action": action, "at": clock.now(), "user_id": env.user_id}
    env.connection_of_core.execute(insert(Change).values(**row, reason="", changes=changes))
