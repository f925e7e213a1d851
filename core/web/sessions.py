"""Server-side sessions. The browser holds an opaque token, the database its digest, a process what it saw.

A session that this process knows costs no query: the counter of revocations is read with the other versions
at the start of the request's transaction, and only when it has grown is the row looked at again.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Row, bindparam, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from core import clock
from core.access.models import ApiToken, User
from core.orm.database import WRITES
from core.orm.model import CoreModel
from core.orm.tables import Version
from core.orm.versions import bump
from core.web.models import PasswordReset, WebSession

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

log = logging.getLogger(__name__)

VERSION = "sessions"
SEEN_EVERY = timedelta(seconds=60)
KEPT = 10_000
"""How many sessions a process remembers before it starts anew."""


@dataclass(slots=True)
class Known:
    """A valid session as this process has seen it. `revision` is the count of revocations at that moment."""

    id: int
    user_id: int
    expires_at: datetime
    last_seen_at: datetime
    must_change_password: bool
    revision: int


class Sessions:
    """The sessions of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._idle = timedelta(minutes=site.settings.session_idle_minutes)
        self._lifetime = timedelta(days=site.settings.session_days)
        self._known: dict[str, Known] = {}

    def find(self, token: str) -> Known | None:
        """The session of that token, perhaps revoked meanwhile: `is_current` knows, in the transaction."""
        digest = digest_of(token)
        known = self._known.get(digest)
        if known is not None and self._is_alive(known):
            return known
        with self._site.engine.connect() as connection:
            return self._load(connection, digest)

    def is_current(self, env: Env, token: str, known: Known) -> bool:
        """Whether the session still holds, asked once the request's transaction has read the versions."""
        if env.versions.get(VERSION, 0) == known.revision:
            return True
        return self._load(env.connection_of_core, digest_of(token)) is not None

    def open(self, env: Env, user_id: int, *, address: str, agent: str) -> str:
        """A new session; returns its token, which is not kept anywhere."""
        token, now = secrets.token_urlsafe(32), clock.now()
        row = {"user_id": user_id, "created_at": now, "last_seen_at": now, "expires_at": now + self._lifetime}
        origin = {"address": address[:64], "agent": agent[:300]}
        env.connection_of_core.execute(insert(WebSession).values(digest=digest_of(token), **row, **origin))
        return token

    def touch(self, known: Known) -> None:
        """Notes that the session is in use, at most once a minute. A failure is logged and forgotten."""
        now = clock.now()
        if now - known.last_seen_at < SEEN_EVERY:
            return
        known.last_seen_at = now
        try:
            with self._site.engine.connect() as connection:
                write_seen(connection, WebSession, known.id, last_seen_at=now)
        except SQLAlchemyError as error:
            log.info("When session %s was last seen could not be noted: %s", known.id, error)

    def _load(self, connection: Connection, digest: str) -> Known | None:
        row = connection.execute(_BY_DIGEST, {"digest": digest}).first()
        known = None if row is None else _known(row)
        if known is None or not self._is_alive(known):
            self._known.pop(digest, None)
            return None
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[digest] = known
        return known

    def _is_alive(self, known: Known) -> bool:
        now = clock.now()
        return now < known.expires_at and now - known.last_seen_at < self._idle


def revoke(env: Env, token: str) -> None:
    """Ends the session of that token."""
    _revoke(env, WebSession.digest == digest_of(token))


def revoke_one(env: Env, user_id: int, id: int) -> None:
    """Ends that session, if it is the user's."""
    _revoke(env, (WebSession.user_id == user_id) & (WebSession.id == id))


def revoke_all(env: Env, user_id: int, *, but: str = "") -> int:
    """Ends the user's sessions, except the one with the token `but`. Returns how many there were."""
    return _revoke(env, (WebSession.user_id == user_id) & (WebSession.digest != digest_of(but)))


def end_sign_in(env: Env, user_id: int) -> None:
    """Ends for good all by which the user is signed in or could be: sessions, API tokens, links for a password."""
    revoke_all(env, user_id)
    now = clock.now()
    for table, ended in ((ApiToken, ApiToken.revoked_at), (PasswordReset, PasswordReset.used_at)):
        statement = update(table).where(table.user_id == user_id, ended.is_(None)).values({ended: now})
        env.connection_of_core.execute(statement)


def digest_of(token: str) -> str:
    """What is stored of a secret token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _revoke(env: Env, condition: ColumnElement[bool]) -> int:
    now = clock.now()
    open_ones = (WebSession.revoked_at.is_(None), WebSession.expires_at > now)
    statement = update(WebSession).where(condition, *open_ones).values(revoked_at=now)
    count = env.connection_of_core.execute(statement).rowcount
    if count:
        bump(env.connection_of_core, VERSION)
    return count


def _known(row: Row[int, int, datetime, datetime, bool, int | None]) -> Known:
    return Known(row[0], row[1], row[2], row[3], row[4], row[5] or 0)


def write_seen(connection: Connection, table: type[CoreModel], id: int, **moment: datetime) -> None:
    """Notes a moment in passing. Gives up at once where a long write holds the lock."""
    connection.execution_options(**{WRITES: True})
    is_sqlite = connection.dialect.name == "sqlite"
    cursor = connection.connection.cursor()
    try:
        if is_sqlite:
            cursor.execute("PRAGMA busy_timeout=50")
        with connection.begin():
            if not is_sqlite:
                connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            connection.execute(update(table).where(table.id == id).values(**moment))
    finally:
        if is_sqlite:
            cursor.execute("PRAGMA busy_timeout=15000")
        cursor.close()


_BY_DIGEST = (
    select(
        WebSession.id,
        WebSession.user_id,
        WebSession.expires_at,
        WebSession.last_seen_at,
        User.must_change_password,
        select(Version.number).where(Version.key == VERSION).scalar_subquery(),
    )
    .join(User, User.id == WebSession.user_id)
    .where(WebSession.digest == bindparam("digest"), WebSession.revoked_at.is_(None))
)
