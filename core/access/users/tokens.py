"""Tokens with which programs act as a user."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select, update

from core import clock
from core.access.models import ApiToken, User, UserState

if TYPE_CHECKING:
    from core.env import Env

TOKEN_PREFIX = "9k_"


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
