"""The addresses of the short form above a timeline: choosing a record, saving, and taking back what was just saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, g, request

from core import deletion
from core.access.actor import READ
from core.errors import NotFound
from core.files.incoming import file_problems, sent_form, takes_files
from core.i18n import _
from core.orm.model import Model
from core.pages import nodes
from core.pages.answers import leave, page
from core.pages.catalogue import ModelPages, catalogue_of
from core.pages.composing import Picker, composer_draft
from core.pages.detail import DetailBuilder
from core.pages.frame import set_crumbs
from core.pages.layout import TIMELINE
from core.pages.toasts import toast

if TYPE_CHECKING:
    from core.env import Env

blueprint = Blueprint("composing", __name__)


@blueprint.get("/<model>/compose")
def pick(model: str) -> Response:
    """Where one chooses the record that something is written down for."""
    env = cast("Env", g.env)
    pages = catalogue_of(env).of(model)
    view = Picker(env, pages, request.args.get("q", "")[:200]).view()
    set_crumbs((str(pages.model.__title_plural__), pages.url), (view.title, view.url))
    return page("compose.html", page=view)


@blueprint.post("/<model>/<int:id>/compose")
@takes_files
def compose(model: str, id: int) -> Response:
    """Stores a child from the short form."""
    env, pages, record, node = _composed(model, id)
    draft = composer_draft(env, record, node, sent=sent_form(), problems=file_problems())
    saved = draft.save()
    if saved is not None:
        toast(_("Saved"), undo_url=f"{pages.url}/{id}/compose/{saved.id}/back")
        return leave(f"{pages.url}/{id}")
    view = DetailBuilder(env, record, TIMELINE).build(draft)
    set_crumbs((str(pages.model.__title_plural__), pages.url), (view.title, view.url))
    return page("detail.html", draft.status, page=view)


@blueprint.post("/<model>/<int:id>/compose/<int:child>/back")
def take_back(model: str, id: int, child: int) -> Response:
    """Takes back what its author has just saved with the form."""
    env, pages, record, node = _composed(model, id)
    saved = env.get(node.model, min(child, 2**63 - 1))
    if getattr(saved, node.via) != record.id:
        raise NotFound()
    deletion.take_back(env, saved)
    toast(_("Taken back"))
    return leave(f"{pages.url}/{id}")


def _composed(key: str, id: int) -> tuple[Env, ModelPages, Model, nodes.Composer]:
    env = cast("Env", g.env)
    pages = catalogue_of(env).of(key)
    node = pages.detail.composer if pages.detail else None
    if node is None or id >= 2**63 or not env.actor.may(key, READ):
        raise NotFound()
    return env, pages, env.get(pages.model, id), node
