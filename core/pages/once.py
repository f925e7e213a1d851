"""A form of a new record that arrives twice makes one record: the first answer may have been lost on its way.

Each such form carries a key of its own. The key is claimed in the transaction that creates the record, so of two at
the same time the second waits for the first and finds what it made. What was typed belongs to the key: a form that was
gone back to and filled in otherwise makes another record.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from core import clock
from core.errors import NotFound
from core.orm.tables import Idempotent

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from core.env import Env
    from core.orm.model import Model

NAME = "once"
"""What the hidden input is called."""

_KEY = re.compile(r"[\w-]{1,64}", re.ASCII)
_NOT_TYPED = frozenset({NAME, "csrf_token", "original"})


def new_key() -> str:
    """A key for one form."""
    return secrets.token_urlsafe(12)


def earlier(env: Env, model: type[Model], sent: MultiDict[str, Any] | None) -> Model | None:
    """The record that the same form has made before. One that is gone was taken back, and may be made anew."""
    key = _key_of(model, sent)
    mine = (Idempotent.user_id == env.actor.id, Idempotent.key == key)
    body = env.connection_of_core.scalar(select(Idempotent.body).where(*mine)) if key else None
    try:
        return env.get(model, body["id"]) if body else None
    except NotFound:
        return None


def claim(env: Env, model: type[Model], sent: MultiDict[str, Any] | None) -> str:
    """Claims the key of the form until the transaction ends; empty for a form that carries none."""
    key = _key_of(model, sent)
    if key:
        connection = env.connection_of_core
        insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(Idempotent)
        row = {"user_id": env.actor.id, "key": key, "request": "", "status": 0, "at": clock.now(), "headers": {}}
        connection.execute(insert.values(**row, body=None).on_conflict_do_nothing(index_elements=["user_id", "key"]))
    return key


def keep(env: Env, key: str, record: Model) -> None:
    """Notes what the form has made."""
    if key:
        mine = (Idempotent.user_id == env.actor.id, Idempotent.key == key)
        env.connection_of_core.execute(update(Idempotent).where(*mine).values(body={"id": record.id}))


def _key_of(model: type[Model], sent: MultiDict[str, Any] | None) -> str:
    given = sent.get(NAME, "") if sent is not None else ""
    if sent is None or not _KEY.fullmatch(given):
        return ""
    typed = sorted((name, str(value)) for name, value in sent.items(multi=True) if name not in _NOT_TYPED)
    return f"form:{given}:{hashlib.sha256(json.dumps([model.key(), typed]).encode()).hexdigest()}"
