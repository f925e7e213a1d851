"""What became of a field's value, as the history tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.orm.model import Model, describe
from core.orm.tables import Change
from core.orm.values import from_json

if TYPE_CHECKING:
    from core.env import Env

MOST = 100
"""Of a record's history so many entries are looked through."""


def changes_since(env: Env, record: Model, name: str, *, made: Model) -> list[tuple[Any, Any]]:
    """(before, after) of each change of the field `name` of `record` since `made` was created, the oldest first."""
    spec = describe(type(record)).fields[name]
    born = select(func.min(Change.id)).where(Change.model == made.key(), Change.record_id == made.id)
    since = (Change.model == record.key(), Change.record_id == record.id, Change.id > born.scalar_subquery())
    rows = env.connection_of_core.scalars(select(Change.changes).where(*since).order_by(Change.id).limit(MOST))
    found = (changes[name] for changes in rows if name in changes)
    return [(from_json(spec, before), from_json(spec, after)) for before, after in found]
