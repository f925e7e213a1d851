"""The addresses where readers keep views of lists, share them and choose columns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from core.errors import Conflict, Invalid, NotFound, Stale
from core.i18n import _
from core.pages.answers import is_partial, leave, page
from core.pages.catalogue import ModelPages, catalogue_of
from core.pages.list_args import ListArgs
from core.pages.list_columns import of_page, offered
from core.pages.list_views import kind_of, url_of, whole_list
from core.pages.listing import ListBuilder
from core.pages.requested import the_env, the_pages
from core.pages.saved_view_form import SavedViewForm, version_in
from core.pages.toasts import toast
from core.saved_views import Query, View, changing, saved_views
from core.saved_views.known import may_use

if TYPE_CHECKING:
    from core.env import Env

blueprint = Blueprint("saved_views", __name__, url_prefix="/views")


@blueprint.route("/<model>/new", methods=["GET", "POST"])
def new(model: str) -> Response:
    """Keeps what a list shows under a name. The address holds the state of the list."""
    env, pages = _pages(model)
    query = _query(env, pages, _asked())
    form = SavedViewForm(env, None, request.form if request.method == "POST" else None)
    if request.method == "GET":
        return _form_page(form, str(_("Save as a new view")))
    try:
        form.check()
        name, audience, audience_id = form.name, form.audience, form.audience_id
        id = changing.create(env, model, name, query, audience=audience, audience_id=audience_id)
    except Invalid as error:
        return _form_page(form.refused(error), str(_("Save as a new view")), 422)
    view = View(id, model, form.name, env.actor.id, form.audience, form.audience_id, query, 0, False, 1)
    _choose_starts(env, view, form)
    toast(_("The view “{name}” is saved.", name=form.name))
    return leave(url_of(env, view))


@blueprint.route("/<int:id>/edit", methods=["GET", "POST"])
def edit(id: int) -> Response:
    """Renames a view and says who may use it."""
    env, view = _view(id)
    form = SavedViewForm(env, view, request.form if request.method == "POST" else None)
    if not changing.may_change(env, view):
        raise NotFound()
    if request.method == "GET":
        return _form_page(form, str(_("Rename and share")))
    try:
        form.check()
        name, audience, audience_id = form.name, form.audience, form.audience_id
        changing.describe(env, view, version=form.version, name=name, audience=audience, audience_id=audience_id)
    except Invalid as error:
        return _form_page(form.refused(error), str(_("Rename and share")), 422)
    except Stale as error:
        return _form_page(form.refused(Invalid({"": error.message})), str(_("Rename and share")), 422)
    shared = replace(view, audience=audience, audience_id=audience_id)
    _choose_starts(env, shared, form)
    toast(_("Saved"))
    # Whoever gives a view back to its owner has it no more.
    return leave(url_of(env, view) if may_use(env, shared) else whole_list(env, view.model))


@blueprint.post("/<int:id>/save")
def save(id: int) -> Response:
    """Keeps in the view what its list shows now. The address holds the state of the list."""
    env, view = _view(id)
    pages = catalogue_of(env).of(view.model)
    changing.save(env, view, _query(env, pages, _asked()), version=version_in(request.args))
    toast(_("The view “{name}” is saved.", name=view.name))
    return leave(url_of(env, replace(view, query=Query(page=request.args.get("page", "")))))


@blueprint.post("/<int:id>/delete")
def delete(id: int) -> Response:
    """Deletes the view; what it showed is still there."""
    env, view = _view(id)
    changing.remove(env, view)
    toast(_("The view “{name}” is deleted.", name=view.name))
    return leave(f"/{view.model}")


@blueprint.post("/<model>/start")
def start(model: str) -> Response:
    """What the reader begins with: a view, or the whole list."""
    env, _pages_of = _pages(model)
    given = request.args.get("view", "")
    view = saved_views(env).get(env, int(given), model) if given.isdecimal() and len(given) < 19 else None
    changing.begin_with(env, model, view)
    toast(_("From now on this list starts like this for you."))
    return leave(url_of(env, view) if view else f"/{model}")


@blueprint.route("/<model>/columns", methods=["GET", "POST"])
def columns(model: str) -> Response:
    """Which columns a list has, and in which order: of its view where there is one, else the reader's own."""
    env, pages = _pages(model)
    assert pages.listing is not None
    args = _asked()
    builder = ListBuilder(env, pages.listing, args)
    if request.method == "GET":
        shown = builder.columns_wanted or of_page(env, pages.listing)
        return _panel("columns", str(_("Columns")), groups=offered(env, pages.listing, shown))
    known = {column.name for group in offered(env, pages.listing, ()) for column in group.columns}
    wanted = tuple(name for name in dict.fromkeys(request.form.getlist("column")) if name in known)
    if request.form.get("reset") or wanted == of_page(env, pages.listing):
        wanted = ()
    if builder.args.view_id is None:
        changing.choose_columns(env, model, wanted)
        plain = replace(builder.args, columns=())
        return leave(plain.url(f"/{model}") if plain.pairs else whole_list(env, model))
    return leave(replace(builder.args, columns=wanted).url(f"/{model}"))


def _choose_starts(env: Env, view: View, form: SavedViewForm) -> None:
    if form.is_start is not form.was_start:
        changing.begin_with(env, view.model, view if form.is_start else None)
    if form.may_set_default and form.is_default is not form.was_default and (view.is_shared or not form.is_default):
        changing.set_default(env, view.model, view if form.is_default else None)


def _query(env: Env, pages: ModelPages, args: ListArgs) -> Query:
    """What the list at these arguments shows. A prepared filter becomes conditions of its own.

    Raises `Conflict` for a view that the actor cannot open, of which it would be what they may not see.
    """
    assert pages.listing is not None
    builder = ListBuilder(env, pages.listing, args)
    if not builder.makes_sense:
        raise Conflict(_("This view filters by a field that you may not see"))
    quick = pages.listing.quick_filters.get(args.quick, ("", ()))[1]
    found = builder.args.query
    page_kind = kind_of(request.args.get("page", ""))
    filters = tuple(dict.fromkeys((*quick, *found.filters)))
    return replace(found, filters=filters, page=page_kind, columns=found.columns or tuple(builder.columns_wanted))


def _asked() -> ListArgs:
    return ListArgs.read(MultiDict(parse_qsl(request.query_string.decode())))


def _form_page(form: SavedViewForm, title: str, status: int = 200) -> Response:
    return _panel("saved_view", title, status, form=form)


def _panel(template: str, title: str, status: int = 200, **values: object) -> Response:
    """A form in a dialog, or on a page of its own for browsers without scripts."""
    whole = "" if is_partial() else "_page"
    return page(f"{template}{whole}.html", status, title=title, url=request.full_path, **values)


def _view(id: int) -> tuple[Env, View]:
    env = the_env()
    found = saved_views(env).get(env, id)
    _pages(found.model)
    return env, found


def _pages(model: str) -> tuple[Env, ModelPages]:
    env, pages = the_pages(model)
    if pages.listing is None:
        raise NotFound()
    return env, pages
