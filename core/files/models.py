"""Which record has which file. The content lies in the data folder, under its SHA-256."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import CoreModel
from core.orm.types import Id, ShortText, UTCDateTime

COMPANY = ""
"""The model of files that belong to the company itself; everybody may see them."""

WAITING = "*"
"""The model of files that belong to no record yet."""


class Attachment(CoreModel):
    """A file of a record. Whoever may read the record may read the file; whoever may edit it may remove it.

    An empty `model` marks a file of the company itself, such as its logo. `WAITING` marks one that somebody has sent
    for a field and that no record has yet; nobody else sees it, and it is gone after a day.
    """

    __tablename__ = "core_attachment"
    __table_args__ = (Index("ix_core_attachment_record", "model", "record_id", "id"),)
    __about__ = ("model", "record_id")

    model: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int] = mapped_column(Id)
    field: Mapped[str] = mapped_column(String(60), default="")
    """The field of the record that holds or held the file; empty for those of the tab "Files"."""
    name: Mapped[str] = mapped_column(ShortText(200))
    size: Mapped[int] = mapped_column(BigInteger)
    """In bytes."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    mime: Mapped[str] = mapped_column(String(100))
    """By the content, whatever the name said."""
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deleted_by: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id"))
