"""The routes that every model with pages has. What they show and do is in the modules beside this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, g, jsonify, request

from core.addons.origin import CORE
from core.errors import Invalid, NotFound
from core.files.incoming import file_problems, sent_form, takes_files
from core.i18n import _
from core.orm.model import Model, models
from core.pages import palette
from core.pages.answers import is_partial, leave, list_part, local, page, targets
from core.pages.catalogue import ModelPages
from core.pages.copying import copy_of
from core.pages.deriving import Deriving
from core.pages.detail import DetailBuilder
from core.pages.form import Draft
from core.pages.frame import set_crumbs
from core.pages.inline import InlineField
from core.pages.list_args import ListArgs
from core.pages.list_views import start_url
from core.pages.listing import ListBuilder
from core.pages.naming import name_of
from core.pages.requested import address_of, the_env, the_pages, the_record
from core.pages.resembling import offer, stops
from core.pages.standard import COPY
from core.pages.toasts import toast
from core.pages.views import Resemblances
from core.web.access import opens_units

if TYPE_CHECKING:
    from core.env import Env
    from core.web.unit import UnitOfWork

blueprint = Blueprint("pages", __name__)

MOST_CHANGED = 5000
"""How many fields may have changed since a form asked last what follows: those of many rows that were pasted."""


@blueprint.get("/<model>")
def index(model: str) -> Response:
    """The list of a model; only its changing part for a script that puts it into the page."""
    env, pages = the_pages(model)
    if pages.listing is None:
        raise NotFound()
    args = ListArgs.read(request.args)
    if args.is_bare and (start := start_url(env, pages.model)):
        return leave(start)
    view = ListBuilder(env, pages.listing, args).build()
    set_crumbs((str(pages.model.__title_plural__), pages.url))
    if is_partial() or targets("div#list-"):
        return list_part(view)
    return page("list.html", page=view)


@blueprint.get("/<model>/new")
def new(model: str) -> Response:
    """The form of a new record; the address may offer values."""
    env, pages = the_pages(model)
    draft = _draft(env, pages, offered=request.args, start=_copied(env, pages))
    return _form_page(draft, pages, url=f"{pages.url}/new")


@blueprint.post("/<model>/new")
@takes_files
def create(model: str) -> Response:
    """Stores a new record."""
    env, pages = the_pages(model)
    draft = _draft(env, pages, sent=True)
    if stopped := stops(draft):
        return _form_page(draft, pages, url=f"{pages.url}/new", duplicates=stopped)
    record = draft.save()
    if record is None:
        return _form_page(draft, pages, url=f"{pages.url}/new")
    toast(_("{name} created", name=name_of(env, record)))
    return leave(local(request.form.get("next"), address_of(env, record)))


@blueprint.post("/<model>/form/derive")
@opens_units
def derive(model: str) -> Response:
    """What follows from what somebody types into the form of a record, or of a new one. Nothing is written."""
    unit: UnitOfWork = current_app.unit  # type: ignore[attr-defined]
    with unit.open(g.known, write=False) as env:
        pages = the_pages(model)[1]
        id = request.args.get("record", "")
        record = env.get(pages.model, int(id)) if id.isdecimal() and len(id) < 19 else None
        draft = _draft(env, pages, record, sent=True)
        return jsonify(Deriving(draft, request.form.getlist("changed")[:MOST_CHANGED]).answer())


@blueprint.get("/<model>/<int:id>")
def show(model: str, id: int) -> Response:
    """A record's page."""
    return _detail(model, id, "")


@blueprint.get("/<model>/<int:id>/tab/<key>")
def tab(model: str, id: int, key: str) -> Response:
    """A record's page with another tab open."""
    return _detail(model, id, key)


def _detail(model: str, id: int, key: str) -> Response:
    env, pages, record = the_record(model, id)
    view = DetailBuilder(env, record, key, request.args).build()
    if targets("div#list-") and view.tab is not None and view.tab.listing is not None:
        return list_part(view.tab.listing)
    set_crumbs((str(pages.model.__title_plural__), pages.url), (view.title, view.url))
    return page("detail_tab.html" if targets("section#detail-main") else "detail.html", page=view)


