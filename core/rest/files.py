"""Sending files that a field can then be given, and reading those of fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, g, request
from werkzeug.exceptions import UnsupportedMediaType

from core.errors import Invalid
from core.files.attachments import readable
from core.files.binding import add_waiting
from core.files.incoming import received_to_wait
from core.files.lookup import Files
from core.files.views import sent_file
from core.i18n import _
from core.rest.records import answer

if TYPE_CHECKING:
    from core.env import Env

MULTIPART = "multipart/form-data"


def receive_file(sender: int) -> None:
    """Keeps the content of the part `file` before the transaction begins. Raises 415, or `Invalid`."""
    if request.mimetype != MULTIPART:
        raise UnsupportedMediaType()
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid({"file": _("Please choose a file.")})
    g.received = received_to_wait(given, sender)


def send(env: Env) -> Response:
    """A file that waits for a record: 201. Only its sender sees it; without a record it is gone after a day."""
    name, content = g.received
    id = add_waiting(env, name=name, content=content).id
    file = Files(env).sent(id)
    return answer({"data": file.as_json() if file else None}, 201)


def read(env: Env, id: int) -> Response:
    """The content of a file, for those who may see its record and field."""
    return sent_file(readable(env, id))
