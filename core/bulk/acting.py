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
from core.orm.model import Model, describe
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


def restore(env: Env, model: type[Model], ids: Sequence[int], *, back: str) -> str:
    """Brings deleted records back, many of them in the background. Returns where to go."""
    if len(ids) > AT_ONCE:
        job = env.enqueue("bulk.restore", model=model.key(), ids=list(ids), locale=env.locale)
        return f"/jobs/{job}"
    done, failed = brought_back(env, model, ids)
    if done:
        toast(restored_text(done))
    for message in dict.fromkeys(why for _name, why in failed):
        toast(message, "warning")
    return back


def brought_back(env: Env, model: type[Model], ids: Sequence[int]) -> tuple[int, list[tuple[str, str]]]:
    """Brings some deleted records back, with what was deleted along. Returns how many, and (name, why not)."""
    info, done, failed = describe(model), 0, list[tuple[str, str]]()
    request = ListRequest(model, deleted=True, extra=model.__table__.c.id.in_(ids), limit=MOST)
    for row in list_page(env, request).rows:
        try:
            with env.savepoint():
                deletion.restore(env, row.deletion)
            done += 1
        except NotFound:
            why = str(_("This was deleted together with something else; restore that."))
            failed.append((f"{info.title} {row.id}", why))
        except AppError as error:
            failed.append((f"{info.title} {row.id}", str(error.message)))
    return done, failed


def restored_text(count: int) -> Text:
    """What restoring many has come to."""
    return ngettext("{count} record restored", "{count} records restored", count)
