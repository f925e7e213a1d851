"""What was handed over when somebody left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, column
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import CoreModel
from core.orm.types import Id, Json, UTCDateTime


class Handover(CoreModel):
    """One hand-over. While `done_at` is empty it is the only one of that person."""

    __tablename__ = "core_handover"
    __table_args__ = (
        Index(
            "uq_core_handover_open",
            "user_id",
            unique=True,
            sqlite_where=column("done_at").is_(None),
            postgresql_where=column("done_at").is_(None),
        ),
    )

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"))
    """Who leaves."""
    by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id"))
    """Who started it; none for the command line."""
    plan: Mapped[dict[str, Any]] = mapped_column(Json)
    """A `Plan` as JSON."""
    job_id: Mapped[int | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it ended, or was given up for another one."""
    given: Mapped[dict[str, Any]] = mapped_column(Json)
    """Model → id of the successor → how many records."""
