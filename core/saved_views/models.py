"""The table of saved views."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import CoreModel
from core.orm.types import Id, Json, ShortText, UTCDateTime


class SavedView(CoreModel):
    """A list with a name: what it is filtered and sorted by, its columns, and who may use it."""

    __tablename__ = "core_saved_view"

    model: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(ShortText(100))
    owner_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"), index=True)
    audience: Mapped[str] = mapped_column(String(20))
    audience_id: Mapped[int | None] = mapped_column(Id)
    """The role or department whose people share it."""
    query: Mapped[dict[str, Any]] = mapped_column(Json)
    position: Mapped[int] = mapped_column(Integer)
    is_default: Mapped[bool] = mapped_column(Boolean)
    """Whether everybody who may use it begins with it; at most one per model."""
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id", ondelete="SET NULL"))
