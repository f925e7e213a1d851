"""Doing something to many records: at once, or in the background, and telling what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict

from core import deletion
from core.bulk import acts
from core.bulk.editing import EDIT_MANY, EditForm
from core.errors import AppError, NotFound
from core.i18n import Text, _, ngettext
from core.orm.listing import ListRequest, list_page
from core.orm.model import Model
from core.pages.actions import MOST, Outcome, perform, summary, summary_of
from core.pages.nodes import Action
from core.pages.toasts import toast

if TYPE_CHECKING:
    from core.env import Env

SHOWN = 3
AT_ONCE = 50
"""More records than these are seen to in the background."""

SENT_ALONG = ("csrf_token", "ids", "all", "step")
"""What a dialog sends beside what was typed into it."""


def act_on(
    env: Env,
    action: Action,
    ids: Sequence[int],
    arguments: Mapping[str, Any],
    form: MultiDict[str, str],
    *,
    back: str,
) -> str:
    """Does the action to the records, or has it done in the background. Returns where to go: `back`, or to a page."""
    act = acts.begin(env, action, _details(env, action, arguments))
    if len(ids) > AT_ONCE:
        typed = {name: values for name, values in form.lists() if name not in SENT_ALONG}
        what = {"act": act, "model": action.model.key(), "action": action.key, "ids": list(ids), "sent": typed}
        job = env.enqueue("bulk.act", **what, locale=env.locale)
        acts.runs_as(env, act, job)
        return f"/jobs/{job}"
    outcome = perform(env, action, ids, arguments)
    acts.note(env, act, outcome)
    _tell(action, outcome, act)
    return f"/bulk/{act}" if len(outcome.failed) > SHOWN else back


def _details(env: Env, action: Action, arguments: Mapping[str, Any]) -> list[str]:
    return EditForm(env, action.model).lines(arguments["edits"]) if action.key == EDIT_MANY else []


def _tell(action: Action, outcome: Outcome, act: int) -> None:
    """Says what was done, and for which records it was not and why."""
    if outcome.done:
        undo = f"/undo/bulk/{act}" if outcome.changes or outcome.deletions else ""
        toast(summary_of(action, outcome), undo_url=undo)
    if outcome.failed:
        count = len(outcome.failed)
        text = str(ngettext("Not done for {count} record:", "Not done for {count} records:", count))
        reasons = [f"{name}: {reason}" for name, reason in outcome.failed[:SHOWN]]
        more = [str(_("and {number} more", number=count - SHOWN))] if count > SHOWN else []
        toast(" ".join([text, *reasons, *more]), "warning")
    if not outcome.done and not outcome.failed:
        toast(_("Nothing was selected."), "warning")


def told(action: str, tally: Mapping[str, int]) -> Text:
    """What came of an action in the background. `tally`: `done`, `same`, `waits` and `failed`."""
    text: Text = summary(action, tally["done"], waits=tally["waits"], same=tally["same"])
    if tally["failed"]:
        missed = ngettext("not done for {count} record", "not done for {count} records", tally["failed"])
        text = _("{summary}, {missed}", summary=text, missed=missed)
    return text


def restore(env: Env, model: type[Model], ids: Sequence[int]) -> None:
    """Brings deleted records back, with what was deleted along with them."""
    done, failed = 0, []
    for start in range(0, len(ids), MOST):
        wanted = model.__table__.c.id.in_(ids[start : start + MOST])
        request = ListRequest(model, deleted=True, extra=wanted, limit=MOST)
        for act in dict.fromkeys(row.deletion for row in list_page(env, request).rows):
            try:
                with env.savepoint():
                    deletion.restore(env, act)
                done += 1
            except NotFound:
                failed.append(str(_("This was deleted together with something else; restore that.")))
            except AppError as error:
                failed.append(str(error.message))
    if done:
        toast(ngettext("{count} record restored", "{count} records restored", done))
    for message in dict.fromkeys(failed):
        toast(message, "warning")
