"""The notifications of each user."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, column
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import CoreModel
from core.orm.types import Id, Json, UTCDateTime


class Notification(CoreModel):
    """One thing that one user is told.

    What is kept says nothing that depends on rights: `{record}` in the text becomes the name of the record when it
    is read, as far as the reader may see it then.
    """

    __tablename__ = "core_notification"
    __table_args__ = (
        Index("ix_core_notification_user", "user_id", "id"),
        Index(
            "ix_core_notification_unread",
            "user_id",
            sqlite_where=column("read_at").is_(None),
            postgresql_where=column("read_at").is_(None),
        ),
    )

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(60))
    text: Mapped[dict[str, Any]] = mapped_column(Json)
    """In the form of `Text.as_json`."""
    url: Mapped[str] = mapped_column(String(500), default="")
    model: Mapped[str] = mapped_column(String(60), default="")
    record_id: Mapped[int | None] = mapped_column(Id)
    """What it is about, if it is about a record."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When its copy was handed over as an e-mail."""
