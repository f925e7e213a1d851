"""The addresses of merging: choosing, comparing, doing it and undoing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, g, request

from core import merging
from core.bulk.choosing import ids_of
from core.errors import AppError, NotFound, Stale
from core.i18n import Text, _, colon
from core.orm.model import Model
from core.pages.actions import explain, may_merge
from core.pages.answers import came_from, leave, page
from core.pages.catalogue import catalogue_of
from core.pages.frame import set_crumbs
from core.pages.merging import MergePage, Wish
from core.pages.naming import name_of
from core.pages.toasts import toast

if TYPE_CHECKING:
    from core.env import Env
    from core.pages.catalogue import ModelPages

blueprint = Blueprint("merging", __name__)

GONE = _("One of these records is not there any more. Perhaps somebody has merged or deleted it already.")


@blueprint.post("/<model>/bulk/merge")
def choose(model: str) -> Response:
    """Takes the rows chosen in a list to the page that compares them."""
    env, pages = _pages(model)
    ids = ids_of(env, pages, request.form)
    if not 2 <= len(ids) <= merging.MOST:
        toast(_("Choose two to {most} different records.", most=merging.MOST), "warning")
        return leave(came_from(pages.url))
    return leave(f"{pages.url}/merge?ids={'|'.join(map(str, ids))}")


@blueprint.get("/<model>/merge")
def compare(model: str) -> Response:
    """The records side by side."""
    env, pages = _pages(model)
    ids = ids_of(env, pages, request.args)
    return _shown(env, pages, ids, None)


@blueprint.post("/<model>/merge")
def merge(model: str) -> Response:
    """Makes the records one, or says why not: then everything is as it was."""
    env, pages = _pages(model)
    ids = ids_of(env, pages, request.args)
    wish = Wish.read(request.form)
    try:
        act = MergePage(env, pages.model, ids).merge(wish)
    except NotFound:
        toast(GONE, "warning")
        return leave(pages.url)
    except AppError as error:
        return _refused(env, pages, ids, wish, error)
    survivor = env.get(pages.model, wish.survivor)
    toast(_("Merged into {name}", name=name_of(env, survivor)), undo_url=f"/undo/merge/{act}")
    return leave(f"{pages.url}/{wish.survivor}")


@blueprint.post("/undo/merge/<int:act>")
def undo(act: int) -> Response:
    """Takes a merge apart again."""
    env = _env()
    survivor = merging.undo(env, act)
    toast(_("Merge undone"))
    return leave(f"/{survivor.key()}/{survivor.id}")


def _refused(env: Env, pages: ModelPages, ids: Sequence[int], wish: Wish, error: AppError) -> Response:
    env.session.expire_all()
    if isinstance(error, Stale):
        # What was chosen was chosen from values that are not there any more.
        name = name_of(env, env.get(pages.model, error.id))
        problem: Text | str = _("{name} has been changed by somebody else. Please look at it again.", name=name)
        return _shown(env, pages, ids, None, str(problem), 409)
    return _shown(env, pages, ids, wish, f"{_('This could not be merged')}{colon()}{explain(error, pages.model)}", 422)


def _shown(
    env: Env, pages: ModelPages, ids: Sequence[int], wish: Wish | None, problem: str = "", status: int = 200
) -> Response:
    address = f"{pages.url}/merge?ids={'|'.join(map(str, ids))}"
    view = MergePage(env, pages.model, ids).view(wish, url=address, back=pages.url, problem=problem)
    set_crumbs((str(pages.model.__title_plural__), pages.url), (str(_("Merge")), address))
    return page("merge.html", status, page=view)


def _env() -> Env:
    return cast("Env", g.env)


def _pages(key: str) -> tuple[Env, ModelPages]:
    """The model's pages, for those who may merge its records at all."""
    env = _env()
    pages = catalogue_of(env).of(key)
    model: type[Model] = pages.model
    if not may_merge(env, model):
        raise NotFound()
    return env, pages
