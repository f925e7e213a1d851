"""Engines: SQLite in WAL mode with writers that queue, or PostgreSQL."""

from __future__ import annotations

import json
import time
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError

WRITES = "ninekcrm_writes"
"""Execution option of a connection that is going to write, so that SQLite locks at BEGIN."""

PLAN_ANEW = "ninekcrm_plan_anew"
"""Execution option of a statement whose best plan depends on its values, so that PostgreSQL looks at them each time:
else it would settle for one plan after some executions, and walk a whole table for a rare value."""

PREPARED_AFTER = 5
"""Executions after which the driver prepares a statement; its own default."""

TRUSTED_SECONDS = 2.0
"""A connection to PostgreSQL that was used so recently is not asked whether it lives."""


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for `url`, `sqlite:///file` or `postgresql://…`; nothing is connected yet."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        arguments = {"timeout": 15, "check_same_thread": False}
        engine = create_engine(parsed, connect_args=arguments, json_deserializer=_read_json)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(parsed, pool_size=pool_size, connect_args={"connect_timeout": 5})
    _check_after_idling(engine)
    event.listen(engine, "before_cursor_execute", _choose_planning)
    return engine


def wait_until_reachable(engine: Engine, *, seconds: float) -> None:
    """Returns as soon as the database answers; raises its `OperationalError` after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        try:
            with engine.connect():
                return
        except OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def _read_json(text: str) -> Any:
    # Most choices are empty, and reading is dear for each row of a list.
    return [] if text == "[]" else json.loads(text)


def _check_after_idling(engine: Engine) -> None:
    """Replaces connections that have died while nobody used them. One in constant use is not asked each time."""

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def check(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("idle_since", time.monotonic()) > TRUSTED_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError() from error


def _choose_planning(_connection: Any, cursor: Any, _sql: str, _values: Any, context: Any, _many: bool) -> None:
    # Said for each statement, so that one that fails leaves nothing behind for the next.
    anew = context is not None and context.execution_options.get(PLAN_ANEW)
    cursor.connection.prepare_threshold = None if anew else PREPARED_AFTER


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling is off: it would begin late and commit early.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "cache_size=-65536",
        "mmap_size=268435456",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