@blueprint.get("/<model>/<int:id>/edit")
def edit(model: str, id: int) -> Response:
    """The form of a record; `for` names the transition that needs more of its fields."""
    env, pages, record = the_record(model, id)
    draft = _draft(env, pages, record)
    wanted = request.args.get("for", "")
    if wanted:
        draft.form.refuse(Invalid(env.workflow.missing(record, wanted)))
    return _form_page(draft, pages, url=f"{pages.url}/{id}/edit")


@blueprint.post("/<model>/<int:id>/edit")
@takes_files
def update(model: str, id: int) -> Response:
    """Stores a changed record, or shows what is wrong, or what somebody else has changed meanwhile."""
    env, pages, record = the_record(model, id)
    draft = _draft(env, pages, record, sent=True)
    if stopped := stops(draft):
        return _form_page(draft, pages, url=f"{pages.url}/{id}/edit", duplicates=stopped)
    if draft.save() is None:
        return _form_page(draft, pages, url=f"{pages.url}/{id}/edit")
    toast(_("Saved"))
    return leave(local(request.form.get("next"), address_of(env, record)))


@blueprint.route("/<model>/<int:id>/field/<name>", methods=["GET", "POST"], defaults={"in_list": False})
@blueprint.route("/<model>/<int:id>/cell/<name>", methods=["GET", "POST"], defaults={"in_list": True})
def field(model: str, id: int, name: str, *, in_list: bool) -> Response:
    """The editor of one field where it stands, and then its new value."""
    env, _pages, record = the_record(model, id)
    sent = request.form if request.method == "POST" else None
    editor = InlineField(env, record, name, sent=sent, in_list=in_list)
    if sent is not None and editor.save():
        return Response(str(editor.value), mimetype="text/html")
    values = {"field": editor.field, "hidden": editor.hidden, "url": request.path}
    return page("inline_field.html", editor.status, **values)


@blueprint.get("/lookup/<model>")
def look_up(model: str) -> Response:
    """Records to link to, by a few characters of their name."""
    env = the_env()
    found = models().get(model)
    if found is None or found.__addon__ not in {CORE, *env.enabled}:
        raise NotFound()
    hits = palette.look_up(env, found, request.args.get("q", "")[:200], request.args.getlist("filter"))
    return jsonify([{"id": hit.id, "label": hit.label, "hint": hit.hint} for hit in hits])


@blueprint.get("/palette")
def palette_view() -> Response:
    """What the palette finds."""
    return jsonify({"groups": palette.find(the_env(), request.args.get("q", "")[:200])})


def _copied(env: Env, pages: ModelPages) -> dict[str, Any]:
    """What the form begins with as a copy of the record that the address names."""
    id = request.args.get(COPY, "")
    if not id or pages.form is None or pages.detail is None or not pages.detail.copy:
        return {}
    return copy_of(env, the_record(pages.model.key(), int(id) if id.isdecimal() and len(id) < 19 else 0)[2], pages.form)


def _draft(
    env: Env,
    pages: ModelPages,
    record: Model | None = None,
    *,
    sent: bool = False,
    offered: Any = None,
    start: dict[str, Any] | None = None,
) -> Draft:
    if pages.form is None:
        raise NotFound()
    posted, problems = (sent_form(), file_problems()) if sent else (None, None)
    return Draft(
        env,
        pages.model,
        pages.form.sections,
        record=record,
        sent=posted,
        problems=problems,
        offered=offered,
        start=start,
    )


def _form_page(draft: Draft, pages: ModelPages, *, url: str, duplicates: Resemblances | None = None) -> Response:
    back = f"{pages.url}/{draft.record.id}" if draft.record is not None and pages.detail else pages.url
    following = local(request.values.get("next"), "")
    view = draft.view(url=url, cancel_url=following or back, following=following)
    view.duplicates = duplicates or offer(draft)
    crumbs = [(str(pages.model.__title_plural__), pages.url)]
    if draft.record is not None:
        crumbs.append((name_of(draft.env, draft.record), back))
    set_crumbs(*crumbs, (view.title if draft.record is None else str(_("Edit")), url))
    # A question is no failure: what was noted of it is kept.
    status = 200 if draft.sent is None or duplicates is not None else draft.status
    return page("dialog_form.html" if is_partial() else "form.html", status, page=view)
