"""What was taken in from files, so that it can go on after a crash, be explained, and be taken back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.orm.model import CoreModel
from core.orm.types import Id, Json, ShortText, UTCDateTime


class ImportState(StrEnum):
    """`draft` is being prepared; `checked` has been tried without writing; `undone` has been taken back."""

    DRAFT = "draft"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class Mode(StrEnum):
    """What becomes of a row, by whether a record with its key is there already."""

    CREATE = "create"
    """Only new ones are made; a row whose record is there is left out."""
    UPDATE = "update"
    """Only records that are there are changed; a row without one is left out."""
    BOTH = "both"


class Import(CoreModel):
    """One file that somebody takes in, with everything that was chosen for it."""

    __tablename__ = "core_import"
    __table_args__ = (Index("ix_core_import_user", "user_id", "id"),)

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"))
    model: Mapped[str] = mapped_column(String(60))
    """The model that a row is about first; columns may go into what belongs to it as well."""
    name: Mapped[str] = mapped_column(ShortText(200))
    """The file's own name."""
    stored: Mapped[str] = mapped_column(String(64))
    """Its name in the data folder."""
    table: Mapped[dict[str, Any]] = mapped_column(Json)
    """How to read it: `sheet`, `encoding`, `delimiter`, `header_row`."""
    heads: Mapped[list[str]] = mapped_column(Json)
    sample: Mapped[dict[str, Any]] = mapped_column(Json)
    """What the file looks like, by `sample_of`; with `guessed`, the columns as they were found out at first."""
    columns: Mapped[dict[str, str]] = mapped_column(Json)
    """Place of a column, from 0, as text → `model.field`."""
    choices: Mapped[dict[str, dict[str, str]]] = mapped_column(Json)
    """`model.field` → text in a cell → code of the list."""
    keys: Mapped[list[str]] = mapped_column(Json)
    """The fields `model.field` by which a row finds its record; all of them must agree."""
    mode: Mapped[str] = mapped_column(String(10), default=Mode.CREATE.value)
    day_first: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default=ImportState.DRAFT.value)
    counts: Mapped[dict[str, int]] = mapped_column(Json)
    """`rows`, `created`, `updated`, `unchanged`, `skipped`, `refused`; after undoing `undone` and `kept`."""
    job_id: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ImportedRecord(CoreModel):
    """A record that an import made or changed."""

    __tablename__ = "core_imported_record"
    __table_args__ = (Index("ix_core_imported_record_import", "import_id", "id"),)

    import_id: Mapped[int] = mapped_column(Id, ForeignKey("core_import.id", ondelete="CASCADE"))
    row: Mapped[int] = mapped_column(Integer)
    model: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int] = mapped_column(Id)
    version: Mapped[int] = mapped_column(Integer)
    """The record's version when the import had written it."""
    changes: Mapped[dict[str, list[Any]] | None] = mapped_column(Json)
    """Field → [before, after] of a record that was there before; none for a new one."""


class RefusedRow(CoreModel):
    """A row that was not taken in. `problems` maps the place of a column, or "" for the row, to a message."""

    __tablename__ = "core_refused_row"
    __table_args__ = (Index("ix_core_refused_row_import", "import_id", "row"),)

    import_id: Mapped[int] = mapped_column(Id, ForeignKey("core_import.id", ondelete="CASCADE"))
    row: Mapped[int] = mapped_column(Integer)
    cells: Mapped[list[Any]] = mapped_column(Json)
    problems: Mapped[dict[str, Any]] = mapped_column(Json)
    """Messages in the form of `Text.as_json`."""


class ImportMemory(CoreModel):
    """Where a user put a column of this name the last time."""

    __tablename__ = "core_import_memory"
    __table_args__ = (UniqueConstraint("user_id", "model", "head"),)

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("core_user.id", ondelete="CASCADE"))
    model: Mapped[str] = mapped_column(String(60))
    head: Mapped[str] = mapped_column(ShortText(200))
    field: Mapped[str] = mapped_column(String(130))
    choices: Mapped[dict[str, str]] = mapped_column(Json)
