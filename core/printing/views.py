"""The addresses of printed documents. Each is a GET: it changes nothing but the note of who printed what."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, send_file

from core.access.actor import PRINT, READ
from core.bulk.choosing import ids_of
from core.errors import Conflict, Forbidden, NotFound
from core.i18n import _
from core.pages.answers import leave
from core.pages.list_args import ListArgs
from core.pages.requested import the_pages, the_record
from core.printing.lists import print_list
from core.printing.records import AT_ONCE, MIME, MOST, Document, print_many, print_record
from core.printing.templates import template_of

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.catalogue import ModelPages

blueprint = Blueprint("printing", __name__)

VIEWER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""The policy of a PDF, which browsers show in a page of their own making."""


@blueprint.get("/<model>/<int:id>/print")
def one(model: str, id: int) -> Response:
    """One record as PDF."""
    env, _pages_of, record = the_record(model, id)
    return sent(print_record(env, record, _template()))


@blueprint.post("/<model>/bulk/print")
def choose(model: str) -> Response:
    """Leads to the PDF of the chosen records, or, if they are many, to the job that makes it."""
    env, pages = _printable(model)
    ids, node = ids_of(env, pages, request.values), template_of(env, pages.model, _template()).node
    if len(ids) > MOST:
        raise Conflict(_("At most {most} records can be printed at once.", most=f"{MOST:,}"))
    if len(ids) > AT_ONCE:
        job = env.enqueue("printing.many", model=model, template=node.key, ids=ids, locale=env.locale)
        return leave(f"/jobs/{job}")
    return leave(f"/{model}/print?template={node.key}&ids={'|'.join(map(str, ids))}")


@blueprint.get("/<model>/print")
def many(model: str) -> Response:
    """Several records as one PDF."""
    env, pages = _printable(model)
    ids = ids_of(env, pages, request.args)
    if len(ids) > AT_ONCE:
        raise Conflict(_("At most {most} records can be printed at once.", most=AT_ONCE))
    return sent(print_many(env, pages.model, ids, _template()))


@blueprint.get("/print/<model>")
def listing(model: str) -> Response:
    """The list that the address shows, as PDF."""
    env, pages = _printable(model)
    if pages.listing is None:
        raise NotFound()
    return sent(print_list(env, pages.listing, ListArgs.read(request.args)))


def _printable(model: str) -> tuple[Env, ModelPages]:
    """The pages of a model that the reader may see and print at all."""
    env, pages = the_pages(model)
    if not env.actor.may(model, READ):
        raise NotFound()
    if not env.actor.may(model, PRINT):
        raise Forbidden()
    return env, pages


def sent(document: Document) -> Response:
    """The PDF, to be shown in the browser and kept under its name."""
    response = send_file(io.BytesIO(document.content), MIME, download_name=document.name, etag=False)
    response.headers["Content-Security-Policy"] = VIEWER
    return response


def _template() -> str:
    return request.values.get("template", "")[:60]
