"""The routes that every model with pages has. What they show and do is in the modules beside this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response, g, jsonify, request, send_file

from core import deletion
from core.access.actor import EDIT, EXPORT, READ
from core.addons.origin import CORE
from core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from core.exchange.export import MIME, export, file_name, is_long
from core.files.incoming import file_problems, sent_form, takes_files
from core.i18n import _
from core.orm.listing import count
from core.orm.model import Model, describe, models
from core.pages import board_moves, bulk, palette
from core.pages.actions import action_of, explain, perform, summary_of
from core.pages.answers import came_from, is_partial, leave, list_part, local, page, targets
from core.pages.board import BoardBuilder
from core.pages.catalogue import ModelPages, catalogue_of
from core.pages.detail import DetailBuilder
from core.pages.dialogs import Dialog, values_for
from core.pages.form import Draft
from core.pages.frame import set_crumbs
from core.pages.inline import InlineField
from core.pages.list_args import ListArgs
from core.pages.listing import ListBuilder
from core.pages.naming import name_of
from core.pages.nodes import Action
from core.pages.resembling import offer, stops
from core.pages.toasts import toast
from core.pages.views import Resemblances

if TYPE_CHECKING:
    from core.env import Env

blueprint = Blueprint("pages", __name__)


@blueprint.get("/<model>")
def index(model: str) -> Response:
    """The list of a model; only its changing part for a script that puts it into the page."""
    env, pages = _pages(model)
    if pages.listing is None:
        raise NotFound()
    view = ListBuilder(env, pages.listing, ListArgs.read(request.args)).build()
    set_crumbs((str(pages.model.__title_plural__), pages.url))
    if is_partial() or targets("div#list-"):
        return list_part(view)
    return page("list.html", page=view)


@blueprint.get("/<model>/board")
def board(model: str) -> Response:
    """The records of a model in columns; only its changing part for a script that puts it into the page."""
    env, pages = _pages(model)
    view = BoardBuilder(env, pages, ListArgs.read(request.args)).build()
    set_crumbs((str(pages.model.__title_plural__), pages.url))
    if is_partial() or targets("div#list-"):
        return list_part(view, "board_body.html")
    return page("board.html", page=view)


@blueprint.get("/<model>/board/cards")
def more_cards(model: str) -> Response:
    """The next cards of one column."""
    env, pages = _pages(model)
    args = ListArgs.read(request.args)
    return page("board_cards.html", column=BoardBuilder(env, pages, args).more(args.column, args.after))


@blueprint.post("/<model>/board/move")
def move_card(model: str) -> Response:
    """Takes a card to another column; in JSON, for the script that has it there already."""
    env, pages = _pages(model)
    builder, given = BoardBuilder(env, pages, ListArgs()), request.form
    record = env.get(pages.model, int(given["id"]) if given.get("id", "").isdecimal() else 0)
    back = local(given.get("back"), f"{pages.url}/board")
    was, to, confirmed = given.get("was", ""), given.get("to", ""), given.get("confirmed") == "1"
    try:
        moved = board_moves.move(env, builder, record, was=was, to=to, confirmed=confirmed, back=back)
    except (Conflict, Forbidden, Invalid) as error:
        return _in_json(422 if isinstance(error, Invalid) else 409, text=explain(error, pages.model))
    return _in_json(200, text=moved.text, asks=moved.asks, confirm=moved.confirm)


def _in_json(status: int, **body: str) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response


@blueprint.get("/<model>/new")
def new(model: str) -> Response:
    """The form of a new record; the address may offer values."""
    env, pages = _pages(model)
    draft = _draft(env, pages, offered=request.args)
    return _form_page(draft, pages, url=f"{pages.url}/new")


@blueprint.post("/<model>/new")
@takes_files
def create(model: str) -> Response:
    """Stores a new record."""
    env, pages = _pages(model)
    draft = _draft(env, pages, sent=True)
    if stopped := stops(draft):
        return _form_page(draft, pages, url=f"{pages.url}/new", duplicates=stopped)
    record = draft.save()
    if record is None:
        return _form_page(draft, pages, url=f"{pages.url}/new")
    toast(_("{name} created", name=name_of(env, record)))
    return leave(local(request.form.get("next"), _address(env, record)))


@blueprint.get("/<model>/<int:id>")
def show(model: str, id: int) -> Response:
    """A record's page."""
    return _detail(model, id, "")


@blueprint.get("/<model>/<int:id>/tab/<key>")
def tab(model: str, id: int, key: str) -> Response:
    """A record's page with another tab open."""
    return _detail(model, id, key)


