"""Following an import through its file, batch by batch: for a try, for good, or back again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import delete, insert

from core import clock
from core.exchange.imports import asked
from core.exchange.imports.asked import Asked
from core.exchange.imports.batch import Batch
from core.exchange.imports.earlier import Earlier
from core.exchange.imports.models import ImportState, RefusedRow
from core.exchange.imports.plan import plan
from core.exchange.imports.reading import Cell, Table, open_table
from core.exchange.imports.rows import Row, told
from core.orm.values import to_json

if TYPE_CHECKING:
    from core.config import Settings
    from core.env import Env
    from core.jobs.progress import Progress

T = TypeVar("T")
ROWS = 500
"""In one transaction."""

MOST_REFUSED = 100_000
"""So many rows that were not taken in are kept to be put right; beyond, they are only counted."""


class _Back(Exception):
    """Undoes what a try has written."""


def path_of(settings: Settings, stored: str) -> Path:
    """Where the file of an import lies."""
    return settings.data / "imports" / stored


def table_of(settings: Settings, found: Asked) -> Table:
    """The table that the import reads. Raises `Unreadable` where the file is gone or has changed its shape."""
    return open_table(path_of(settings, found.stored), **found.table)


def take_in(progress: Progress, import_id: int, *, is_try: bool) -> dict[str, int]:
    """Takes in what is left of the file, by the user who asked. Returns the counts of all its rows.

    Each batch is one transaction with the note how far it has come, so that a crash costs at most one batch, which is
    done again. A try writes nothing but what is wrong; cut short, it begins anew, as it remembers what it would have
    stored.
    """
    earlier = Earlier() if is_try else None
    start, counts = _begin(progress, import_id, is_try=is_try)
    with progress.site.system("import", write=False) as env:
        found = asked.read(env.connection_of_core, import_id)
    table = table_of(progress.site.settings, found)
    total = (progress.checkpoint or {}).get("total") or sum(1 for _row in table.rows())
    for rows in _batches(table.rows(start), ROWS, found):
        with progress.batch(user_id=found.user_id) as env:
            batch = Batch(env, plan(env, found), import_id, rows, earlier)
            _write(env, batch, is_try=is_try)
            counts.update(batch.counts)
            _keep_refused(env, import_id, batch.rows, counts["refused"])
            progress.checkpoint = {"row": rows[-1][0], "counts": dict(counts), "total": total}
            progress.update(counts["rows"], total)
    return dict(counts)


def _begin(progress: Progress, import_id: int, *, is_try: bool) -> tuple[int, Counter[str]]:
    """(number of the last row that is done, counts so far); from the beginning what an earlier try said is dropped."""
    if progress.checkpoint is not None and not is_try:
        return progress.checkpoint["row"], Counter(progress.checkpoint["counts"])
    with progress.batch() as env:
        connection = env.connection_of_core
        connection.execute(delete(RefusedRow).where(RefusedRow.import_id == import_id))
        state = ImportState.CHECKING if is_try else ImportState.RUNNING
        asked.change(connection, import_id, state=state.value, started_at=clock.now(), done_at=None, counts={})
        progress.checkpoint = {"row": 0, "counts": {}}
    return 0, Counter()


def finish(env: Env, import_id: int, state: ImportState, counts: Mapping[str, int]) -> None:
    """Notes how the import ended."""
    asked.change(env.connection_of_core, import_id, state=state.value, counts=dict(counts), done_at=clock.now())


def _write(env: Env, batch: Batch, *, is_try: bool) -> None:
    if not is_try:
        batch.take_in()
        return
    try:
        with env.savepoint():
            batch.take_in()
            raise _Back
    except _Back:
        env.session.expire_all()


def _keep_refused(env: Env, import_id: int, rows: Sequence[Row], so_far: int) -> None:
    refused = [row for row in rows if row.problems]
    if not refused or so_far - len(refused) >= MOST_REFUSED:
        return
    env.connection_of_core.execute(
        insert(RefusedRow),
        [
            {
                "import_id": import_id,
                "row": row.number,
                "cells": [to_json(cell) for cell in row.cells],
                "problems": {place: told(problem) for place, problem in row.problems.items()},
            }
            for row in refused
        ],
    )


def _batches(
    rows: Iterator[tuple[int, Sequence[Cell]]], size: int, found: Asked
) -> Iterator[list[tuple[int, Sequence[Cell]]]]:
    """So many rows at a time, and some more where they go on about the same record: it is written as a whole."""
    places = [int(place) for place, key in found.columns.items() if key in found.keys]
    chunk: list[tuple[int, Sequence[Cell]]] = []
    for row in rows:
        goes_on = places and chunk and all(row[1][place] == chunk[-1][1][place] for place in places)
        if len(chunk) >= (2 * size if goes_on else size):
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk
