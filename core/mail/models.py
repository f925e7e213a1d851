"""The messages of a site, sent or kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import CoreModel
from core.orm.types import Id, LongText, ShortText, UTCDateTime


class MessageState(StrEnum):
    """`kept` means that no mail server is set up: administrators can read the message."""

    QUEUED = "queued"
    SENT = "sent"
    KEPT = "kept"
    FAILED = "failed"


class Message(CoreModel):
    """One message. One about a record, which `template` made the document of, is kept for as long as the record is."""

    __tablename__ = "core_message"
    __table_args__ = (
        Index("ix_core_message_created_at", "created_at"),
        Index("ix_core_message_record", "model", "record_id", "id"),
    )
    __about__ = ("model", "record_id")

    to: Mapped[str] = mapped_column(LongText)
    """Addresses, separated by commas."""
    cc: Mapped[str] = mapped_column(LongText, default="")
    reply_to: Mapped[str] = mapped_column(String(320), default="")
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(LongText)
    html: Mapped[str | None] = mapped_column(LongText)
    state: Mapped[str] = mapped_column(String(16))
    error: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id"))
    """Who wrote it; None for the system."""
    model: Mapped[str] = mapped_column(String(60), default="")
    """The key of the model of the record that it is about, "" for none."""
    record_id: Mapped[int] = mapped_column(Id, default=0)
    template: Mapped[str] = mapped_column(String(80), default="")


class MessageFile(CoreModel):
    """A file that goes with a message. The content lies in the data folder, under its SHA-256."""

    __tablename__ = "core_message_file"

    message_id: Mapped[int] = mapped_column(Id, ForeignKey("core_message.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(ShortText(200))
    size: Mapped[int] = mapped_column(BigInteger)
    """In bytes."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    mime: Mapped[str] = mapped_column(String(100))
