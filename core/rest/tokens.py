"""Bearer tokens. Each request asks the database whether its token still holds, in its own transaction."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from core import clock
from core.access.models import ApiToken, User, UserState
from core.web.sessions import SEEN_EVERY, digest_of, write_seen

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

log = logging.getLogger(__name__)
KEPT = 10_000


@dataclass(slots=True)
class Known:
    """A token as this process has seen it last."""

    id: int
    user_id: int
    last_used_at: datetime | None


class Tokens:
    """The API tokens of one site. Whose a token is, is remembered; whether it holds, never."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: dict[str, Known] = {}

    def find(self, token: str) -> Known | None:
        """Whose the token is, or was: `holds` says so inside the transaction."""
        digest = digest_of(token)
        known = self._known.get(digest)
        if known is None:
            with self._site.engine.connect() as connection:
                known = _load(connection, digest)
            if known is not None:
                if len(self._known) >= KEPT:
                    self._known.clear()
                self._known[digest] = known
        return known

    def holds(self, env: Env, token: str) -> bool:
        """Whether the token is valid at this moment."""
        if _load(env.connection_of_core, digest_of(token)) is not None:
            return True
        self._known.pop(digest_of(token), None)
        return False

    def touch(self, known: Known) -> None:
        """Notes that the token is in use, at most once a minute. A failure is logged and forgotten."""
        now = clock.now()
        if known.last_used_at is not None and now - known.last_used_at < SEEN_EVERY:
            return
        known.last_used_at = now
        try:
            with self._site.engine.connect() as connection:
                write_seen(connection, ApiToken, known.id, last_used_at=now)
        except SQLAlchemyError as error:
            log.info("When token %s was last used could not be noted: %s", known.id, error)


def _load(connection: Connection, digest: str) -> Known | None:
    row = connection.execute(_BY_DIGEST, {"digest": digest}).first()
    return None if row is None else Known(row[0], row[1], row[2])


_BY_DIGEST = (
    select(ApiToken.id, ApiToken.user_id, ApiToken.last_used_at)
    .join(User, User.id == ApiToken.user_id)
    .where(ApiToken.digest == bindparam("digest"), ApiToken.revoked_at.is_(None))
    .where(User.state == UserState.ACTIVE.value, User.deleted_at.is_(None))
)
