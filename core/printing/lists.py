"""Printing a list as it is shown: its columns, its filters, its rows up to some thousands."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from core.access.actor import PRINT
from core.errors import Forbidden
from core.exchange.export import within_grant
from core.i18n import _, colon, ngettext
from core.orm.listing import ListRequest, count, iterate
from core.pages.cells import Cells
from core.pages.links import Links
from core.pages.list_args import ListArgs
from core.pages.listing import ListBuilder
from core.pages.nodes import ListPage
from core.printing import engine
from core.printing.context import about
from core.printing.engine import OWN
from core.printing.letterhead import logo
from core.printing.log import note
from core.printing.records import Document, file_name
from core.printing.tables import heads, texts
from core.printing.values import Values

if TYPE_CHECKING:
    from core.env import Env

MOST = 3000
BATCH = 500
LIST = "list"
"""The key of the template."""


def print_list(env: Env, page: ListPage, args: ListArgs) -> Document:
    """The list that the address with these arguments shows, all pages of it, as PDF.

    Needs the grant "print", whose scope holds beside the one for reading.
    """
    if not env.actor.may(page.model.key(), PRINT):
        raise Forbidden()
    builder = ListBuilder(env, page, args.but(bin=False))
    wanted = within_grant(env, builder.request, PRINT)
    rows = _rows(env, builder, wanted)
    title = str(page.model.__title_plural__)
    told = _told(env, builder, wanted, title, rows)
    files = logo(env)
    name = file_name(f"{title} {env.today.isoformat()}", title)
    data = {
        **about(env, name, {}, files),
        "template": {"key": LIST, "label": title},
        "records": [told],
    }
    content = env.hooks.render_pdf(model=page.model, template=LIST, data=data)
    if content is None:
        content = engine.typeset(OWN, "list.typ", data, files=files)
    filters = [text if isinstance(text, str) else text.text for text in wanted.filters]
    columns = [head.label for head in builder.plan.as_table.heads]
    asked = {"template": LIST, "rows": len(rows), "columns": columns, "filters": filters, "search": wanted.q}
    note(env, page.model.key(), [0], asked)
    return Document(content, f"{name}.pdf", len(rows))


def _rows(env: Env, builder: ListBuilder, wanted: ListRequest) -> list[list[str]]:
    cells = Cells(env)
    values, found = Values(env, cells), islice(iterate(env, wanted, builder.plan.stored, batch=BATCH), MOST)
    rows: list[list[str]] = []
    while batch := list(islice(found, BATCH)):
        cells.links = Links(env)
        rows += texts(env, builder.plan.as_table, batch, cells, values)
    return rows


def _told(env: Env, builder: ListBuilder, wanted: ListRequest, title: str, rows: list[list[str]]) -> dict[str, Any]:
    """The list as its template gets it."""
    conditions = [condition.label(env) for condition in builder.chosen]
    quick = [label for key, label in builder.plan.quick if key == builder.args.quick]
    words = [f"{_('Search')}{colon()}{builder.args.q}"] if builder.args.q else []
    more = str(ngettext("{count} row", "{count} rows", len(rows)))
    if len(rows) == MOST and count(env, wanted, exact=True).number > MOST:
        more = str(_("The first {count} rows; there are more.", count=f"{MOST:,}"))
    return {
        "model": builder.info.key,
        "kind": title,
        "name": title,
        "filters": [*quick, *words, *conditions],
        "columns": heads(builder.plan.as_table.heads, rows),
        "rows": rows,
        "more": more,
    }
