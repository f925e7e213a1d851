"""The addresses of probable duplicates."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, g, request

from core.access.actor import CREATE, EDIT
from core.duplicates.store import fields_of
from core.env import Env
from core.errors import Forbidden, NotFound
from core.orm.model import describe
from core.pages.answers import page
from core.pages.catalogue import catalogue_of
from core.pages.resembling import resembling, view

blueprint = Blueprint("duplicates", __name__)


@blueprint.post("/<model>/duplicates/check")
def check(model: str) -> Response:
    """What resembles that which somebody types into the form of a record; empty if nothing does."""
    env = cast("Env", g.env)
    pages = catalogue_of(env).of(model)
    names = fields_of(describe(pages.model))
    if pages.form is None or not names:
        raise NotFound()
    text = request.form.get("record", "")
    record = env.get(pages.model, int(text)) if text.isdecimal() and len(text) < 19 else None
    if not env.can(CREATE if record is None else EDIT, pages.model if record is None else record):
        raise Forbidden()
    found = resembling(env, pages.model, request.form, record)
    return page("duplicates_found.html", d=view(pages.model, found, names))
