"""Sending, taking and removing files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, g, jsonify, redirect, request, send_file
from flask.typing import ResponseReturnValue

from core.access.actor import EDIT
from core.errors import Forbidden, Invalid, NotFound
from core.files import attachments, thumbnails
from core.files.incoming import received
from core.files.kinds import PICTURES
from core.files.models import COMPANY, Attachment
from core.files.store import path_of
from core.files.tab import KEY
from core.i18n import _
from core.orm.model import Model, describe, models
from core.orm.values import to_json
from core.pages.catalogue import catalogue_of
from core.web.access import opens_units, public

if TYPE_CHECKING:
    from core.env import Env
    from core.web.unit import UnitOfWork

blueprint = Blueprint("files", __name__, template_folder="templates")
SANDBOX = "default-src 'none'; sandbox"


@blueprint.get("/file/<int:file_id>")
@blueprint.get("/file/<int:file_id>/<name>")
@blueprint.get("/files/<int:file_id>")
def download(file_id: int, name: str = "") -> Response:
    """A file, for those who may see its record."""
    return sent_file(attachments.readable(g.env, file_id))


@blueprint.get("/thumbnail/<int:file_id>")
def thumbnail(file_id: int) -> Response:
    """A picture in small, for those who may see its record."""
    file = attachments.readable(g.env, file_id)
    if file.mime not in PICTURES:
        raise NotFound()
    if thumbnails.is_small(file.width, file.height):
        return sent_file(file)
    try:
        path = thumbnails.thumbnail_of(g.env.site.settings, file.sha256)
    except FileNotFoundError as error:
        raise NotFound() from error
    return _with_headers(send_file(path, mimetype=thumbnails.MIME, etag=f"{file.sha256}-s", conditional=True))


@blueprint.get("/logo")
@public
def logo() -> Response:
    """The company's logo, which the sign-in page shows too."""
    with current_app.config["SITE"].system("logo", write=False) as env:
        file_id = env.setting("company.logo")
        file = attachments.by_id(env, file_id) if isinstance(file_id, int) else None
    if file is None or file.model != COMPANY or file.mime not in PICTURES:
        raise NotFound()
    response = sent_file(file)
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@blueprint.post("/<model>/<int:record_id>/files")
@opens_units
def upload(model: str, record_id: int) -> ResponseReturnValue:
    """Takes one or more files. Their contents are stored before the transaction, so that it stays short."""
    unit: UnitOfWork = current_app.unit  # type: ignore[attr-defined]
    with unit.as_user(g.known.user_id, write=False) as env:
        if not env.can(EDIT, _record(env, model, record_id)):
            raise Forbidden()
    given = [f for f in request.files.getlist("file") if f.filename]
    if not given:
        raise Invalid({"file": _("Please choose a file.")})
    contents = [received(file) for file in given]
    with unit.open(g.known) as env:
        record = _record(env, model, record_id)
        made = [attachments.attach(env, record, name=name, content=content) for name, content in contents]
        return _after(model, record_id, [as_json(file) for file in made], 201)


@blueprint.post("/<model>/<int:record_id>/files/<int:file_id>/delete")
def remove(model: str, record_id: int, file_id: int) -> ResponseReturnValue:
    """Takes a file from its record."""
    attachments.remove(g.env, _record(g.env, model, record_id), file_id)
    return _after(model, record_id, [], 200)


def as_json(file: Attachment) -> dict[str, Any]:
    """A file as the API describes it."""
    return {
        "id": file.id,
        "name": file.name,
        "size": file.size,
        "mime": file.mime,
        "width": file.width,
        "height": file.height,
        "created_at": to_json(file.created_at),
        "url": attachments.file_url(file),
    }


def sent_file(file: Attachment) -> Response:
    """The content of a file that the reader may see; pictures to be shown in place, everything else to be kept."""
    path = path_of(current_app.config["SITE"].settings, file.sha256)
    if not path.exists():
        raise NotFound()
    response = send_file(
        path,
        mimetype=file.mime,
        as_attachment=file.mime not in PICTURES,
        download_name=file.name,
        etag=file.sha256,
        conditional=True,
    )
    return _with_headers(response)


def _with_headers(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _record(env: Env, key: str, record_id: int) -> Model:
    model = models().get(key)
    if model is None or describe(model).addon not in {"core", *env.enabled}:
        raise NotFound()
    return env.get(model, record_id)


def _after(model: str, record_id: int, made: list[dict[str, Any]], status: int) -> ResponseReturnValue:
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"data": made}), status
    if request.headers.get("HX-Request"):
        return "", 204, {"HX-Refresh": "true"}
    return redirect(_tab_url(model, record_id), 303)


def _tab_url(model: str, record_id: int) -> str:
    """The tab of the files where the record's page has one, else the page."""
    pages = catalogue_of(g.env).models.get(model)
    has_tab = pages is not None and any(tab.key == KEY for tab in pages.tabs)
    return f"/{model}/{record_id}/tab/{KEY}" if has_tab else f"/{model}/{record_id}"
