"""The addresses of the API."""

from __future__ import annotations

from typing import NoReturn

from flask import Blueprint

from core.errors import NotFound
from core.rest import actions, background, docs, files, mailing, printing, records
from core.rest.gate import api
from core.web.access import without_csrf

blueprint = Blueprint("rest", __name__, url_prefix="/api")

_MODEL = "/v1/<model>"
_RECORD = f"{_MODEL}/<int:id>"
_VIEWS = (
    ("GET", "/v1/openapi.json", docs.openapi),
    ("GET", "/v1/job/<int:id>", background.read_job),
    ("GET", _MODEL, records.list_records),
    ("POST", _MODEL, records.create_record),
    ("GET", _RECORD, records.read_record),
    ("PATCH", _RECORD, records.change_record),
    ("DELETE", _RECORD, records.delete_record),
    ("POST", f"{_RECORD}/actions/<action>", actions.run_action),
    ("GET", f"{_RECORD}/history", actions.history),
    ("GET", f"{_RECORD}/print", printing.print_one),
    ("GET", f"{_RECORD}/mail", mailing.list_mail),
)
for method, rule, view in _VIEWS:
    blueprint.add_url_rule(rule, view.__name__, api(view), methods=[method])

blueprint.add_url_rule("/v1/file", "send_file", api(files.send, files.receive_file), methods=["POST"])
blueprint.add_url_rule("/v1/file/<int:id>", "read_file", api(files.read), methods=["GET"])
sending = api(mailing.send_mail, mailing.prepare_mail)
blueprint.add_url_rule(f"{_RECORD}/mail", "send_mail", sending, methods=["POST"])
blueprint.add_url_rule("/docs", "documentation", docs.page, methods=["GET"])


@blueprint.get("/", defaults={"path": ""})
@blueprint.get("/<path:path>")
@without_csrf
def nowhere(path: str) -> NoReturn:
    """Everything else under /api/ is an error in JSON."""
    raise NotFound()
