"""Keeping the keys true, in the transaction that changes a record: everything that writes records calls this."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, inspect, select

from core.duplicates.tables import DuplicateKey
from core.orm.model import Model, ModelInfo

BATCH = 500
REBUILD_BATCH = 5_000


def fields_of(info: ModelInfo) -> list[str]:
    """The fields that the records of the model are recognised by."""
    return list(dict.fromkeys(name for likeness in info.model.__duplicates__ for name in likeness.fields))


def index(connection: Connection, info: ModelInfo, records: Sequence[Model], *, new: Collection[int] = ()) -> None:
    """Stores the keys of flushed records, where they have changed; `new` are the ids of those that have none yet."""
    names = fields_of(info)
    if not names:
        return
    changed = [record for record in records if _has_changed(record, names)]
    remove(connection, info, [record.id for record in changed if record.id not in new])
    rows = [{name: getattr(r, name) for name in ("id", *names)} for r in changed if r.deleted_at is None]
    index_rows(connection, info, rows)


def index_rows(connection: Connection, info: ModelInfo, rows: Iterable[Mapping[str, Any]]) -> None:
    """Stores the keys of records that have none yet, from their values with their `id`."""
    found = [entry for row in rows for entry in _entries(info, row)]
    for batch in _batches(found, BATCH * 4):
        connection.execute(insert(_TABLE), batch)


def index_ids(connection: Connection, info: ModelInfo, ids: Collection[int]) -> None:
    """Stores the keys of these records anew; those that are deleted have none."""
    names = fields_of(info)
    if not names:
        return
    remove(connection, info, ids)
    columns = info.table.c
    for batch in _batches(sorted(ids), BATCH):
        wanted = select(columns.id, *(columns[name] for name in names))
        rows = connection.execute(wanted.where(columns.id.in_(batch), columns.deleted_at.is_(None)))
        index_rows(connection, info, map(dict, rows.mappings()))


def remove(connection: Connection, info: ModelInfo, ids: Collection[int]) -> None:
    """Takes away the keys of the records."""
    if not info.model.__duplicates__:
        return
    for batch in _batches(sorted(ids), BATCH):
        connection.execute(delete(_TABLE).where(_TABLE.c.model == info.key, _TABLE.c.record_id.in_(batch)))


def rebuild(connection: Connection, info: ModelInfo) -> int:
    """Makes the keys of all records of the model anew, in batches. Returns how many records there are."""
    connection.execute(delete(_TABLE).where(_TABLE.c.model == info.key))
    names, columns, last, count = fields_of(info), info.table.c, 0, 0
    while names:
        wanted = select(columns.id, *(columns[name] for name in names)).order_by(columns.id).limit(REBUILD_BATCH)
        rows = connection.execute(wanted.where(columns.id > last, columns.deleted_at.is_(None))).mappings().all()
        if not rows:
            break
        index_rows(connection, info, map(dict, rows))
        last, count = rows[-1]["id"], count + len(rows)
    return count


_TABLE: Table = DuplicateKey.__table__  # type: ignore[assignment]


def _entries(info: ModelInfo, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for likeness in info.model.__duplicates__:
        for key in likeness.keys_in(row):
            yield {"model": info.key, "kind": likeness.kind, "key": key, "record_id": row["id"]}


def _has_changed(record: Model, names: Sequence[str]) -> bool:
    attributes = inspect(record).attrs
    return any(attributes[name].history.has_changes() for name in (*names, "deleted_at"))


def _batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
