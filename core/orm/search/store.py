"""Keeping the search index true: in the transaction that changes a record, its owner or its shares."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, TextClause, inspect, or_, select, text

from core import clock
from core.access.models import Share
from core.orm.model import Model, ModelInfo, describe
from core.orm.rules import Follows
from core.orm.search import linked
from core.orm.search.tables import OWNER, SHARE, ddl, drop_ddl, finish_ddl, has_index, table_name, text_key
from core.orm.search.words import terms, words_in

BATCH = 500
REBUILD_BATCH = 5_000


def index(connection: Connection, info: ModelInfo, records: Sequence[Model]) -> None:
    """Stores what the flushed records are found by, where that has changed."""
    if not has_index(info):
        return
    names = [*info.searched, _root_column(info), *_owner_columns(info), "deleted_at"]
    changed = [record for record in records if _has_changed(record, names)]
    gone = [record.id for record in changed if record.deleted_at is not None]
    remove(connection, info, gone)
    found = [
        {name: getattr(record, name) for name in ("id", *names)} for record in changed if record.deleted_at is None
    ]
    _write(connection, info, found)


def index_linking(connection: Connection, info: ModelInfo, records: Sequence[Model]) -> None:
    """Stores anew what is found by the names of the flushed records, where they are called otherwise now."""
    ids = linked.renamed(info, records)
    for batch in _batches(ids, BATCH):
        for linking, theirs in linked.linking_to(connection, info, batch):
            index_ids(connection, linking, theirs)


def index_rows(connection: Connection, info: ModelInfo, rows: Sequence[Mapping[str, Any]]) -> None:
    """Stores what new records are found by, from their values with their `id`."""
    if has_index(info):
        for batch in _batches(rows, BATCH):
            _write(connection, info, batch)


def index_ids(connection: Connection, info: ModelInfo, ids: Collection[int]) -> None:
    """Stores anew what these records are found by; those that are deleted are left out."""
    if not has_index(info):
        return
    table = info.model.__table__
    for batch in _batches(sorted(ids), BATCH):
        rows = connection.execute(_columns(info).where(table.c.id.in_(batch), table.c.deleted_at.is_(None)))
        _write(connection, info, [dict(row) for row in rows.mappings()])


def index_roots(connection: Connection, info: ModelInfo, root_ids: Collection[int]) -> None:
    """Stores anew who reads the records of this model under these roots, after assigning or sharing."""
    if not has_index(info):
        return
    columns = info.model.__table__.c
    root = columns[_root_column(info)]
    wanted = select(columns.id, root, *(columns[name] for name in _owner_columns(info)))
    for batch in _batches(sorted(root_ids), BATCH):
        shares = _shares(connection, info, batch)
        rows = connection.execute(wanted.where(root.in_(batch), columns.deleted_at.is_(None))).mappings()
        for some in _batches([dict(row) for row in rows], BATCH * 4):
            _put_readers(connection, info, {row["id"]: _readers(info, row, shares) for row in some})


def remove(connection: Connection, info: ModelInfo, ids: Collection[int]) -> None:
    """Takes the records out of the index."""
    if not has_index(info) or not ids:
        return
    key = "rowid" if connection.dialect.name == "sqlite" else "id"
    statement = text(f"DELETE FROM {table_name(info)} WHERE {key} = :id")
    connection.execute(statement, [{"id": id} for id in ids])


def rebuild(connection: Connection, info: ModelInfo) -> int:
    """Makes the model's index anew from its records, in batches. Returns how many records are in it.

    Who searches meanwhile waits on PostgreSQL, and is served the old index on SQLite, until this is committed.
    """
    if not has_index(info):
        return 0
    for statement in drop_ddl(info, connection.dialect.name):
        connection.exec_driver_sql(statement)
    create, *indexes = ddl(info, connection.dialect.name)
    connection.exec_driver_sql(create)
    columns, last, count = info.model.__table__.c, 0, 0
    while True:
        page = _columns(info).where(columns.id > last, columns.deleted_at.is_(None))
        rows = connection.execute(page.order_by(columns.id).limit(REBUILD_BATCH)).mappings().all()
        if not rows:
            break
        _write(connection, info, [dict(row) for row in rows])
        last, count = rows[-1]["id"], count + len(rows)
    for statement in (*indexes, *finish_ddl(info, connection.dialect.name)):
        connection.exec_driver_sql(statement)
    return count


def entry(info: ModelInfo, row: Mapping[str, Any], readers: Sequence[str]) -> dict[str, Any]:
    """One row of the search table: `terms`, `readers` and `text`, for the record's values in `row`, links by name."""
    found = {name: words_in(str(row[name]), info.fields[name].kind) for name in info.searched if row.get(name)}
    return {
        "id": row["id"],
        "terms": " ".join(terms(words) for words in found.values()),
        "readers": list(readers),
        "text": json.dumps({text_key(name): " ".join(words) for name, words in found.items()}, ensure_ascii=False),
    }


