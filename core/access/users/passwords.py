"""Passwords: how good, how they are kept, and whether one is right."""

from __future__ import annotations

import secrets
from functools import cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select, update

from core.access.models import User, UserState
from core.access.users.notes import note
from core.errors import AppError, Invalid
from core.i18n import Text, _

if TYPE_CHECKING:
    from core.env import Env

SHORTEST, LONGEST = 10, 200


class SignInUnavailable(AppError):
    """Whether a password is right cannot be found out: an outside directory does not answer as it should."""

    code = "sign_in_unavailable"
    default = _("Signing in is not possible at the moment. Please try again later, or tell an administrator.")


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
    note(env, id, "password", {})


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
