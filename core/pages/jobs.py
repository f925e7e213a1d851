"""Actions on very many records, in the background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

from core.errors import Conflict, NotFound
from core.i18n import Text, _, ngettext
from core.jobs.progress import Progress
from core.jobs.registry import job
from core.jobs.result import JobResult
from core.orm.model import model_of
from core.pages.actions import action_of, perform, summary
from core.pages.dialogs import Dialog
from core.pages.nodes import Action

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

BATCH = 25
MOST_LINES = 200
"""Of so many records the result says why nothing was done for them."""


@dataclass(slots=True)
class Tally:
    """What has been done so far: the checkpoint of the job."""

    at: int = 0
    done: int = 0
    failed: int = 0
    lines: list[str] = field(default_factory=list)
    undo: list[int] = field(default_factory=list)


@job("pages.bulk", title=_("Action on many records"), retries=3, timeout=3600, own_transactions=True)
def act_on_many(
    site: Site,
    *,
    progress: Progress,
    model: str,
    action: str,
    ids: Sequence[int],
    sent: Mapping[str, Sequence[str]],
    locale: str,
) -> JobResult:
    """Does the action to each of the records, by the rights that the user has while it runs.

    `sent` is what was typed into the action's dialog, `locale` the language in which it is told what was not done.
    """
    tally = Tally(**(progress.checkpoint or {}))
    while tally.at < len(ids):
        with progress.batch(user_id=progress.user_id, locale=locale) as env:
            node = _node(env, model, action)
            _act(env, node, ids[tally.at : tally.at + BATCH], sent, tally)
            tally.at = min(tally.at + BATCH, len(ids))
            progress.update(tally.at, len(ids), node.label)
            progress.checkpoint = asdict(tally)
    return _result(model, action, tally)


def _node(env: Env, model: str, key: str) -> Action:
    node = action_of(env, model_of(model), key)
    if not node.bulk or not env.actor.may(model, node.grant):
        raise NotFound()
    return node


def _act(env: Env, node: Action, ids: Sequence[int], sent: Mapping[str, Sequence[str]], tally: Tally) -> None:
    typed = MultiDict((name, value) for name, values in sent.items() for value in values)
    arguments = Dialog(env, node, sent=typed).arguments()
    if arguments is None:
        raise Conflict(_("What was entered is no longer valid. Please start the action again."))
    outcome = perform(env, node, ids, arguments)
    tally.done += len(outcome.done)
    tally.failed += len(outcome.failed)
    tally.undo += outcome.undo
    tally.lines += [f"{name}: {reason}" for name, reason in outcome.failed][: MOST_LINES - len(tally.lines)]


def _result(model: str, action: str, tally: Tally) -> JobResult:
    text: Text = summary(action, tally.done)
    if tally.failed:
        missed = ngettext("not done for {count} record", "not done for {count} records", tally.failed)
        text = _("{summary}, {missed}", summary=text, missed=missed)
    undo = f"/undo/{','.join(map(str, tally.undo))}" if tally.undo else ""
    return JobResult(text, url=f"/{model}", undo_url=undo, lines=tally.lines)
