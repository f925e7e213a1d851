"""Lists of children in the tabs of a record's page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from core.i18n import _
from core.orm.filters import Condition, Path
from core.orm.listing import ListRequest, count
from core.orm.model import Model, describe
from core.pages.catalogue import catalogue_of
from core.pages.cells import Cells
from core.pages.list_args import ListArgs
from core.pages.list_buttons import new_button, shown_count
from core.pages.listing import ListBuilder
from core.pages.nodes import ListPage, Tab
from core.pages.totals import added_up
from core.pages.views import Empty, ListView

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from core.env import Env


def child_count(env: Env, record: Model, tab: Tab) -> str:
    """How many children the tab has for this reader, counted up to the cap."""
    assert tab.children is not None
    total = count(env, ListRequest(tab.children, filters=(belongs(record, tab),)))
    return shown_count(total) if total.number else ""


def child_list(env: Env, record: Model, tab: Tab, args: MultiDict[str, str] | None, cells: Cells) -> ListView:
    """The list in the tab."""
    assert tab.children is not None
    url = f"/{record.key()}/{record.id}/tab/{tab.key}"
    known = catalogue_of(env).models.get(tab.children.key())
    page = known.listing if known and known.listing else ListPage(model=tab.children, columns=())
    page = replace(page, columns=tab.columns or page.columns, quick_filters={})
    builder = ListBuilder(env, page, ListArgs.read(args), url=url, fixed=(belongs(record, tab),), cells=cells)
    view = builder.build()
    offered = tab.offers(env, record) if tab.offers is not None else {}
    new = new_button(env, tab.children, "?" + urlencode({**offered, tab.via: record.id, "next": url}))
    view.actions, view.more_actions = [new] if new else [], []
    if tab.totals is not None and view.rows:
        view.totals_label, view.totals = (
            str(tab.totals.label),
            added_up(cells, page, tab.totals, (belongs(record, tab),)),
        )
    if view.empty is not None and view.empty.kind == "nothing":
        title = _("No {title} yet", title=describe(tab.children).title_plural)
        view.empty = Empty("nothing", str(title), "", new)
    return view


def belongs(record: Model, tab: Tab) -> Condition:
    """The condition that leads to the record's children: the tab's own, whatever the reader may filter by."""
    assert tab.children is not None
    link = describe(tab.children).fields[tab.via]
    return Condition(Path(tab.children, (), link), "is", (record.id,), (str(record.id),))