def _detail(model: str, id: int, key: str) -> Response:
    env, pages, record = _record(model, id)
    view = DetailBuilder(env, record, key, request.args).build()
    if targets("div#list-") and view.tab is not None and view.tab.listing is not None:
        return list_part(view.tab.listing)
    set_crumbs((str(pages.model.__title_plural__), pages.url), (view.title, view.url))
    return page("detail_tab.html" if targets("section#detail-main") else "detail.html", page=view)


@blueprint.get("/<model>/<int:id>/edit")
def edit(model: str, id: int) -> Response:
    """The form of a record; `for` names the transition that needs more of its fields."""
    env, pages, record = _record(model, id)
    draft = _draft(env, pages, record)
    wanted = request.args.get("for", "")
    if wanted:
        draft.form.refuse(Invalid(env.workflow.missing(record, wanted)))
    return _form_page(draft, pages, url=f"{pages.url}/{id}/edit")


@blueprint.post("/<model>/<int:id>/edit")
@takes_files
def update(model: str, id: int) -> Response:
    """Stores a changed record, or shows what is wrong, or what somebody else has changed meanwhile."""
    env, pages, record = _record(model, id)
    draft = _draft(env, pages, record, sent=True)
    if stopped := stops(draft):
        return _form_page(draft, pages, url=f"{pages.url}/{id}/edit", duplicates=stopped)
    if draft.save() is None:
        return _form_page(draft, pages, url=f"{pages.url}/{id}/edit")
    toast(_("Saved"))
    return leave(local(request.form.get("next"), _address(env, record)))


@blueprint.route("/<model>/<int:id>/field/<name>", methods=["GET", "POST"], defaults={"in_list": False})
@blueprint.route("/<model>/<int:id>/cell/<name>", methods=["GET", "POST"], defaults={"in_list": True})
def field(model: str, id: int, name: str, *, in_list: bool) -> Response:
    """The editor of one field where it stands, and then its new value."""
    env, _pages_of, record = _record(model, id)
    sent = request.form if request.method == "POST" else None
    editor = InlineField(env, record, name, sent=sent, in_list=in_list)
    if sent is not None and editor.save():
        return Response(str(editor.value), mimetype="text/html")
    values = {"field": editor.field, "hidden": editor.hidden, "url": request.path}
    return page("inline_field.html", editor.status, **values)


@blueprint.get("/<model>/<int:id>/actions/<key>")
def ask(model: str, id: int, key: str) -> Response:
    """The dialog with what an action needs."""
    env, pages, record = _record(model, id)
    action = action_of(env, pages.model, key)
    if not env.can(action.grant, record):
        raise Forbidden()
    values = values_for(env, record, action)
    return page("dialog_form.html", page=Dialog(env, action, values=values).view(url=_same_address()))


@blueprint.post("/<model>/<int:id>/actions/<key>")
def act(model: str, id: int, key: str) -> Response:
    """Does something to one record."""
    env, pages, record = _record(model, id)
    action = action_of(env, pages.model, key)
    dialog = Dialog(env, action, sent=request.form)
    arguments = dialog.arguments()
    if arguments is not None:
        outcome = perform(env, action, [id], arguments, version=_seen_version())
        if outcome.errors:
            if _lacks_fields(env, pages, record, action, outcome.errors[0]):
                return leave(f"{pages.url}/{id}/edit?for={key}")
            dialog.form.refuse(_explained(dialog, outcome.errors[0], pages.model))
        else:
            undo = f"/undo/{outcome.undo[0]}" if outcome.undo else ""
            if action.done is not None or not outcome.url:
                # An action that only leads to another page has not done anything yet.
                toast(summary_of(action, outcome), undo_url=undo)
            following = outcome.url or request.args.get("next")
            return leave(local(following, pages.url if outcome.undo else _address(env, record)))
    if is_partial():
        return page("dialog_form.html", 422, page=dialog.view(url=_same_address()))
    toast(" ".join(message for _id, message in dialog.form.summary), "negative")
    return leave(f"{pages.url}/{id}")


def _same_address() -> str:
    return request.full_path.rstrip("?")


def _seen_version() -> int | None:
    """The version of the record that the page showed, where its button says so."""
    text = request.args.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _lacks_fields(env: Env, pages: ModelPages, record: Model, action: Action, error: AppError) -> bool:
    """Whether the form of the record is where what is missing can be filled in."""
    if not isinstance(error, Invalid) or action.arguments or pages.form is None:
        return False
    return set(error.fields) <= set(describe(pages.model).fields) and env.can(EDIT, record)


def _explained(dialog: Dialog, error: AppError, model: type[Model]) -> AppError:
    """The error with the names of fields that the dialog does not show."""
    is_shown = isinstance(error, Invalid) and set(error.fields) <= set(dialog.form.controls)
    return error if is_shown else AppError(explain(error, model))


