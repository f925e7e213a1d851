"""Jobs that the caller has asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from core.i18n import Text, _
from core.jobs import showing
from core.orm.values import to_json
from core.rest.records import answer

if TYPE_CHECKING:
    from core.env import Env
    from core.jobs.result import JobResult

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "title", "state", "done", "total", "created_at"],
    "properties": {
        "id": {"type": "integer"},
        "title": {"type": "string"},
        "state": {"type": "string", "enum": list(showing.STATES)},
        "done": {"type": "integer", "description": _("How much is done.")},
        "total": {"type": ["integer", "null"], "description": _("How much there is to do, where that is known.")},
        "note": {"type": "string"},
        "error": {"type": ["string", "null"], "description": _("Why it failed, for people.")},
        "result": {
            "type": ["object", "null"],
            "properties": {
                "text": {"type": "string"},
                "url": {"type": ["string", "null"]},
                "file_url": {"type": ["string", "null"]},
                "lines": {"type": "array", "items": {"type": "string"}},
            },
        },
        "created_at": {"type": "string", "format": "date-time"},
        "done_at": {"type": ["string", "null"], "format": "date-time"},
    },
}
"""A job as the API describes it."""

SUMMARY: Text = _("A job that you have asked for")


def read_job(env: Env, id: int) -> Response:
    """How far the job is and what came of it; 404 for somebody else's."""
    job = showing.shown(env, id)
    data = {
        "id": job.id,
        "title": job.title,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "note": job.note,
        "error": job.failure or None,
        "result": None if job.result is None else _result(job.url, job.result),
        "created_at": to_json(job.asked_at),
        "done_at": None if job.done_at is None else to_json(job.done_at),
    }
    return answer({"data": data})


def _result(url: str, result: JobResult) -> dict[str, Any]:
    return {
        "text": str(result.text),
        "url": result.url or None,
        "file_url": f"{url}/file" if result.file is not None else None,
        "lines": list(result.lines),
    }
