"""Inserting many records at once, with all that a flush does for one: stamps, copied roots, history, search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select

from core import clock
from core.duplicates import store as duplicates
from core.orm import numbers, search
from core.orm.field import Kind
from core.orm.model import ModelInfo, describe, model_of
from core.orm.rules import Follows
from core.orm.tables import Change
from core.orm.values import to_json
from core.orm.versions import bump

if TYPE_CHECKING:
    from core.env import Env

Row = Mapping[str, Any]
BATCH = 500


def insert_records(env: Env, info: ModelInfo, rows: Sequence[Row]) -> list[int]:
    """Inserts the rows, each a mapping of all its values in their clean form. Returns their ids, in the same order.

    Nothing is checked: that is for the service to do before. Raises KeyError for a row that follows a record which is
    not there.
    """
    if not rows:
        return []
    connection, user_id, now = env.connection_of_core, env.user_id, clock.now()
    names = _written(info, rows)
    filled = [_stamped(names, row, now, user_id) for row in rows]
    _number(env, info, filled)
    _copy_roots(connection, info, filled)
    ids = _new_ids(connection, info, len(filled))
    for id, row in zip(ids, filled, strict=True):
        row["id"] = id
    connection.execute(insert(info.table), filled)
    _write_history(connection, info, filled, now, user_id)
    search.index_rows(connection, info, filled)
    duplicates.index_rows(connection, info, filled)
    if info.model.__bumps__:
        bump(connection, info.model.__bumps__)
    return ids


def _new_ids(connection: Connection, info: ModelInfo, count: int) -> list[int]:
    """Ids for new rows. Known beforehand, they let the rows go in as one statement on either engine."""
    column = info.table.c.id
    if connection.dialect.name == "postgresql":
        series = func.nextval(func.pg_get_serial_sequence(info.table.name, column.name))
        return list(connection.scalars(select(series).select_from(func.generate_series(1, count))))
    # SQLite has one writer at a time, and this is it.
    last = connection.scalar(select(func.max(column))) or 0
    return list(range(last + 1, last + 1 + count))


def _written(info: ModelInfo, rows: Sequence[Row]) -> list[str]:
    """The fields that the statement names: those with a value in any row; the database fills in the others."""
    given = {name for row in rows for name, value in row.items() if value is not None}
    columns = info.table.c
    return [n for n in info.fields if n in given or (not columns[n].nullable and columns[n].default is None)]


def _stamped(names: Sequence[str], row: Row, now: datetime, user_id: int | None) -> dict[str, Any]:
    """The row with a value for each name, so that all rows make one statement."""
    values = {name: row.get(name) for name in names}
    values["version"] = 1
    values["created_at"] = row.get("created_at") or now
    values["created_by"] = row.get("created_by", user_id)
    values["updated_at"], values["updated_by"] = now, user_id
    return values


def _number(env: Env, info: ModelInfo, rows: Sequence[dict[str, Any]]) -> None:
    for name, spec in info.fields.items():
        if spec.kind is Kind.SERIAL and not spec.number_at:
            bare = [row for row in rows if row.get(name) is None]
            for row, number in zip(bare, numbers.next_numbers(env, spec, info.model, len(bare)), strict=True):
                row[name] = number


def _copy_roots(connection: Connection, info: ModelInfo, rows: Sequence[dict[str, Any]]) -> None:
    """Whose records the rows follow; what is followed stays as it is until the transaction ends."""
    rule = info.rule
    if not isinstance(rule, Follows):
        return
    followed = describe(model_of(info.fields[rule.link].target))
    known = _roots(connection, followed, {row[rule.link] for row in rows})
    for row in rows:
        row["root_id"], row["root_owner_id"] = known[row[rule.link]]


def _roots(connection: Connection, info: ModelInfo, ids: set[int]) -> dict[int, tuple[int, int | None]]:
    """Id → (root, its owner) of the records, over all hops."""
    columns = info.table.c
    hops = isinstance(info.rule, Follows)
    root = columns.root_id if hops else columns.id
    owner = columns[info.owner] if not hops and info.owner else None
    found: dict[int, tuple[int, int | None]] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        wanted = select(columns.id, root, *([] if owner is None else [owner]))
        wanted = wanted.where(columns.id.in_(ordered[start : start + BATCH]), columns.deleted_at.is_(None))
        for id, root_id, *rest in connection.execute(wanted.order_by(columns.id).with_for_update(key_share=True)):
            found[id] = (root_id, rest[0] if rest else None)
    if hops and info.root is not None:
        roots = _roots(connection, describe(info.root), {root_id for root_id, _owner in found.values()})
        found = {id: roots[root_id] for id, (root_id, _owner) in found.items()}
    return found


def _write_history(
    connection: Connection, info: ModelInfo, rows: Sequence[Row], now: datetime, user_id: int | None
) -> None:
    kept = {name for name in rows[0] if name in info.fields and info.fields[name].history}
    entry = {"model": info.key, "action": "create", "at": now, "user_id": user_id, "reason": ""}
    entries = []
    for row in rows:
        said = ((name, value) for name, value in row.items() if value is not None and name in kept)
        changes = {name: [None, to_json(value)] for name, value in said if value not in ("", [])}
        entries.append(entry | {"record_id": row["id"], "changes": changes})
    connection.execute(insert(Change), entries)
