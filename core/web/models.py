"""The tables behind signing in: sessions, attempts, and links to set a new password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import CoreModel
from core.orm.types import Id, ShortText, UTCDateTime


class WebSession(CoreModel):
    """Somebody is signed in with a browser. The cookie's token is kept as its SHA-256 only."""

    __tablename__ = "core_web_session"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """To about a minute."""
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    address: Mapped[str] = mapped_column(ShortText(64), default="")
    agent: Mapped[str] = mapped_column(ShortText(300), default="")
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignIn(CoreModel):
    """One attempt to sign in, written before the password is checked. `reason` says why it failed."""

    __tablename__ = "core_sign_in"
    __table_args__ = (
        Index("ix_core_sign_in_username", "username", "at"),
        Index("ix_core_sign_in_address", "address", "at"),
    )

    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    username: Mapped[str] = mapped_column(ShortText(100))
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(ShortText(64), default="")
    succeeded: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(ShortText(40), default="")


class PasswordReset(CoreModel):
    """A link with which its owner may set a new password, once. Its token is kept as its SHA-256 only."""

    __tablename__ = "core_password_reset"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
