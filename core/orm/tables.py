"""Tables that every site has, whatever its addons: versions, settings, lists, numbers, history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import Base, CoreModel
from core.orm.types import Id, Json, ShortText, UTCDateTime


class Version(Base):
    """A counter per thing that workers cache; it grows in the transaction that changes the thing."""

    __tablename__ = "core_version"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, default=0)


class Setting(Base):
    """One setting of the site, as JSON."""

    __tablename__ = "core_setting"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)


class EnabledAddon(Base):
    """An installed addon's state on this site."""

    __tablename__ = "core_addon"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    version: Mapped[str] = mapped_column(String(40), default="")


class HookFailure(Base):
    """An implementation of a hook that has failed `failures` times in a row, or is switched off for that."""

    __tablename__ = "core_hook_failure"

    addon: Mapped[str] = mapped_column(String(60), primary_key=True)
    hook: Mapped[str] = mapped_column(String(60), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    is_off: Mapped[bool] = mapped_column(Boolean, default=False)
    error: Mapped[str] = mapped_column(ShortText(500), default="")
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    """When the present row of failures began; for one that is off, when it was switched off."""


class ListValue(CoreModel):
    """One value of an editable list: an immutable code, a meaning for automations, and what people read."""

    __tablename__ = "core_list_value"
    __table_args__ = (UniqueConstraint("list", "code"),)

    list: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(ShortText(40))
    meaning: Mapped[str] = mapped_column(String(40), default="")
    labels: Mapped[dict[str, str]] = mapped_column(Json)
    """Locale → label; the site's first language always has one."""
    tone: Mapped[str] = mapped_column(String(20), default="neutral")
    position: Mapped[int] = mapped_column(Integer, default=0)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)


class Sequence(Base):
    """The last number given, per series."""

    __tablename__ = "core_sequence"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    last: Mapped[int] = mapped_column(Integer, default=0)


class Change(CoreModel):
    """One entry of a record's history. `changes` maps a field to [before, after], in the form of the API."""

    __tablename__ = "core_change"
    __table_args__ = (Index("ix_core_change_record", "model", "record_id", "id"),)

    model: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int] = mapped_column(Id)
    action: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id"))
    reason: Mapped[str] = mapped_column(ShortText(500), default="")
    changes: Mapped[dict[str, list[Any]]] = mapped_column(Json)


class Deletion(CoreModel):
    """One act of deleting: the record it was aimed at. What it took along carries its id."""

    __tablename__ = "core_deletion"

    model: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id"))


class Idempotent(CoreModel):
    """The answer to a request that carried an `Idempotency-Key`, so that a repetition gets the same one."""

    __tablename__ = "core_idempotent"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(ShortText(200))
    request: Mapped[str] = mapped_column(String(64))
    """SHA-256 of method, path and body: the same key with another request is refused."""
    status: Mapped[int] = mapped_column(Integer)
    body: Mapped[Any] = mapped_column(Json)
    headers: Mapped[dict[str, str]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class SystemAccess(CoreModel):
    """Somebody's request reached beyond what they may see, and why."""

    __tablename__ = "core_system_access"

    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    user_id: Mapped[int | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(ShortText(200))
