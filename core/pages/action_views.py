"""The addresses of actions on one record: asking for what they need, and doing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from core.access.actor import EDIT
from core.errors import AppError, Forbidden, Invalid
from core.orm.model import Model, describe
from core.pages.actions import action_of, explain, may_take, perform, summary_of
from core.pages.answers import is_partial, leave, local, page
from core.pages.catalogue import ModelPages
from core.pages.dialogs import Dialog, values_for
from core.pages.nodes import Action
from core.pages.requested import address_of, the_record
from core.pages.toasts import toast

if TYPE_CHECKING:
    from core.env import Env

blueprint = Blueprint("actions", __name__)


@blueprint.get("/<model>/<int:id>/actions/<key>")
def ask(model: str, id: int, key: str) -> Response:
    """The dialog with what an action needs."""
    env, pages, record = the_record(model, id)
    action = action_of(env, pages.model, key)
    if not may_take(env, action, record):
        raise Forbidden()
    values = values_for(env, record, action)
    return page("dialog_form.html", page=Dialog(env, action, values=values).view(url=_same_address()))


@blueprint.post("/<model>/<int:id>/actions/<key>")
def act(model: str, id: int, key: str) -> Response:
    """Does something to one record."""
    env, pages, record = the_record(model, id)
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
            undo = f"/undo/{next(iter(outcome.deletions.values()))}" if outcome.deletions else ""
            if action.done is not None or not outcome.url:
                # An action that only leads to another page has not done anything yet.
                toast(summary_of(action, outcome), undo_url=undo)
            following = outcome.url or request.args.get("next")
            return leave(local(following, pages.url if outcome.deletions else address_of(env, record)))
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
