"""The transitions that wait for somebody's decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import CoreModel
from core.orm.types import Id, Json, ShortText, UTCDateTime


class WaitingTransition(CoreModel):
    """A transition that was asked for and waits. A record waits for one at a time, of one or several deciders."""

    __tablename__ = "core_waiting_transition"
    __table_args__ = (
        UniqueConstraint("reference"),
        Index("ix_core_waiting_transition_record", "model", "record_id"),
    )

    model: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int] = mapped_column(Id)
    transition: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[dict[str, Any]] = mapped_column(Json)
    reference: Mapped[str] = mapped_column(ShortText(200))
    """The id of the `Pending`, which is its addon's own."""
    url: Mapped[str] = mapped_column(String(300), default="")
    requested_by: Mapped[int | None] = mapped_column(Id, ForeignKey("core_user.id"))
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
