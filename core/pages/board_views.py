"""The addresses of boards: the columns, more cards, the group that is shown, and taking a card to another column."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from core.access.actor import EDIT
from core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from core.i18n import _
from core.orm.model import Model, describe
from core.pages import board_moves
from core.pages.actions import explain
from core.pages.answers import is_partial, leave, list_part, local, page, targets
from core.pages.board import BoardBuilder
from core.pages.controls import Ways
from core.pages.forms import RecordForm, hidden, narrowed
from core.pages.frame import set_crumbs
from core.pages.list_args import ListArgs
from core.pages.requested import the_pages, the_record
from core.pages.toasts import toast
from core.pages.views import FormSection, FormView

if TYPE_CHECKING:
    from core.env import Env

blueprint = Blueprint("boards", __name__)


@blueprint.get("/<model>/board")
def show(model: str) -> Response:
    """The records of a model in columns; only its changing part for a script that puts it into the page."""
    env, pages = the_pages(model)
    view = BoardBuilder(env, pages, ListArgs.read(request.args)).build()
    set_crumbs((str(pages.model.__title_plural__), pages.url))
    if is_partial() or targets("div#list-"):
        return list_part(view, "board_body.html")
    return page("board.html", page=view)


@blueprint.get("/<model>/board/cards")
def more(model: str) -> Response:
    """The next cards of one column."""
    env, pages = the_pages(model)
    args = ListArgs.read(request.args)
    return page("board_cards.html", column=BoardBuilder(env, pages, args).more(args.column, args.after))


@blueprint.post("/<model>/board/group")
def choose(model: str) -> Response:
    """Shows another group of columns, now and whenever the reader opens the board again."""
    env, pages = the_pages(model)
    asked = request.form.get("by", "")
    args = replace(ListArgs.read(request.args), by=asked)
    board = BoardBuilder(env, pages, args)
    if board.linked is None or asked not in board.linked.groups:
        raise NotFound()
    board.linked.keep()
    return leave(args.url(board.url))


@blueprint.post("/<model>/board/move")
def move(model: str) -> Response:
    """Takes a card to another column; in JSON, for the script that has it there already."""
    env, pages = the_pages(model)
    builder, given = BoardBuilder(env, pages, ListArgs(by=request.args.get("by", ""))), request.form
    id = given.get("id", "")
    record = env.get(pages.model, int(id) if id.isdecimal() and len(id) < 19 else 0)
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


@blueprint.route("/<model>/<int:id>/move/<to>", methods=["GET", "POST"])
def fill_in(model: str, id: int, to: str) -> Response:
    """The dialog with what the column asks for, and then the move together with what was filled in."""
    env, pages, record = the_record(model, id)
    board = BoardBuilder(env, pages, ListArgs(by=request.args.get("by", "")))
    if not env.can(EDIT, record):
        raise Forbidden()
    if to not in board.labels or board.moves is not None:
        raise NotFound()
    form = _form(env, record)
    back = local(request.args.get("next"), f"{pages.url}/board")
    if request.method == "POST" and form.validate() and _moved(env, board, record, to, form):
        toast(_("Moved to “{column}”", column=board.labels[to][0]))
        return leave(back)
    status = 200 if request.method == "GET" else 422
    return page("dialog_form.html", status, page=_dialog(board, form, to, back))


def _form(env: Env, record: Model) -> RecordForm:
    """The fields that the address names, as far as the reader may fill them in; all of them are needed here."""
    info = describe(type(record))
    names = board_moves.askable(env, type(record), request.args.get("fields", "").split("|"))
    links = {name: getattr(record, name) for name, spec in info.fields.items() if spec.required and spec.target}
    specs = [replace(info.fields[name], required=True) for name in names]
    return RecordForm(
        env,
        specs,
        values={name: getattr(record, name) for name in names},
        sent=request.form if request.method == "POST" else None,
        scope="d",
        ways=Ways(narrow=narrowed(specs, links, info)),
    )


def _moved(env: Env, board: BoardBuilder, record: Model, to: str, form: RecordForm) -> bool:
    """Whether it is there now; if not, the form says why."""
    version = request.args.get("version", "")
    values = form.values | {board.by.name: board_moves.value_of(board, to)}
    try:
        with env.savepoint():
            seen = int(version) if version.isdecimal() and len(version) < 10 else None
            env.records(type(record)).update(record, values, version=seen)
    except (NotFound, Forbidden):
        raise
    except AppError as error:
        is_shown = isinstance(error, Invalid) and set(error.fields) <= set(form.controls)
        form.refuse(error if is_shown else AppError(explain(error, type(record))))
        return False
    return True


def _dialog(board: BoardBuilder, form: RecordForm, to: str, back: str) -> FormView:
    section = FormSection(key="lacking", label="", fields=[form.view(name) for name in form.controls], columns=1)
    return FormView(
        title=str(_("Move to “{column}”", column=board.labels[to][0])),
        model=board.info.key,
        url=request.full_path.rstrip("?"),
        sections=[section],
        hidden=hidden(),
        cancel_url=back,
        submit_label=str(_("Move")),
        errors=[error for error in form.summary if not error[0]],
        multipart=form.is_multipart,
    )
