"""All background jobs: what waits, runs, has failed, and what is due by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from babel.dates import format_timedelta
from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from core.administration import (
    JOB_STATES,
    Cells,
    JobState,
    csrf_token,
    note_look,
    person,
    site_jobs,
    title_of_job,
    views,
)
from core.api import Env, Forbidden, NotFound, Text, _, ngettext, pgettext, set_crumbs, toast

ROOT = "/settings/jobs"
SCHEDULED = "scheduled"
PAGE = 50

TABS: dict[str, Text] = {
    JobState.FAILED.value: _("Failed"),
    JobState.QUEUED.value: _("Waiting"),
    JobState.RUNNING.value: _("Running"),
    SCHEDULED: _("Scheduled"),
    JobState.DONE.value: _("Done"),
    JobState.CANCELLED.value: _("Cancelled"),
}


def index() -> ResponseReturnValue:
    """The jobs in one state, or what is due by itself."""
    env = _env()
    chosen = request.args.get("state", JobState.FAILED.value)
    if chosen not in TABS:
        raise NotFound()
    view = _scheduled(env) if chosen == SCHEDULED else _jobs(env, chosen)
    numbers = site_jobs.counts(env)
    view.quick_filters = [_tab(key, label, numbers.get(key), chosen) for key, label in TABS.items()]
    return render_template("list.html", page=view)


def show(id: int) -> ResponseReturnValue:
    """One job with its arguments and its error; that it was looked at is written down."""
    env = _env()
    row = site_jobs.job_of(env, id)
    note_look(env, f"job {id} ({row.job})")
    label, tone = JOB_STATES[row.state]
    title = title_of_job(row.job)
    set_crumbs((title, request.path))
    return render_template(
        "base/job.html",
        job=row,
        title=title,
        state=(str(label), tone),
        asked_by=person(env, row.user_id).name if row.user_id else "",
        arguments=site_jobs.shown_arguments(row),
        moments=Cells(env).moments,
        may_run_again=row.state == JobState.FAILED.value,
        may_forget=row.state != JobState.RUNNING.value,
    )


def run_now(name: str) -> ResponseReturnValue:
    """Does a scheduled job at once."""
    site_jobs.run_now(_env(), name)
    toast(_("The job is waiting for a worker."))
    return redirect(f"{ROOT}?state={SCHEDULED}", 303)


def act(what: str) -> ResponseReturnValue:
    """Runs failed jobs again, or forgets jobs."""
    env = _env()
    ids = [int(id) for id in request.form.getlist("ids") if id.isdecimal() and len(id) < 18]
    if what == "again":
        count = site_jobs.run_again(env, ids)
        toast(ngettext("{count} job is waiting for a worker.", "{count} jobs are waiting for a worker.", count))
    elif what == "forget":
        count = site_jobs.forget(env, ids)
        toast(ngettext("{count} job is forgotten.", "{count} jobs are forgotten.", count))
    else:
        raise NotFound()
    return redirect(ROOT, 303)


def _env() -> Env:
    env: Env = g.env
    if not env.actor.may("jobs", "edit"):
        raise Forbidden()
    return env


def _jobs(env: Env, state: str) -> views.ListView:
    before = request.args.get("before", "")
    last = int(before) if before.isdecimal() and len(before) < 19 else None
    found = site_jobs.jobs_in(env, state, PAGE + 1, before=last)
    view = _view(
        [_row(env, row) for row in found[:PAGE]],
        [
            views.Column("job", str(_("Job")), is_primary=True),
            views.Column("asked_at", str(_("Asked for")), on_card=True),
            views.Column("asked_by", str(_("By"))),
            views.Column("attempts", str(_("Attempts")), align="end"),
            views.Column("error", str(_("Error")), on_card=True),
        ],
    )
    if len(found) > PAGE:
        view.pager = views.Pager("", next_url=f"{ROOT}?state={state}&before={found[PAGE - 1].id}")
    view.bulk_actions = _bulk(state)
    return view


def _row(env: Env, row: Any) -> views.Row:
    moments, name = Cells(env).moments, title_of_job(row.job)
    waits = row.state == JobState.QUEUED.value and row.attempts
    when = Markup("{} · {} {}").format(moments.full(row.created_at), _("next"), moments.full(row.available_at))
    return views.Row(
        id=row.id,
        url=f"{ROOT}/{row.id}",
        name=name,
        cells=[
            escape(name),
            when if waits else moments.full(row.created_at),
            escape(person(env, row.user_id).name if row.user_id else _("the system")),
            escape(row.attempts),
            escape((row.error or "").strip().rpartition("\n")[2][:200]),
        ],
    )


def _bulk(state: str) -> list[views.Button]:
    again = views.Button("again", str(_("Run again")), url=f"{ROOT}/do/again", method="post", icon="refresh")
    forget = views.Button(
        "forget",
        str(_("Forget")),
        url=f"{ROOT}/do/forget",
        method="post",
        icon="trash",
        tone="negative",
        confirm=str(_("Forget these jobs? What they were to do is not done.")),
    )
    if state == JobState.FAILED.value:
        return [again, forget]
    return [forget] if state == JobState.QUEUED.value else []


def _scheduled(env: Env) -> views.ListView:
    moments, token = Cells(env).moments, csrf_token()
    rows = [
        views.Row(
            id=place,
            url="",
            name=job.name,
            cells=[
                Markup("<code>{}</code>").format(job.name),
                escape(_rule(job.rule)),
                moments.full(job.next_at) if job.next_at and job.is_enabled else escape("—"),
                escape(job.addon),
                _RUN_NOW.format(url=f"{ROOT}/schedule/{job.name}", token=token, label=_("Run now"), name=job.name)
                if job.is_enabled
                else escape(_("The addon is off")),
            ],
        )
        for place, job in enumerate(site_jobs.scheduled(env), 1)
    ]
    return _view(
        rows,
        [
            views.Column("job", str(_("Job")), is_primary=True),
            views.Column("rule", str(_("How often")), on_card=True),
            views.Column("next_at", str(_("Next time")), on_card=True),
            views.Column("addon", str(_("Addon"))),
            views.Column("now", str(_("Action")), align="end", on_card=True),
        ],
    )


_RUN_NOW = Markup(
    '<form method="post" action="{url}" class="contents"><input type="hidden" name="csrf_token" value="{token}">'
    '<button class="btn btn-neutral">{label}<span class="visually-hidden"> {name}</span></button></form>'
)


def _rule(rule: float | str) -> str:
    """Every 6 hours; or the cron line as it is."""
    if isinstance(rule, str):
        return rule
    every = format_timedelta(timedelta(seconds=rule), threshold=1, locale=g.env.locale)
    return str(_("every {time}", time=every))


def _tab(key: str, label: Text, number: int | None, chosen: str) -> views.MenuItem:
    shown = f"{label} {number:,}" if number else str(label)
    return views.MenuItem(key, shown, f"{ROOT}?state={key}", is_active=key == chosen)


def _view(rows: Sequence[views.Row], columns: Sequence[views.Column]) -> views.ListView:
    return views.ListView(
        title=str(_("Background jobs")),
        model="job",
        url=ROOT,
        columns=columns,
        rows=rows,
        pager=views.Pager(""),
        count="",
        empty=views.Empty("nothing", str(pgettext("jobs", "None")), ""),
    )
