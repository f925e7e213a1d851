"""What was merged, and what went where, so that it can be undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import CoreModel
from core.orm.types import Id, Json, UTCDateTime


class Merge(CoreModel):
    """One act of merging. `changes` maps a field of the record that stayed to [before, after], as in its history."""

    __tablename__ = "core_merge"
    __table_args__ = (Index("ix_core_merge_survivor", "model", "survivor_id"),)

    model: Mapped[str] = mapped_column(String(60))
    survivor_id: Mapped[int] = mapped_column(Id)
    deletions: Mapped[list[int]] = mapped_column(Json)
    """The acts of deleting that took away the others."""
    changes: Mapped[dict[str, list[Any]]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MergeMove(CoreModel):
    """Rows of one table that pointed at one of the others with one column, and point at the survivor since."""

    __tablename__ = "core_merge_move"

    merge_id: Mapped[int] = mapped_column(Id, ForeignKey("core_merge.id", ondelete="CASCADE"), index=True)
    table: Mapped[str] = mapped_column(String(63))
    column: Mapped[str] = mapped_column(String(63))
    from_id: Mapped[int] = mapped_column(Id)
    keys: Mapped[list[list[Any]]] = mapped_column(Json)
    """The primary keys of the rows."""
