"""Errors at the edge: a page or JSON in the reader's language, with a reference that leads to the log."""

from __future__ import annotations

import json
import logging
import secrets
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, render_template, request
from markupsafe import escape

from core.errors import AppError, BadRequest, Conflict, Invalid, Stale
from core.i18n import DEFAULT_LOCALE, use_locale
from core.web import language
from core.web.faults import Fault, fault_of
from core.web.templating import html_lang

if TYPE_CHECKING:
    from core.pages.views import ErrorView

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Makes every exception of a request end here."""
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> Response:
    """The response for an exception, whatever it is."""
    fault = fault_of(error)
    _write_log(error, fault)
    with use_locale(_locale()):
        response = _json(error, fault) if wants_json() else _page(fault)
    response.status_code = fault.status
    response.headers.update(fault.headers)
    if fault.status == 401 and request.path.startswith("/api/"):
        response.headers["WWW-Authenticate"] = 'Bearer realm="9KCRM"'
    return response


def wants_json() -> bool:
    """Whether the caller is a program: everything under /api/, and who asks for nothing but JSON."""
    if request.path == "/api/docs":
        return False
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def reference() -> str:
    """The number that this request has in the log, such as 7F3A-91BC."""
    if "reference" not in g:
        digits = secrets.token_hex(4).upper()
        g.reference = f"{digits[:4]}-{digits[4:]}"
    return str(g.reference)


def error_body(error: Exception, fault: Fault) -> dict[str, Any]:
    """The one shape of errors in JSON."""
    body: dict[str, Any] = {"code": fault.code, "message": str(fault.text), "fields": {}}
    if isinstance(error, Invalid):
        body["fields"] = {name: [str(m) for m in messages] for name, messages in error.fields.items()}
    if isinstance(error, BadRequest | Conflict) and "field" in error.details:
        body["fields"] = {str(error.details["field"]): [str(fault.text)]}
    if isinstance(error, Stale):
        body["version"] = error.version
    if isinstance(error, AppError) and "comparison" in error.details:
        body["comparison"] = error.details["comparison"]
    if fault.is_ours:
        body["reference"] = reference()
    return {"error": body}


def _write_log(error: Exception, fault: Fault) -> None:
    if fault.status < 500:
        if fault.status not in (401, 404, 405):
            log.info("%s %s %s: %s %s", reference(), request.method, request.path, fault.status, fault.code)
        return
    text = "%s %s %s: %s %s: %s"
    known = (reference(), request.method, request.path, fault.status, fault.code, error)
    # What is away is away: one line each, not a traceback per request.
    log.error(text, *known, exc_info=error if fault.status == 500 else None)


def _locale() -> str:
    return str(g.get("locale") or language.chosen() or DEFAULT_LOCALE)


def _json(error: Exception, fault: Fault) -> Response:
    body = json.dumps(error_body(error, fault), ensure_ascii=False)
    return Response(body, mimetype="application/json")


def _page(fault: Fault) -> Response:
    from core.pages.views import ErrorView

    view = ErrorView(
        status=fault.status,
        title=str(fault.title),
        text=str(fault.text),
        remedy=str(fault.remedy) if fault.remedy else "",
        reference=reference(),
    )
    for attempt in (_framed, _unframed):
        try:
            return Response(attempt(view), mimetype="text/html")
        except Exception:
            log.info("%s The error page could not be drawn so.", reference(), exc_info=True)
    return Response(_plain(view), mimetype="text/html")


def _framed(view: ErrorView) -> str:
    """Inside the menu for somebody who is signed in, as long as the database is not what failed."""
    unit = current_app.unit  # type: ignore[attr-defined]
    with ExitStack() as stack:
        if view.status < 503 and view.status != 401 and not request.headers.get("HX-Request"):
            known = unit.who()
            if known is not None:
                stack.enter_context(unit.as_user(known.user_id, write=False))
        return render_template("error.html", page=view, error=view)


def _unframed(view: ErrorView) -> str:
    return render_template("error.html", page=view, error=view, frame=None)


def _plain(view: ErrorView) -> str:
    """Needs nothing at all: neither template, asset nor database."""
    lines = "".join(f"<p>{escape(text)}</p>" for text in (view.text, view.remedy, view.reference) if text)
    return (
        f'<!doctype html><html lang="{html_lang()}"><meta charset="utf-8"><title>{escape(view.title)}</title>'
        f'<h1>{escape(view.title)}</h1>{lines}<p><a href="/">9KCRM</a></p></html>'
    )