@blueprint.route("/<model>/bulk/<key>", methods=["GET", "POST"])
def many(model: str, key: str) -> Response:
    """Does something to many records, after asking for what it needs."""
    env, pages = _pages(model)
    ids = bulk.ids_of(env, pages, request.values)
    if key == "restore":
        bulk.restore(env, pages.model, ids)
        return leave(came_from(pages.url))
    action = action_of(env, pages.model, key)
    if not action.bulk or not env.actor.may(pages.model.key(), action.grant):
        raise NotFound()
    if request.method == "GET":
        return page("dialog_form.html", page=Dialog(env, action).view(url=request.path, ids=ids))
    dialog = Dialog(env, action, sent=request.form)
    arguments = dialog.arguments()
    if arguments is None:
        return page("dialog_form.html", 422, page=dialog.view(url=request.path, ids=ids))
    if len(ids) > bulk.AT_ONCE:
        return leave(f"/jobs/{bulk.later(env, action, ids, request.form)}")
    bulk.tell(action, perform(env, action, ids, arguments))
    return leave(came_from(pages.url))


@blueprint.post("/undo/<acts>")
def undo(acts: str) -> Response:
    """Brings back what was deleted: one act of deleting, or several of one bulk action."""
    env = _env()
    numbers = [int(part) for part in acts.split(",") if part.isdecimal() and len(part) < 19]
    if not numbers:
        raise NotFound()
    restored = [deletion.restore(env, number) for number in numbers]
    key, id = restored[0]
    toast(_("Restored"))
    return leave(f"/{key}/{id}" if len(restored) == 1 and catalogue_of(env).of(key).detail else f"/{key}")


@blueprint.get("/lookup/<model>")
def look_up(model: str) -> Response:
    """Records to link to, by a few characters of their name."""
    env = _env()
    found = models().get(model)
    if found is None or found.__addon__ not in {CORE, *env.enabled}:
        raise NotFound()
    hits = palette.look_up(env, found, request.args.get("q", "")[:200], request.args.getlist("filter"))
    return jsonify([{"id": hit.id, "label": hit.label, "hint": hit.hint} for hit in hits])


@blueprint.route("/export/<model>.<any(csv, xlsx):kind>", methods=["GET", "POST"])
def take_out(model: str, kind: str) -> Response:
    """The list as a file: what its address shows, all pages of it. A long one is made in the background, by POST."""
    env, pages = _pages(model)
    if pages.listing is None:
        raise NotFound()
    args = ListArgs.read(request.args).but()
    wanted = ListBuilder(env, pages.listing, args).request
    if not env.actor.may(model, EXPORT):
        raise Forbidden()
    if request.method == "POST":
        query = list(request.args.items(multi=True))
        id = env.enqueue("exchange.export", model=model, kind=kind, query=query, locale=env.locale)
        return leave(f"/jobs/{id}")
    if is_long(count(env, wanted)):
        title = str(pages.model.__title_plural__)
        set_crumbs((title, pages.url), (str(_("Export")), request.path))
        return page("export.html", title=title, url=args.url(request.path), back=args.url(pages.url))
    made = export(env, pages.listing, wanted, kind)
    name = file_name(env, pages.model, kind)
    return send_file(made.file, MIME[kind], as_attachment=True, download_name=name, max_age=0)


@blueprint.get("/palette")
def palette_view() -> Response:
    """What the palette finds."""
    return jsonify({"groups": palette.find(_env(), request.args.get("q", "")[:200])})


def _env() -> Env:
    return cast("Env", g.env)


def _pages(key: str) -> tuple[Env, ModelPages]:
    env = _env()
    return env, catalogue_of(env).of(key)


def _record(key: str, id: int) -> tuple[Env, ModelPages, Model]:
    """The record, if it exists for the reader. Raises the same `NotFound` for all others."""
    env, pages = _pages(key)
    if id >= 2**63 or not env.actor.may(key, READ):
        raise NotFound()
    return env, pages, env.get(pages.model, id)


def _draft(
    env: Env, pages: ModelPages, record: Model | None = None, *, sent: bool = False, offered: Any = None
) -> Draft:
    if pages.form is None:
        raise NotFound()
    posted, problems = (sent_form(), file_problems()) if sent else (None, None)
    return Draft(env, pages.model, pages.form.sections, record=record, sent=posted, problems=problems, offered=offered)


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
    return page("form.html", status, page=view)


def _address(env: Env, record: Model) -> str:
    """Where to go after a change: to the record, or to the list if it is out of sight now."""
    pages = catalogue_of(env).of(type(record))
    if pages.detail is None or not env.ids_within(type(record), {record.id}, READ):
        return pages.url
    return f"{pages.url}/{record.id}"
