"""Who has taken what out of the site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.access.actor import EXPORT, PRINT
from core.errors import AppError
from core.orm.field import Kind
from core.orm.filters import AnyOf, Condition, parse_text
from core.orm.filters.condition import ME
from core.orm.model import describe, model_of, models
from core.orm.tables import Change

if TYPE_CHECKING:
    from core.env import Env

PAPER = "pdf"
"""The format of lists that were printed."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One export, or a list that was printed, which takes as much out.

    `filters` are readable, as far as the reader may see what they are about.
    """

    id: int
    at: datetime
    user_id: int | None
    what: str
    rows: int
    kind: str
    columns: Sequence[str]
    filters: Sequence[str]
    search: str


def exports(env: Env, limit: int, *, before: int | None = None) -> list[Exported]:
    """The exports, the latest first, older than the one with the id `before`. Rights are for the caller to ask."""
    # By the model and no record: that is what the index of the history begins with.
    wanted = [Change.model.in_(sorted(models())), Change.record_id == 0, Change.action.in_((EXPORT, PRINT))]
    if before is not None:
        wanted.append(Change.id < before)
    statement = select(Change.__table__).where(*wanted).order_by(Change.id.desc()).limit(limit)
    return [_exported(env, row) for row in env.connection_of_core.execute(statement)]


def _exported(env: Env, row: Any) -> Exported:
    told = {name: pair[1] for name, pair in row.changes.items()}
    return Exported(
        id=row.id,
        at=row.at,
        user_id=row.user_id,
        what=str(describe(model_of(row.model)).title_plural),
        rows=told.get("rows", 0),
        kind=told.get("format", PAPER if row.action == PRINT else ""),
        columns=told.get("columns", ()),
        filters=[_readable(env, row, text) for text in told.get("filters", ())],
        search=told.get("search") or "",
    )


def _readable(env: Env, row: Any, text: str) -> str:
    """The condition in words; as it was written where the reader, or the product by now, cannot make it out."""
    try:
        found = parse_text(env, model_of(row.model), text)
    except (AppError, LookupError):
        return text
    if isinstance(found, AnyOf):
        groups = (tuple(_told_of(each, row.user_id) for each in group) for group in found.alternatives)
        return AnyOf(tuple(groups)).label(env)
    return _told_of(found, row.user_id).label(env)


def _told_of(condition: Condition, user_id: int) -> Condition:
    """The condition with the one who exported in the place of “me”, which would be the reader."""
    if ME not in condition.raw or condition.field.kind is not Kind.LINK:
        return condition
    pairs = list(zip(condition.raw, condition.values, strict=True))
    values = tuple(user_id if raw == ME else value for raw, value in pairs)
    return replace(condition, raw=tuple(str(user_id) if raw == ME else raw for raw, _value in pairs), values=values)
