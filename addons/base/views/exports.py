"""Who has taken what out of the site: every list exported or printed, with its filter and how many rows it had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from core.administration import Cells, exports, person, views
from core.api import Forbidden, _, listed

if TYPE_CHECKING:
    from core.administration import exports as log
    from core.api import Env

ROOT = "/settings/exports"
PAGE = 50


def index() -> ResponseReturnValue:
    """The exports, the latest first."""
    env: Env = g.env
    if not env.actor.may("exports", "read"):
        raise Forbidden()
    before = request.args.get("before", "")
    last = int(before) if before.isdecimal() and len(before) < 19 else None
    found = exports.exports(env, PAGE + 1, before=last)
    older = f"{ROOT}?before={found[PAGE - 1].id}" if len(found) > PAGE else ""
    view = views.ListView(
        title=str(_("Export log")),
        model="export",
        url=ROOT,
        columns=[
            views.Column("what", str(_("What")), is_primary=True),
            views.Column("who", str(_("Who")), on_card=True),
            views.Column("at", str(_("When")), on_card=True),
            views.Column("rows", str(_("Rows")), align="end", on_card=True, card_label=str(_("Rows"))),
            views.Column("kind", str(_("Format"))),
            views.Column("filter", str(_("Filter")), on_card=True),
            views.Column("columns", str(_("Columns"))),
        ],
        rows=[_row(env, each) for each in found[:PAGE]],
        pager=views.Pager("", next_url=older),
        count="",
        empty=views.Empty(
            "nothing",
            str(_("Nothing has been exported yet")),
            str(_("Every list that is exported or printed is written down here: who, what, filter, number of rows.")),
        ),
    )
    return render_template("list.html", page=view)


def _row(env: Env, each: log.Exported) -> views.Row:
    searched = [str(_("Search: {text}", text=each.search))] if each.search else []
    conditions = " · ".join([*each.filters, *searched])
    everything = Markup('<span class="muted">{}</span>').format(_("everything"))
    cells = [
        escape(each.what),
        escape(person(env, each.user_id).name),
        Cells(env).moments.full(each.at),
        Markup('<span class="num">{}</span>').format(f"{each.rows:,}"),
        escape(each.kind.upper()),
        escape(conditions) or everything,
        Markup('<span title="{}">{}</span>').format(listed(each.columns), len(each.columns)),
    ]
    return views.Row(id=each.id, url="", name=each.what, cells=cells)
