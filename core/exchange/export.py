"""A list as a file: the rows that its address shows, in batches, with access to fields applied."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import insert

from core import clock
from core.access.actor import EXPORT
from core.access.guard import predicate
from core.errors import Forbidden
from core.exchange.added import Added
from core.exchange.files import WRITERS
from core.exchange.plain import Plain, plain
from core.orm.labels import Label
from core.orm.listing import Count, ListRequest, iterate
from core.orm.model import Model
from core.orm.tables import Change
from core.pages.cells import Cells
from core.pages.columns import Columns
from core.pages.currencies import Currency
from core.pages.links import Links
from core.pages.plan import plan_list

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.field import Field
    from core.pages.nodes import ListPage

BATCH = 1000
AT_ONCE = 5000
"""A list of more rows is exported in the background."""

MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Kind of file → its media type."""


@dataclass(frozen=True, slots=True)
class Export:
    """A finished file, open at its beginning and gone once it is closed."""

    file: IO[bytes]
    rows: int


def is_long(total: Count) -> bool:
    """Whether a list of so many rows is exported in the background."""
    return not total.is_exact or total.number > AT_ONCE


def file_name(env: Env, model: type[Model], kind: str) -> str:
    """What the file is called in the reader's folder."""
    return f"{model.__title_plural__} {env.today.isoformat()}.{kind}"


def export(
    env: Env,
    page: ListPage,
    request: ListRequest,
    kind: str,
    *,
    columns: Sequence[str] = (),
    tell: Callable[[int], None] | None = None,
) -> Export:
    """Writes the rows of `request` to a file of that kind, `csv` or `xlsx`, with these columns or those of `page`.

    `tell` is called with the number of rows that are written, now and then.
    Needs the grant "export", whose scope holds beside the one for reading. Memory stays small whatever the size.
    """
    if not env.actor.may(page.model.key(), EXPORT):
        raise Forbidden()
    shown = _columns(env, page, columns)
    heads = [str(page.labels.get(path.name, path.field.label)) for path in shown.paths]
    added = Added(env, page.model, [path.name for path in shown.paths])
    # Closed by whoever sends it.
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        found = added.heads_first(_rows(env, shown, within_grant(env, request), added, tell))
        heads += added.names
        rows = WRITERS[kind](file, heads, found)
        _note(env, request, kind, heads, rows)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return Export(file, rows)


def within_grant(env: Env, request: ListRequest, grant: str = EXPORT) -> ListRequest:
    """The request narrowed to the records that the actor may export, or do another thing with."""
    guard = predicate(env.actor, request.model, grant, columns=request.model.__table__.c)
    if guard is None:
        return request
    return replace(request, extra=guard if request.extra is None else request.extra & guard)


def _columns(env: Env, page: ListPage, columns: Sequence[str]) -> Columns:
    plan, cells = plan_list(env, page, columns).as_table, Cells(env)
    paths = [head.path for head in plan.heads]

    def label(key: str, id: int) -> Label:
        return cells.links.label(key, id)

    def shown(spec: Field, _currency: Currency | None) -> Plain:
        return plain(env, spec, label, cells.plain)

    return Columns(env, plan.info, paths, plan.stored, cells, formatter=shown)


def _rows(
    env: Env, columns: Columns, request: ListRequest, added: Added, tell: Callable[[int], None] | None
) -> Iterator[Sequence[Any]]:
    found, written = iterate(env, request, columns.order, batch=BATCH), 0
    while batch := list(islice(found, BATCH)):
        # Names are kept for one batch only, so that a million different ones never pile up.
        columns.cells.links = Links(env)
        columns.prepare(batch)
        yield from (added.to(row[0], columns.cells_of(row)) for row in batch)
        written += len(batch)
        if tell is not None:
            tell(written)


def _note(env: Env, request: ListRequest, kind: str, heads: Sequence[str], rows: int) -> None:
    """Writes down who took what out. In a transaction of its own: the request itself only reads."""
    filters = [text if isinstance(text, str) else text.text for text in request.filters]
    told = {"rows": rows, "format": kind, "columns": list(heads), "filters": filters, "search": request.q}
    row = {
        "model": request.model.key(),
        "record_id": 0,
        "action": EXPORT,
        "at": clock.now(),
        "user_id": env.user_id,
        "reason": "",
        "changes": {name: [None, value] for name, value in told.items()},
    }
    with env.site.system("log of exports") as log:
        log.connection_of_core.execute(insert(Change), row)