def _has_changed(record: Model, names: Iterable[str]) -> bool:
    attributes = inspect(record).attrs
    return any(attributes[name].history.has_changes() for name in names)


def _owner_columns(info: ModelInfo) -> list[str]:
    found = [info.owner] if info.owner else []
    return [*found, "root_owner_id"] if isinstance(info.rule, Follows) else found


def _root_column(info: ModelInfo) -> str:
    return "root_id" if isinstance(info.rule, Follows) else "id"


def _columns(info: ModelInfo) -> Any:
    columns = info.model.__table__.c
    names = dict.fromkeys(["id", _root_column(info), *_owner_columns(info), *info.searched])
    return select(*(columns[name] for name in names))


def _write(connection: Connection, info: ModelInfo, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    shares = _shares(connection, info, [row[_root_column(info)] for row in rows])
    named = linked.with_names(connection, info, rows)
    entries = [entry(info, row, _readers(info, row, shares)) for row in named]
    _put(connection, info, entries)


def _readers(info: ModelInfo, row: Mapping[str, Any], shares: Mapping[int, Sequence[int]]) -> list[str]:
    owners = dict.fromkeys(row[name] for name in _owner_columns(info) if row.get(name) is not None)
    found = [f"{OWNER}{owner}" for owner in owners]
    return found + [f"{SHARE}{user}" for user in shares.get(row[_root_column(info)], ())]


def _shares(connection: Connection, info: ModelInfo, roots: Collection[int]) -> Mapping[int, list[int]]:
    """Root → the users with whom it is shared. One that ends later keeps its token; the guard knows better."""
    found: dict[int, list[int]] = defaultdict(list)
    if info.root is None:
        return found
    live = or_(Share.until.is_(None), Share.until > clock.now())
    for batch in _batches(list(roots), BATCH):
        wanted = (Share.root_model == describe(info.root).key, Share.root_id.in_(batch), live)
        for root_id, user_id in connection.execute(select(Share.root_id, Share.user_id).where(*wanted)):
            found[root_id].append(user_id)
    return found


def _put(connection: Connection, info: ModelInfo, rows: list[dict[str, Any]]) -> None:
    if connection.dialect.name == "sqlite":
        bound = [row | {"readers": " ".join(row["readers"])} for row in rows]
        connection.execute(_sql(_SQLITE_PUT, info), bound)
        return
    # One statement for all rows: their columns as arrays, lists inside as text.
    found = {
        "ids": [row["id"] for row in rows],
        "terms": [" ".join(dict.fromkeys(row["terms"].split())) for row in rows],
        "readers": [" ".join(row["readers"]) for row in rows],
        "texts": [row["text"] for row in rows],
    }
    connection.execute(_sql(_POSTGRESQL_PUT, info), found)


def _put_readers(connection: Connection, info: ModelInfo, readers: Mapping[int, Sequence[str]]) -> None:
    joined = {id: " ".join(tokens) for id, tokens in readers.items()}
    if connection.dialect.name == "sqlite":
        rows = [{"id": id, "readers": tokens} for id, tokens in joined.items()]
        connection.execute(_sql(_SQLITE_READERS, info), rows)
    else:
        found = {"ids": list(joined), "readers": list(joined.values())}
        connection.execute(_sql(_POSTGRESQL_READERS, info), found)


def _sql(template: str, info: ModelInfo) -> TextClause:
    return text(template.format(table=table_name(info)))


_SQLITE_PUT = """
    INSERT OR REPLACE INTO {table} (rowid, terms, readers, text) VALUES (:id, :terms, :readers, :text)
"""
_SQLITE_READERS = "UPDATE {table} SET readers = :readers WHERE rowid = :id AND readers <> :readers"
_POSTGRESQL_PUT = """
    INSERT INTO {table} (id, terms, readers, text)
    SELECT id, array_to_tsvector(string_to_array(terms, ' ')), string_to_array(readers, ' '), text
    FROM unnest(CAST(:ids AS bigint[]), CAST(:terms AS text[]), CAST(:readers AS text[]), CAST(:texts AS text[]))
        AS row (id, terms, readers, text)
    ON CONFLICT (id) DO UPDATE SET terms = excluded.terms, readers = excluded.readers, text = excluded.text
"""
_POSTGRESQL_READERS = """
    UPDATE {table} SET readers = string_to_array(row.readers, ' ')
    FROM unnest(CAST(:ids AS bigint[]), CAST(:readers AS text[])) AS row (id, readers)
    WHERE {table}.id = row.id AND {table}.readers <> string_to_array(row.readers, ' ')
"""


def _batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
