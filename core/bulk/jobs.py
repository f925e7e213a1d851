"""Actions on very many records, and undoing them, in the background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete
from werkzeug.datastructures import MultiDict

from core import clock
from core.bulk import acts, undoing
from core.bulk.acting import brought_back, restored_text, told
from core.bulk.choosing import arguments_of, bulk_action
from core.bulk.models import BulkAct
from core.errors import Conflict
from core.i18n import Text, _, ngettext
from core.jobs.progress import Progress
from core.jobs.registry import job, schedule
from core.jobs.result import JobResult
from core.orm.model import model_of
from core.pages.actions import Outcome, perform

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

BATCH = 25
MOST_LINES = 200
"""Of so many records the result says why nothing was done for them."""

KEPT = timedelta(days=90)
"""How long it is known what was done to many records."""


@dataclass(slots=True)
class Tally:
    """What has been done so far: the checkpoint of the job. `same` are those that had the values already."""

    at: int = 0
    done: int = 0
    same: int = 0
    waits: int = 0
    failed: int = 0
    undoable: int = 0

    def add(self, outcome: Outcome) -> None:
        """Counts what was done to some more records."""
        self.done += len(outcome.done)
        self.same += outcome.unchanged
        self.waits += outcome.waits
        self.failed += len(outcome.failed)
        self.undoable += len(outcome.changes) + len(outcome.deletions)


@job("bulk.act", title=_("Action on many records"), retries=3, timeout=3600, own_transactions=True)
def act_on_many(
    site: Site,
    *,
    progress: Progress,
    act: int,
    model: str,
    action: str,
    ids: Sequence[int],
    sent: Mapping[str, Sequence[str]],
    locale: str,
) -> JobResult:
    """Does the action to each of the records, by the rights that the user has while it runs.

    `sent` is what was typed into the action's dialog, `locale` the language in which it is told what was not done.
    """
    tally, lines = Tally(**(progress.checkpoint or {})), list[str]()
    while tally.at < len(ids):
        with progress.batch(user_id=progress.user_id, locale=locale) as env:
            if acts.find(env, act).undone_at is not None:
                # It had failed, was undone as far as it had come, and is run again: nobody wants the rest any more.
                raise undoing.AlreadyUndone()
            node = bulk_action(env, model_of(model), action)
            arguments = arguments_of(env, node, MultiDict((n, v) for n, values in sent.items() for v in values))
            if arguments is None:
                raise Conflict(_("What was entered is no longer valid. Please start the action again."))
            outcome = perform(env, node, ids[tally.at : tally.at + BATCH], arguments)
            acts.note(env, act, outcome)
            tally.add(outcome)
            tally.at = min(tally.at + BATCH, len(ids))
            progress.update(tally.at, len(ids), node.label)
            progress.checkpoint = asdict(tally)
    with site.env(_starter(progress), locale=locale) as env:
        lines = [f"{row.name}: {row.why}" for row in acts.missed(env, act, MOST_LINES)]
    undo = f"/undo/bulk/{act}" if tally.undoable else ""
    return JobResult(told(action, asdict(tally)), url=f"/bulk/{act}", undo_url=undo, lines=lines)


@job("bulk.undo", title=_("Undo an action on many records"), retries=3, timeout=3600, own_transactions=True)
def undo_many(site: Site, *, progress: Progress, act: int, locale: str) -> JobResult:
    """Undoes the act, by the rights that the user has while it runs."""
    done = progress.checkpoint or {"after": 0, "tried": 0, "undone": 0, "total": None}
    while True:
        with progress.batch(user_id=progress.user_id, locale=locale) as env:
            row = acts.find(env, act)
            done = done | {"total": done["total"] or undoing.left(env, act)}
            batch = undoing.entries(env, act, done["after"])
            if batch:
                undone = done["undone"] + undoing.take_back(env, row, batch)
                done = done | {"after": batch[-1].id, "tried": done["tried"] + len(batch), "undone": undone}
                progress.checkpoint = done
                progress.update(done["tried"], done["total"])
        if not batch:
            break
    with site.env(_starter(progress), locale=locale) as env:
        lines = [f"{row.name}: {row.why}" for row in acts.kept(env, act, MOST_LINES)]
    return JobResult(undone_text(done["undone"], done["tried"] - done["undone"]), url=f"/bulk/{act}", lines=lines)


@job("bulk.restore", title=_("Restore from the recycle bin"), retries=3, timeout=3600, own_transactions=True)
def restore_many(site: Site, *, progress: Progress, model: str, ids: Sequence[int], locale: str) -> JobResult:
    """Brings deleted records back, by the rights that the user has while it runs."""
    done = progress.checkpoint or {"at": 0, "restored": 0, "lines": []}
    while done["at"] < len(ids):
        with progress.batch(user_id=progress.user_id, locale=locale) as env:
            count, failed = brought_back(env, model_of(model), ids[done["at"] : done["at"] + BATCH])
            lines = [*done["lines"], *(f"{name}: {why}" for name, why in failed)][:MOST_LINES]
            done = {"at": min(done["at"] + BATCH, len(ids)), "restored": done["restored"] + count, "lines": lines}
            progress.checkpoint = done
            progress.update(done["at"], len(ids))
    return JobResult(restored_text(done["restored"]), url=f"/{model}", lines=done["lines"])


def undone_text(undone: int, kept: int) -> Text:
    """What came of undoing."""
    text: Text = ngettext("Undone for {count} record", "Undone for {count} records", undone)
    if kept:
        rest = ngettext("not for {count} record", "not for {count} records", kept)
        text = _("{summary}, {missed}", summary=text, missed=rest)
    return text


def _starter(progress: Progress) -> int:
    assert progress.user_id is not None
    return progress.user_id


@schedule(every=timedelta(days=1))
@job("bulk.purge")
def purge(env: Env) -> None:
    """Forgets what was done to many records long ago; the history of each record stays."""
    env.connection_of_core.execute(delete(BulkAct).where(BulkAct.at < clock.now() - KEPT))
