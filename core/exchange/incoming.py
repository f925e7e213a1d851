"""A table that comes with a form: stored and read before the transaction of its request, which others wait for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any, TypeVar

from flask import current_app, g, request

from core.exchange.imports.drafts import Received, receive
from core.exchange.imports.errors import Unreadable
from core.i18n import _
from core.web.access import prepared_by

V = TypeVar("V", bound=Callable[..., Any])
CONTROL = "file"
"""The name of the form's file input."""


def takes_table(view: V) -> V:
    """Marks a view whose form brings a table in its control `file`; `received_table()` has it."""
    return prepared_by(_receive)(view)


def received_table() -> Received:
    """The table that was sent. Raises `Unreadable`, with what is wrong with it."""
    found: Received | Unreadable = g.received_table
    if isinstance(found, Unreadable):
        raise found
    return found


def _receive() -> None:
    sent = request.files.get(CONTROL)
    if request.method != "POST":
        return
    try:
        if sent is None or not sent.filename:
            raise Unreadable(_("Please choose a file."))
        with closing(sent):
            g.received_table = receive(current_app.config["SITE"].settings, sent.stream, sent.filename)
    except Unreadable as error:
        g.received_table = error
