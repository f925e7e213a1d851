"""The keys of all records, the pairs that somebody has told apart, and who looked at masked records."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import Base, CoreModel
from core.orm.types import Id, ShortText, UTCDateTime


class DuplicateKey(Base):
    """One key of one record that is not deleted."""

    __tablename__ = "core_duplicate_key"
    __table_args__ = (Index("ix_core_duplicate_key_record", "model", "record_id"), {"sqlite_with_rowid": False})

    model: Mapped[str] = mapped_column(String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(ShortText(100), primary_key=True)
    """By code point, so that keys with one beginning stand together whatever language the database sorts by."""
    record_id: Mapped[int] = mapped_column(Id, primary_key=True)


class DuplicateDenial(Base):
    """Two records that somebody says are not the same, the one with the lower id first."""

    __tablename__ = "core_duplicate_denial"

    model: Mapped[str] = mapped_column(String(60), primary_key=True)
    low_id: Mapped[int] = mapped_column(Id, primary_key=True)
    high_id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id"))


class DuplicateLook(CoreModel):
    """Somebody was told that a record which they may not see resembles what they typed."""

    __tablename__ = "core_duplicate_look"
    __table_args__ = (Index("ix_core_duplicate_look_user", "user_id", "at"),)

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    digest: Mapped[str] = mapped_column(String(32))
    """Of what was typed: the same once more is not counted again."""
