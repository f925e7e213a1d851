"""The rows that were not taken in, with the reasons: to be shown, and as a file that can be put right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import select

from core.exchange.files import WRITERS
from core.exchange.imports.asked import Asked
from core.exchange.imports.models import RefusedRow
from core.i18n import LOCALES, Text, _, listed, use_locale

if TYPE_CHECKING:
    from core.env import Env

REASON = _("Not taken in because")
"""The head of the column with the reasons."""

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Refused:
    """A row of the file that was not taken in. `problems`: place of a column, None for the row as a whole → why."""

    row: int
    cells: Sequence[Any]
    problems: Mapping[int | None, str]


def refused_rows(env: Env, found: Asked, *, limit: int | None = None) -> Iterator[Refused]:
    """The rows in their order, in the reader's language; at most `limit`."""
    wanted = select(RefusedRow.row, RefusedRow.cells, RefusedRow.problems).where(RefusedRow.import_id == found.id)
    statement = wanted.order_by(RefusedRow.row).limit(limit)
    options = {"yield_per": CHUNK}
    for row, cells, problems in env.connection_of_core.execute(statement, execution_options=options):
        told = {int(place) if place else None: _said(problem) for place, problem in problems.items()}
        yield Refused(row, cells, told)


def write_refused(env: Env, found: Asked, kind: str, file: IO[bytes]) -> int:
    """Writes the rows as "csv" or "xlsx" with their reason in a last column. Returns how many there are."""
    heads = [*found.heads, str(REASON)]
    rows = ([*row.cells, _reason(found.heads, row.problems)] for row in refused_rows(env, found))
    return WRITERS[kind](file, heads, rows)


def is_reason(head: str) -> bool:
    """Whether a column is the one that such a file has in addition, in whatever language."""
    return any(head == _in(REASON, locale) for locale in LOCALES)


def _reason(heads: Sequence[str], problems: Mapping[int | None, str]) -> str:
    return listed(text if place is None else f"{heads[place]}: {text}" for place, text in problems.items())


def _said(problem: Any) -> str:
    return problem if isinstance(problem, str) else str(Text.from_json(problem))


def _in(text: Text, locale: str) -> str:
    with use_locale(locale):
        return str(text)
