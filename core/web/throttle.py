"""Guessing passwords is made slow, per account and per address.

An attempt is written before the password is looked at, so that many at once do not slip through together.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from core import clock
from core.web.faults import TooMany
from core.web.models import SignIn

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

FREE_PER_ACCOUNT, FREE_PER_ADDRESS = 5, 30
"""Failures that cost nothing yet."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=30)
WINDOW = timedelta(hours=12)
"""How long a failure counts."""

PASSWORD, RESET = "password", "reset"
RESETS_PER_ADDRESS, RESET_WINDOW = 10, timedelta(hours=1)


def begin(site: Site, username: str, address: str) -> int:
    """Notes an attempt as failed and returns its id. Raises `TooMany` where a wait is not over."""
    with site.system("sign in") as env:
        connection, now = env.connection_of_core, clock.now()
        _one_at_a_time(connection, username)
        _check(connection, now, SignIn.username == username, FREE_PER_ACCOUNT)
        if address:
            _check(connection, now, SignIn.address == address, FREE_PER_ADDRESS)
        return _note(connection, now, username, address, PASSWORD)


def succeeded(env: Env, attempt: int, user_id: int) -> None:
    """The attempt was good: the account's earlier failures no longer count."""
    _change(env, attempt, user_id=user_id, succeeded=True, reason="")


def failed(env: Env, attempt: int, user_id: int | None, reason: str) -> None:
    """Says why, for the log that administrators read. Only the reason "password" counts as a guess."""
    _change(env, attempt, user_id=user_id, reason=reason)


def forgive(env: Env, username: str) -> None:
    """Lifts a lock-out: the account's failures so far no longer count."""
    guesses = (SignIn.username == username, SignIn.succeeded.is_(False), SignIn.reason == PASSWORD)
    env.connection_of_core.execute(update(SignIn).where(*guesses).values(reason="forgiven"))


def count_reset(site: Site, username: str, address: str) -> None:
    """Raises `TooMany` where one address asks for too many links."""
    with site.system("ask for a new password") as env:
        connection, now = env.connection_of_core, clock.now()
        wanted = (SignIn.address == address, SignIn.reason == RESET, SignIn.at > now - RESET_WINDOW)
        count = connection.scalar(select(func.count()).select_from(SignIn).where(*wanted)) or 0
        if count >= RESETS_PER_ADDRESS:
            raise TooMany(after=int(RESET_WINDOW.total_seconds()))
        _note(connection, now, username, address, RESET)


def wait_after(failures: int, free: int) -> timedelta:
    """How long to wait after that many failures in a row: doubled with each one, up to half an hour."""
    if failures < free:
        return timedelta()
    doubled: timedelta = FIRST_WAIT * 2 ** min(failures - free, 20)
    return min(doubled, LONGEST_WAIT)


def _check(connection: Connection, now: datetime, whose: ColumnElement[bool], free: int) -> None:
    failures, last = _failures(connection, now, whose)
    if last is None:
        return
    left = last + wait_after(failures, free) - now
    if left > timedelta():
        raise TooMany(after=int(left.total_seconds()) + 1)


def _failures(connection: Connection, now: datetime, whose: ColumnElement[bool]) -> tuple[int, datetime | None]:
    """How many guesses failed since the last success, and when the last one was."""
    good = select(func.max(SignIn.id)).where(whose, SignIn.succeeded.is_(True)).scalar_subquery()
    wrong = (
        whose,
        SignIn.succeeded.is_(False),
        SignIn.reason == PASSWORD,
        SignIn.at > now - WINDOW,
        SignIn.id > func.coalesce(good, 0),
    )
    row = connection.execute(select(func.count(), func.max(SignIn.at)).where(*wrong)).one()
    return row[0], row[1]


def _note(connection: Connection, now: datetime, username: str, address: str, reason: str) -> int:
    row = {"at": now, "username": username[:100], "address": address[:64], "reason": reason}
    made = connection.execute(insert(SignIn).values(succeeded=False, **row).returning(SignIn.id))
    return int(made.scalar_one())


def _change(env: Env, attempt: int, **values: object) -> None:
    env.connection_of_core.execute(update(SignIn).where(SignIn.id == attempt).values(**values))


def _one_at_a_time(connection: Connection, username: str) -> None:
    """On PostgreSQL two attempts at one account wait for each other; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(username.encode()).digest()[:8], "big", signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(number)))
