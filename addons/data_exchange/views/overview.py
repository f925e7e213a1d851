"""One's own imports, and forgetting one that has not begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from addons.data_exchange.views.looks import ROOT, state_of, title_of
from core.administration import Cells, views
from core.api import Forbidden, _, importing, leave, ngettext, pgettext, toast

if TYPE_CHECKING:
    from core.api import Env

COLUMNS = (
    ("file", _("File")),
    ("records", pgettext("import", "Records")),
    ("state", _("State")),
    ("created", _("Created")),
    ("updated", _("Changed")),
    ("refused", _("Not taken in")),
    ("at", pgettext("import", "Begun")),
)
NUMBERS = ("created", "updated", "refused")
ON_CARD = ("records", "state")


def index() -> ResponseReturnValue:
    """The imports of who reads, the newest first."""
    env: Env = g.env
    if not importing.importable_models(env):
        raise Forbidden()
    found = importing.latest(env)
    new = views.Button("new", str(_("New import")), f"{ROOT}/new", icon="file-import", tone="accent")
    explained = str(
        _("Take in customers, products and more from an Excel or CSV file. A try shows first what will come.")
    )
    page = views.ListView(
        title=str(pgettext("menu", "Import")),
        model="import",
        url=ROOT,
        columns=[_column(name, str(label)) for name, label in COLUMNS],
        rows=[_row(env, each) for each in found],
        pager=views.Pager(str(ngettext("{count} import", "{count} imports", len(found))) if found else ""),
        count=str(len(found)),
        empty=views.Empty("nothing", str(_("No imports yet")), explained, new),
        actions=[new],
    )
    return render_template("list.html", page=page)


def discard(id: int) -> ResponseReturnValue:
    """Forgets an import that has taken nothing in."""
    importing.discard(g.env, id)
    toast(_("The import is discarded."))
    return leave(ROOT)


def _column(name: str, label: str) -> views.Column:
    align: views.Align = "end" if name in NUMBERS else "start"
    return views.Column(name, label, align, is_primary=name == "file", on_card=name in ON_CARD)


def _row(env: Env, found: importing.Asked) -> views.Row:
    state = state_of(found)
    cells = {
        "file": escape(found.name),
        "records": escape(title_of(found.model)),
        "state": Markup('<span class="pill pill-{}">{}</span>').format(state.tone, state.label),
        "at": Cells(env).moments.full(found.created_at),
    } | {name: escape(f"{found.counts[name]:,}" if name in found.counts else "") for name in NUMBERS}
    return views.Row(found.id, f"{ROOT}/{found.id}", [cells[name] for name, _label in COLUMNS], found.name)
