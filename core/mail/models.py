"""The messages of a site, sent or kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import CoreModel
from core.orm.types import LongText, UTCDateTime


class MessageState(StrEnum):
    """`kept` means that no mail server is set up: administrators can read the message."""

    QUEUED = "queued"
    SENT = "sent"
    KEPT = "kept"
    FAILED = "failed"


class Message(CoreModel):
    """One message to one address."""

    __tablename__ = "core_message"
    __table_args__ = (Index("ix_core_message_created_at", "created_at"),)

    to: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(LongText)
    html: Mapped[str | None] = mapped_column(LongText)
    state: Mapped[str] = mapped_column(String(16))
    error: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
