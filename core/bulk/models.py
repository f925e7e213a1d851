"""What was done to many records at once, so that it can be read and undone as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import CoreModel
from core.orm.types import Id, Json, ShortText, UTCDateTime


class BulkAct(CoreModel):
    """One action on many records."""

    __tablename__ = "core_bulk_act"

    model: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(40))
    """The key of the action."""
    details: Mapped[list[str]] = mapped_column(Json)
    """What was asked for, a line per value, in the language of who did it."""
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    job_id: Mapped[int | None] = mapped_column(Id)
    """The job that does it, where it is done in the background."""
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it was asked to be undone; then `undo_job_id` is the job that does that, if there is one."""
    undo_job_id: Mapped[int | None] = mapped_column(Id)


class BulkRecord(CoreModel):
    """What became of one record: it was changed, or deleted, or there is a `problem`."""

    __tablename__ = "core_bulk_record"
    __table_args__ = (Index("ix_core_bulk_record_act", "act_id", "id"),)

    act_id: Mapped[int] = mapped_column(Id, ForeignKey("core_bulk_act.id", ondelete="CASCADE"))
    record_id: Mapped[int] = mapped_column(Id)
    name: Mapped[str] = mapped_column(ShortText(200), default="")
    """What it was called, where something has to be told of it."""
    changes: Mapped[dict[str, list[Any]] | None] = mapped_column(Json)
    """Field → [before, after], as in the history."""
    deletion: Mapped[int | None] = mapped_column(Id)
    """The act of deleting that took it."""
    problem: Mapped[str] = mapped_column(ShortText(500), default="")
    """Why nothing was done to it, in the language of who asked for it."""
    undone: Mapped[bool] = mapped_column(default=False)
    kept: Mapped[str] = mapped_column(ShortText(500), default="")
    """Why it, or a part of it, was not undone."""
