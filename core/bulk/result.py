"""The page that tells what was done to many records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from core.bulk import acts
from core.bulk.choosing import bulk_action
from core.errors import NotFound
from core.i18n import _
from core.orm.model import describe, model_of
from core.pages.cells import Cells
from core.pages.views import Column, Empty, ListView, Pager, Row

if TYPE_CHECKING:
    from core.env import Env

SHOWN = 200
PAGE = 50


def list_view(env: Env, before: int | None) -> ListView:
    """What the actor has done to many records, the latest first."""
    found = acts.latest(env, PAGE + 1, before=before)
    numbers, stopped = acts.counts(env, [act.id for act in found]), acts.stopped_undoing(env, found)
    cells = Cells(env)
    older = f"/bulk?before={found[PAGE - 1].id}" if len(found) > PAGE else ""
    return ListView(
        title=str(_("Actions on many records")),
        model="bulk",
        url="/bulk",
        columns=[
            Column("done", str(_("What was done")), is_primary=True),
            Column("at", str(_("When")), on_card=True),
            Column("count", str(_("Records")), align="end", on_card=True, card_label=str(_("Records"))),
            Column("state", str(_("State")), on_card=True),
        ],
        rows=[
            _row(env, act, numbers.get(act.id, 0), cells, is_undone=act.undone_at is not None and act.id not in stopped)
            for act in found[:PAGE]
        ],
        pager=Pager("", next_url=older),
        count="",
        empty=Empty(
            "nothing",
            str(_("Nothing was done to many records yet")),
            str(_("Tick rows of a list and choose an action. What you did can be undone here for 90 days.")),
        ),
    )


def _row(env: Env, act: acts.Act, count: int, cells: Cells, *, is_undone: bool) -> Row:
    title = str(_("{action}: {title}", action=_label(env, act), title=describe(model_of(act.model)).title_plural))
    state = _("undone") if is_undone else _("can be undone") if count else ""
    number = Markup('<span class="num">{}</span>').format(f"{count:,}")
    parts = [escape(title), cells.moments.full(act.at), number, escape(str(state))]
    return Row(id=act.id, url=f"/bulk/{act.id}", cells=parts, name=title)


@dataclass(frozen=True, slots=True)
class Told:
    """A record that something is to be told of."""

    name: str
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class ResultView:
    """`count` records were changed. `missed` and `kept` are cut off after some.

    `undo_url` is empty where there is nothing to undo, or not yet.
    """

    title: str
    done: str
    at: Markup
    details: Sequence[str]
    count: int
    url: str
    list_url: str
    missed: Sequence[Told]
    kept: Sequence[Told]
    is_undone: bool
    job_url: str
    undo_url: str


def result_view(env: Env, id: int) -> ResultView:
    """One of the actor's own acts. Raises `NotFound` for all others alike."""
    act = acts.find(env, id)
    model, count, is_running = model_of(act.model), acts.undoable(env, id), acts.is_running(env, act)
    is_undone = act.undone_at is not None and not acts.stopped_undoing(env, [act])
    job = act.undo_job_id or (act.job_id if is_running else None)
    return ResultView(
        title=str(describe(model).title_plural),
        done=_label(env, act),
        at=Cells(env).moments.full(act.at),
        details=act.details,
        count=count,
        url=f"/bulk/{id}",
        list_url=f"/{act.model}",
        missed=[Told(row.name, f"/{act.model}/{row.record_id}", row.why) for row in acts.missed(env, id, SHOWN)],
        kept=[Told(row.name, f"/{act.model}/{row.record_id}", row.why) for row in acts.kept(env, id, SHOWN)],
        is_undone=is_undone,
        job_url=f"/jobs/{job}" if acts.is_known(env, job) else "",
        undo_url=f"/undo/bulk/{id}" if count and not is_undone and not is_running else "",
    )


def _label(env: Env, act: acts.Act) -> str:
    try:
        return str(bulk_action(env, model_of(act.model), act.action).label)
    except NotFound:
        return str(_("Action on many records"))
