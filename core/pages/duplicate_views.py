"""The addresses of probable duplicates."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, g, request

from core.access.actor import CREATE, EDIT
from core.bulk.choosing import ids_of
from core.duplicates import groups
from core.duplicates.store import fields_of
from core.env import Env
from core.errors import Forbidden, NotFound
from core.i18n import _
from core.orm.model import Model, describe
from core.pages import resembling_groups
from core.pages.actions import may_merge
from core.pages.answers import came_from, leave, page
from core.pages.catalogue import catalogue_of
from core.pages.frame import set_crumbs
from core.pages.resembling import resembling, view
from core.pages.toasts import toast

blueprint = Blueprint("duplicates", __name__)


@blueprint.get("/<model>/duplicates")
def index(model: str) -> Response:
    """Groups of records that are probably the same, for those who may merge them."""
    env, found = _mergeable(model)
    kind, key = request.args.get("kind", ""), request.args.get("key", "")
    shown = resembling_groups.view(env, found, (kind, key) if kind else None)
    set_crumbs((str(found.__title_plural__), shown.back_url), (str(_("Possible duplicates")), request.path))
    return page("duplicates.html", page=shown)


@blueprint.post("/<model>/duplicates/deny")
def deny(model: str) -> Response:
    """Remembers that the records of a group are not the same."""
    env, found = _mergeable(model)
    ids = _editable(env, found)
    groups.deny(env, found, ids)
    sent = "|".join(map(str, ids))
    toast(_("They are not suggested together any more."), undo_url=f"/{model}/duplicates/allow?ids={sent}")
    return leave(came_from(f"/{model}/duplicates"))


@blueprint.post("/<model>/duplicates/allow")
def allow(model: str) -> Response:
    """Forgets it again."""
    env, found = _mergeable(model)
    groups.allow(env, found, _editable(env, found))
    return leave(f"/{model}/duplicates")


def _mergeable(key: str) -> tuple[Env, type[Model]]:
    env = cast("Env", g.env)
    model = catalogue_of(env).of(key).model
    if not model.__duplicates__ or not may_merge(env, model):
        raise NotFound()
    return env, model


def _editable(env: Env, model: type[Model]) -> list[int]:
    """The records that were sent. Raises `NotFound` where one of them is not the actor's to edit."""
    ids = ids_of(env, catalogue_of(env).of(model), request.values)
    if len(ids) < 2 or env.ids_within(model, set(ids), EDIT) != set(ids):
        raise NotFound()
    return ids


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
