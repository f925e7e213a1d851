"""Deciding on a request, by whoever is asked: without a grant on requests, and sure of what was looked at."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from addons.approval.actions import BY_KEY, DECISIONS
from addons.approval.errors import DecidedAlready
from addons.approval.models import ApprovalRequest
from addons.approval.services import Seen, Standing
from addons.approval.services.flows import documents
from addons.approval.views.box import box_on
from core.administration import Cells, Dialog, is_partial, page, person
from core.api import Action, AppError, Env, Invalid, NotFound, _, describe, labels, leave, set_crumbs, toast

ROOT = "/approval"
SAY_WHAT_IS_SEEN = frozenset(action.key for action in DECISIONS)


def show(id: int) -> ResponseReturnValue:
    """Leads to the document of a request; who may not open it is told as much of it as concerns them."""
    env: Env = g.env
    found = env.service(Standing).known(id)
    model = documents(env).get(found.model)
    label = labels(env, model, [found.record_id]).get(found.record_id) if model is not None else None
    if label is not None and label.is_open and not label.is_masked:
        return leave(f"/{found.model}/{found.record_id}")
    kind = str(describe(model).title) if model is not None else found.model
    set_crumbs((str(_("My approvals")), ROOT), (found.flow_name, request.path))
    moments = Cells(env).moments
    return render_template(
        "approval/outline.html",
        flow=found.flow_name,
        kind=kind,
        is_there=label is not None,
        who=person(env, found.submitter_id).name,
        at=moments.moment(found.created_at),
        due=moments.day(found.due_on) if found.due_on else "",
        box=box_on(env, found, version=None),
        root=ROOT,
    )


def ask(id: int, key: str) -> ResponseReturnValue:
    """The dialog with what a decision needs."""
    env: Env = g.env
    env.service(Standing).known(id)
    return _dialog(Dialog(env, _action(key)))


def act(id: int, key: str) -> ResponseReturnValue:
    """Decides, and leads back to the document as it is now: also where the decision came too late."""
    env: Env = g.env
    found, action = env.service(Standing).known(id), _action(key)
    dialog = Dialog(env, action, sent=request.form)
    arguments = dialog.arguments()
    if arguments is None:
        return _refused(dialog, id)
    try:
        _run(env, action, found, arguments)
    except Invalid as error:
        dialog.form.refuse(error)
        return _refused(dialog, id)
    except DecidedAlready as error:
        # Pressed twice: nothing is wrong.
        toast(error.message, "neutral")
    except AppError as error:
        toast(error.message, "negative")
    else:
        toast(action.done or action.label)
    return leave(f"{ROOT}/{id}")


def _run(env: Env, action: Action, found: ApprovalRequest, arguments: dict[str, Any]) -> None:
    seen = {"seen": Seen(_number("step"), _number("version"))} if action.key in SAY_WHAT_IS_SEEN else {}
    with env.savepoint():
        action.run(env, found, **arguments, **seen)


def _refused(dialog: Dialog, id: int) -> ResponseReturnValue:
    if is_partial():
        return _dialog(dialog, 422)
    toast(" ".join(message for _name, message in dialog.form.summary), "negative")
    return leave(f"{ROOT}/{id}")


def _dialog(dialog: Dialog, status: int = 200) -> ResponseReturnValue:
    return page("dialog_form.html", status, page=dialog.view(url=request.full_path.rstrip("?")))


def _action(key: str) -> Action:
    if key not in BY_KEY:
        raise NotFound()
    return BY_KEY[key]


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
