"""The outbox and the schedule: what is to be done, in the same database as what it is about."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Integer, String, column
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import CoreModel
from core.orm.types import Id, Json, LongText, UTCDateTime


class JobState(StrEnum):
    """`queued` waits, `running` is claimed by a worker, `done` is over, `failed` is given up and kept.

    `cancelled` was stopped by who started it.
    """

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class OutboxRow(CoreModel):
    """One job that a transaction asked for."""

    __tablename__ = "core_outbox"
    __table_args__ = (
        Index(
            "ix_core_outbox_open",
            "state",
            "available_at",
            sqlite_where=column("state").in_(["queued", "running"]),
            postgresql_where=column("state").in_(["queued", "running"]),
        ),
        Index("ix_core_outbox_done", "state", "done_at"),
        Index("ix_core_outbox_user", "user_id", "id"),
    )

    job: Mapped[str] = mapped_column(String(100))
    arguments: Mapped[dict[str, Any]] = mapped_column(Json)
    user_id: Mapped[int | None] = mapped_column(Id)
    """Who asked for it; none for the system."""
    state: Mapped[str] = mapped_column(String(16), default=JobState.QUEUED.value)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    available_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """Not before this moment."""
    handed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it was last put on the queue."""
    claim: Mapped[str | None] = mapped_column(String(200))
    """Which process runs it: machine, process id, and a number drawn for this run."""
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """After this moment the run counts as dead."""
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(LongText)
    """The traceback of the last failed attempt."""
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it was first claimed."""
    done_count: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int | None] = mapped_column(Integer)
    """How much there is to do, where the job knows."""
    note: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What it is doing at this moment: a text in the form of `Text.as_json`."""
    checkpoint: Mapped[Any | None] = mapped_column(Json)
    """Where the next attempt goes on."""
    cancel_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When somebody asked a running job to stop."""
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What came of it, in the form of `Result.as_json`."""
    failure: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Why it was given up, as a text that people understand."""


class ScheduleRow(CoreModel):
    """When a scheduled job is due next."""

    __tablename__ = "core_schedule"

    name: Mapped[str] = mapped_column(String(100), unique=True)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
