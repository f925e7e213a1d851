"""A request that is sent twice is done once: its answer is kept under the key that the caller chose.

The key is claimed in the same transaction as the work, so of two at the same time the second waits for the first
and then finds its answer; if the first fails, its claim is undone with it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from flask import Response, request
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from core import clock
from core.errors import BadRequest, Invalid
from core.i18n import _
from core.orm.tables import Idempotent

if TYPE_CHECKING:
    from core.env import Env

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
KEPT_HEADERS = ("Location", "ETag", "X-Deletion")
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class KeyReused(Invalid):
    """The same key came with another request."""

    code = "idempotency_key_reused"
    default = _("This Idempotency-Key was used for another request.")


def once(env: Env, view: Callable[[], Response]) -> Response:
    """The view's response, or that of the same request before. Raises `KeyReused`, `BadRequest`."""
    key = request.headers.get(HEADER)
    if key is None:
        return view()
    if not _KEY.fullmatch(key):
        raise BadRequest(_("An Idempotency-Key has 1 to 200 visible ASCII characters."), field=HEADER)
    digest = _digest()
    if not _claim(env, key, digest):
        return _earlier(env, key, digest)
    response = view()
    if response.status_code < 400:
        _keep(env, key, response)
    return response


def _digest() -> str:
    parts = (request.method.encode(), request.full_path.encode(), request.get_data(), *_files())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _files() -> Iterator[bytes]:
    """What was sent as files, of which the body itself shows nothing once it has been read."""
    for name, file in request.files.items(multi=True):
        file.stream.seek(0)
        yield f"{name}\0{file.filename}".encode()
        yield hashlib.file_digest(file.stream, "sha256").digest()  # type: ignore[arg-type]


def _claim(env: Env, key: str, digest: str) -> bool:
    connection = env.connection_of_core
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"user_id": env.actor.id, "key": key, "request": digest, "status": 0, "at": clock.now()}
    statement = dialect.insert(Idempotent).values(**row, body=None, headers={})
    unless_there = statement.on_conflict_do_nothing(index_elements=["user_id", "key"])
    return connection.execute(unless_there.returning(Idempotent.id)).first() is not None


def _earlier(env: Env, key: str, digest: str) -> Response:
    row = env.connection_of_core.execute(
        select(Idempotent.request, Idempotent.status, Idempotent.body, Idempotent.headers).where(
            Idempotent.user_id == env.actor.id, Idempotent.key == key
        )
    ).one()
    if row.request != digest:
        raise KeyReused({})
    text = "" if row.body is None else json.dumps(row.body, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, row.status, {**row.headers, REPLAYED: "true"})
    response.mimetype = "application/json"
    return response


def _keep(env: Env, key: str, response: Response) -> None:
    text = response.get_data(as_text=True)
    values = {
        "status": response.status_code,
        "body": json.loads(text) if text else None,
        "headers": {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
    }
    mine = (Idempotent.user_id == env.actor.id, Idempotent.key == key)
    env.connection_of_core.execute(update(Idempotent).where(*mine).values(**values))
