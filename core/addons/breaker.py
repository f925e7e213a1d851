"""Switches off an implementation of a hook that keeps failing, for all workers, and says so to administrators."""

from __future__ import annotations

import json
import logging
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core import clock
from core.i18n import _
from core.orm.database import WRITES
from core.orm.tables import HookFailure
from core.orm.versions import bump

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from core.env import Env

log = logging.getLogger(__name__)

TOLERATED = 5
"""With so many failures in a row an implementation is switched off."""

VERSION = "hooks"
ERROR_LENGTH = 500
Key = tuple[str, str]
"""(addon, hook)"""


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """An implementation that the breaker has switched off, and the error that it ended with."""

    addon: str
    hook: str
    error: str
    since: datetime


def switched_off(env: Env) -> list[SwitchedOff]:
    """What is switched off on this site, for the people who look after it."""
    statement = select(HookFailure.addon, HookFailure.hook, HookFailure.error, HookFailure.since)
    rows = env.connection_of_core.execute(
        statement.where(HookFailure.is_off).order_by(HookFailure.addon, HookFailure.hook)
    )
    return [SwitchedOff(*row) for row in rows]


def switch_on(env: Env, addon: str, hook: str | None = None) -> None:
    """Gives one implementation of the addon, or all of them, another chance with a clean sheet."""
    wanted = [HookFailure.addon == addon, *([] if hook is None else [HookFailure.hook == hook])]
    if env.connection_of_core.execute(delete(HookFailure).where(*wanted)).rowcount:
        bump(env.connection_of_core, VERSION)


@dataclass(frozen=True, slots=True)
class Known:
    """What this process knows of failures, until the version grows."""

    off: frozenset[Key]
    failing: frozenset[Key]

    @classmethod
    def load(cls, connection: Connection) -> Known:
        """Reads what is stored: a few rows in the worst of times."""
        rows = connection.execute(select(HookFailure.addon, HookFailure.hook, HookFailure.is_off)).all()
        return cls(
            frozenset((row.addon, row.hook) for row in rows if row.is_off),
            frozenset((row.addon, row.hook) for row in rows if not row.is_off),
        )


def known_failures(env: Env) -> Known:
    """What is known of failures on this site, without asking the database again as long as nothing changes."""
    return env.site.cached(env, VERSION, Known.load)


@dataclass(slots=True)
class _Note:
    """What happened to an implementation during the units of one thread, to be written when they are over."""

    has_worked: bool = False
    failures: int = 0
    at_once: bool = False
    error: str = ""


class _Pending(threading.local):
    def __init__(self) -> None:
        self.depth = 0
        self.notes: dict[Key, _Note] = {}


class Breaker:
    """Counts the failures on one site. Written in a transaction of its own once the outermost unit of the thread
    has ended, however it ended: SQLite has one writer, and that unit may have been it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder
        self._pending = _Pending()
        self._has_looked = False

    @contextmanager
    def unit(self) -> Iterator[None]:
        """Around each unit of work."""
        if not self._has_looked:
            self._has_looked = True
            self._take_over()
        self._pending.depth += 1
        try:
            yield
        finally:
            self._pending.depth -= 1
            if not self._pending.depth and self._pending.notes:
                self._settle()

    def failed(self, key: Key, error: BaseException, *, at_once: bool = False) -> bool:
        """Notes a failure; `at_once` switches off without counting. Returns whether that was one too many."""
        note = self._pending.notes.setdefault(key, _Note())
        note.failures += 1
        note.at_once |= at_once
        note.error = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
        return note.at_once or note.failures >= TOLERATED

    def worked(self, key: Key) -> None:
        """Notes that an implementation that had failed works again."""
        self._pending.notes[key] = _Note(has_worked=True)

    def stuck(self, key: Key) -> None:
        """Leaves a note for the next process that an implementation brought this one to a stop.

        In a file: the thread that is stuck may hold the database.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        note = self._folder / f"{os.getpid()}-{secrets.token_hex(4)}.json"
        fresh = note.with_suffix(".new")
        fresh.write_text(json.dumps(key), "utf-8")
        fresh.rename(note)
        # Not the log, whose lock the thread may hold as well.
        os.write(2, f"The hook {key[1]} of the addon {key[0]} does not return; this process ends.\n".encode())

    def _take_over(self) -> None:
        found = {note: tuple(json.loads(note.read_text("utf-8"))) for note in self._folder.glob("*.json")}
        notes = {key: _Note(failures=1, at_once=True, error="TimeLimit: It did not return.") for key in found.values()}
        if notes and self._write(notes):
            for note in found:
                note.unlink(missing_ok=True)

    def _settle(self) -> None:
        notes, self._pending.notes = self._pending.notes, {}
        if not self._write(notes):
            self._pending.notes = notes

    def _write(self, notes: Mapping[Key, _Note]) -> bool:
        try:
            with self._engine.connect() as connection:
                connection.execution_options(**{WRITES: True})
                with connection.begin():
                    off = [key for key in sorted(notes) if _store(connection, key, notes[key])]
                    bump(connection, VERSION)
                    for addon, hook in off:
                        _tell(connection, addon, hook)
        except Exception:
            # Whatever the unit of work came to, it stands; the next one tries again.
            log.exception("It could not be stored that hooks failed.")
            return False
        for addon, hook in off:
            log.error("The hook %s of the addon %s keeps failing and has been switched off.", hook, addon)
        return True


def _tell(connection: Connection, addon: str, hook: str) -> None:
    # Imported late: what tells people is above what calls hooks.
    from core.notifications.sending import tell_administrators

    text = _("{hook} of the addon {addon} kept failing and has been switched off.", hook=hook, addon=addon)
    tell_administrators(connection, text, kind="hook", url=f"/settings/addons/{addon}")


def _store(connection: Connection, key: Key, note: _Note) -> bool:
    """Adds the note to what is stored; returns whether that switched the implementation off."""
    mine = (HookFailure.addon == key[0], HookFailure.hook == key[1])
    if not note.failures:
        connection.execute(delete(HookFailure).where(*mine, HookFailure.is_off.is_(False)))
        return False
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    clean = {"failures": 0, "is_off": False, "error": "", "since": clock.now()}
    row = dialect.insert(HookFailure).values(addon=key[0], hook=key[1], **clean)
    connection.execute(row.on_conflict_do_nothing())
    stored = connection.execute(select(HookFailure.failures, HookFailure.is_off).where(*mine).with_for_update()).one()
    failures = note.failures + (0 if note.has_worked else stored.failures)
    is_off = stored.is_off or note.at_once or failures >= TOLERATED
    values: dict[str, Any] = {"failures": failures, "is_off": is_off, "error": note.error}
    if is_off and not stored.is_off:
        values["since"] = clock.now()
    connection.execute(update(HookFailure).where(*mine).values(values))
    return is_off and not stored.is_off
