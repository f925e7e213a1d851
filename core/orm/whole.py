"""What the sessions know of parts: with which record they are written, whose owner and root they carry."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session

from core.orm import search
from core.orm.model import Follower, Model, ModelInfo, describe
from core.orm.parts import part_model, parts_of, whole_of
from core.orm.rules import Follows

WRITTEN = "whole"
"""Where a session holds the record whose parts it may write now."""

HISTORY = "history of parts"
"""Where a session holds what the next entry of a record's history tells of its parts: record → name → pair."""


def is_written_with_whole(session: Session, record: Model) -> bool:
    """Whether the record is part of the one that the session writes together with its parts."""
    whole, found = session.info.get(WRITTEN), whole_of(type(record))
    if whole is None or found is None or not isinstance(whole, found.model):
        return False
    return bool(getattr(record, found.part.via) == whole.id)


def stamp_with_whole(session: Session, record: Model) -> None:
    """Gives a part the root and the owner of its whole, which has been stamped and locked before."""
    whole, info = session.info[WRITTEN], describe(type(record))
    above = describe(type(whole))
    if isinstance(info.rule, Follows) and isinstance(record, Follower):
        if isinstance(above.rule, Follows):
            record.root_id, record.root_owner_id = whole.root_id, whole.root_owner_id
        else:
            record.root_id, record.root_owner_id = whole.id, getattr(whole, above.owner)
    if info.owner:
        setattr(record, info.owner, getattr(whole, above.owner))


def stamp_alone(connection: Connection, record: Model) -> None:
    """Gives a part that the system writes by itself the owner of its whole, and the next place."""
    found, info = whole_of(type(record)), describe(type(record))
    if found is None:
        return
    part, id, above = found.part, getattr(record, found.part.via), describe(found.model)
    if info.owner:
        owner = select(above.table.c[above.owner]).where(above.table.c.id == id)
        setattr(record, info.owner, connection.scalar(owner))
    if not getattr(record, part.order):
        last = select(func.max(info.table.c[part.order])).where(info.table.c[part.via] == id)
        setattr(record, part.order, (connection.scalar(last.where(info.table.c.deleted_at.is_(None))) or 0) + 1)


def give_owners(connection: Connection, info: ModelInfo, ids: list[int]) -> None:
    """Gives the parts of these records their owners, deleted parts included."""
    for part in parts_of(info.model).values():
        its = describe(part_model(part))
        if its.owner and info.owner and ids:
            table = its.table
            owner = select(info.table.c[info.owner]).where(info.table.c.id == table.c[part.via]).scalar_subquery()
            given = update(table).where(table.c[part.via].in_(ids)).values({its.owner: owner}).returning(table.c.id)
            search.index_ids(connection, its, list(connection.scalars(given)))


def renumber(connection: Connection, info: ModelInfo, id: int) -> None:
    """Gives the parts of a record their places anew, where it has got some from another one."""
    for part in parts_of(info.model).values():
        table = describe(part_model(part)).table
        alive = (table.c[part.via] == id, table.c.deleted_at.is_(None))
        wanted = select(table.c.id).where(*alive).order_by(table.c[part.order], table.c.id)
        for place, found in enumerate(connection.scalars(wanted).all(), 1):
            connection.execute(update(table).where(table.c.id == found).values({part.order: place}))


def told_of_parts(session: Session, record: Model) -> dict[str, tuple[Any, Any]]:
    """What the history of the record is to say of its parts, once."""
    found: dict[str, tuple[Any, Any]] = session.info.get(HISTORY, {}).pop(record, {})
    return found
