"""Who has taken what out of the site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.access.actor import EXPORT
from core.errors import AppError
from core.orm.filters import parse_text
from core.orm.model import describe, model_of, models
from core.orm.tables import Change

if TYPE_CHECKING:
    from core.env import Env


@dataclass(frozen=True, slots=True)
class Exported:
    """One export. `filters` are readable, as far as the reader may see what they are about."""

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
    wanted = [Change.model.in_(sorted(models())), Change.record_id == 0, Change.action == EXPORT]
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
        kind=told.get("format", ""),
        columns=told.get("columns", ()),
        filters=[_readable(env, row.model, text) for text in told.get("filters", ())],
        search=told.get("search") or "",
    )


def _readable(env: Env, model: str, text: str) -> str:
    """The condition in words; as it was written where the reader, or the product by now, cannot make it out."""
    try:
        return parse_text(env, model_of(model), text).label(env)
    except (AppError, LookupError):
        return text
