"""What records are found by of those that they link to: their names, for links with `search=True`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, inspect, select

from core.access.actor import REFER, Actor
from core.access.guard import predicate
from core.orm.field import Field, Kind
from core.orm.model import Model, ModelInfo, describe, model_of, models


def searched_links(info: ModelInfo) -> list[Field]:
    """The links by whose names the model's records are found."""
    return [info.fields[name] for name in info.searched if info.fields[name].kind is Kind.LINK]


def with_names(connection: Connection, info: ModelInfo, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the names of what they link to in place of its id."""
    named = [dict(row) for row in rows]
    for link in searched_links(info):
        target = describe(model_of(link.target))
        columns, ids = target.table.c, {row[link.name] for row in named if row.get(link.name) is not None}
        wanted = select(columns.id, columns[target.display]).where(columns.id.in_(sorted(ids)))
        names: dict[int | None, str] = dict(map(tuple, connection.execute(wanted))) if ids else {}
        for row in named:
            row[link.name] = names.get(row.get(link.name))
    return named


def linking_to(connection: Connection, renamed: ModelInfo, ids: Sequence[int]) -> Iterator[tuple[ModelInfo, list[int]]]:
    """The records of other models that are found by the names of these."""
    for info in map(describe, models().values()):
        for link in searched_links(info):
            if link.target == renamed.key:
                columns = info.table.c
                wanted = select(columns.id).where(columns[link.name].in_(ids), columns.deleted_at.is_(None))
                yield info, list(connection.scalars(wanted))


def renamed(info: ModelInfo, records: Sequence[Model]) -> list[int]:
    """Those of the flushed records that were called otherwise before."""
    return [record.id for record in records if inspect(record).attrs[info.display].history.deleted]


def known(actor: Actor, info: ModelInfo, link: Field, id: ColumnElement[int]) -> ColumnElement[bool] | None:
    """Whether the actor may know how the record is called to which the record `id` links; None if always."""
    target = model_of(link.target)
    own, other = info.table.alias(), describe(target).table.alias()
    guard = predicate(actor, target, REFER, columns=other.c)
    if guard is None:
        return None
    return exists().where(own.c.id == id, other.c.id == own.c[link.name], other.c.deleted_at.is_(None), guard)
