"""The addresses of sending: the dialog, what it sends, and the documents that were sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, current_app, g, request, send_file

from core.errors import AppError
from core.files.store import path_of
from core.i18n import _
from core.pages import once
from core.pages.answers import is_partial, leave, page
from core.pages.requested import address_of, the_record
from core.pages.toasts import toast
from core.printing.records import MIME
from core.printing.views import VIEWER
from core.sending import records
from core.sending.dialog import KEPT, VERSION, MailDialog
from core.sending.sent import file_of
from core.web.access import prepared_by

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.model import Model
    from core.sending.records import Prepared
    from core.web.unit import UnitOfWork

blueprint = Blueprint("sending", __name__, template_folder="templates")


def _prepare() -> None:
    """Makes the document before the transaction that stores the message: typesetting takes its time."""
    unit: UnitOfWork = current_app.unit  # type: ignore[attr-defined]
    arguments = request.view_args or {}
    g.prepared, g.problem = None, None
    with unit.open(g.known, write=False):
        env, _pages, record = the_record(arguments["model"], arguments["id"])
        dialog, version = MailDialog(env, record, request.form), request.form.get(VERSION, "")
        seen = int(version) if version.isdecimal() and len(version) < 10 else None
        try:
            letter = dialog.letter()
            g.prepared = None if letter is None else records.prepare(env, record, letter, seen=seen)
        except AppError as error:
            g.problem = error


@blueprint.get("/<model>/<int:id>/mail")
def ask(model: str, id: int) -> Response:
    """The dialog."""
    env, _pages, record = the_record(model, id)
    return page("dialog_form.html", page=MailDialog(env, record).view())


@blueprint.post("/<model>/<int:id>/mail")
@prepared_by(_prepare)
def send(model: str, id: int) -> Response:
    """Sends the record; if something is wrong, the dialog comes back and says what."""
    env, pages, record = the_record(model, id)
    problem = cast("AppError | None", g.problem)
    try:
        with env.savepoint():
            is_sent = _send(env, record, cast("Prepared | None", g.prepared))
    except AppError as error:
        problem, is_sent = error, False
    if is_sent:
        is_kept = env.site.settings.smtp is None
        toast(KEPT if is_kept else _("The message is on its way."), "warning" if is_kept else "positive")
        return leave(address_of(env, record))
    dialog = MailDialog(env, record, request.form)
    dialog.form.validate()
    if problem is not None:
        dialog.form.refuse(problem)
    if is_partial():
        return page("dialog_form.html", 422, page=dialog.view())
    toast(" ".join(message for _id, message in dialog.form.summary), "negative")
    return leave(f"{pages.url}/{id}")


def _send(env: Env, record: Model, prepared: Prepared | None) -> bool:
    """Whether the message is on its way: sent now, or before by the same form, whose answer may have been lost."""
    key = once.claim(env, type(record), request.form)
    if once.earlier(env, type(record), request.form) is not None:
        return True
    if prepared is None:
        return False
    records.send(env, record, prepared)
    once.keep(env, key, record)
    return True


@blueprint.get("/<model>/<int:id>/mail/<int:file>")
@blueprint.get("/<model>/<int:id>/mail/<int:file>/<name>")
def document(model: str, id: int, file: int, name: str = "") -> Response:
    """The very document that was sent."""
    env, _pages, record = the_record(model, id)
    found = file_of(env, record, file)
    path = path_of(env.site.settings, found.sha256)
    response = send_file(path, MIME, download_name=found.name, etag=found.sha256)
    response.headers["Content-Security-Policy"] = VIEWER
    return response
