"""Whether the site is ready, and its accent colour as a stylesheet."""

from __future__ import annotations

import logging
import re
import time
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.web.access import public
from core.web.signin import site

log = logging.getLogger(__name__)
blueprint = Blueprint("health", __name__)

ACCENT = "#2f5fd0"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
QUEUE_SECONDS = 5.0
_queue: dict[int, tuple[float, bool]] = {}


@blueprint.get("/healthz")
@public
def health() -> tuple[Response, int]:
    """200 when the database answers and its tables are up to date. The queue is only reported: work waits."""
    state: dict[str, Any] = {"status": "ok", "database": "ok", "migrations": "ok", "queue": _queue_state()}
    try:
        with site().engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        waiting = current_app.unit.maintenance.waiting()  # type: ignore[attr-defined]
        if waiting:
            state |= {"status": "maintenance", "migrations": "pending"}
    except (SQLAlchemyError, OSError) as error:
        log.error("The database does not answer: %s", error)
        state |= {"status": "unavailable", "database": "unreachable", "migrations": "unknown"}
    return jsonify(state), 200 if state["status"] == "ok" else 503


@blueprint.get("/theme.css")
@public
def theme() -> Response:
    """The company's accent colour, where it is one."""
    with site().system("accent colour", write=False) as env:
        wanted = str(env.setting("company.accent") or "")
    colour = wanted if _COLOUR.fullmatch(wanted) else ACCENT
    response = Response(f":root{{--accent:{colour}}}\n", mimetype="text/css")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _queue_state() -> str:
    """Asked at most every few seconds: an unreachable queue takes a while to say nothing."""
    from core.jobs.queue import is_reachable

    key, now = id(site()), time.monotonic()
    asked_at, answer = _queue.get(key, (-QUEUE_SECONDS, False))
    if now - asked_at >= QUEUE_SECONDS:
        answer = is_reachable(site().settings)
        _queue[key] = (now, answer)
    return "ok" if answer else "unreachable"
