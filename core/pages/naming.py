"""How a record is called on pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.orm.model import Model, describe
from core.pages.cells import Cells
from core.pages.masks import masked_value
from core.pages.reach import is_masked, visible

if TYPE_CHECKING:
    from core.env import Env

LONGEST = 60


def name_of(env: Env, record: Model, cells: Cells | None = None) -> str:
    """The record's name in one line: its display field, masked as the reader's roles say, or its number."""
    info = describe(type(record))
    spec = visible(env, type(record), info.display)
    fallback = f"{info.title} {record.id}"
    if spec is None:
        return fallback
    value = spec.read(record)
    if is_masked(env, spec):
        return masked_value(spec, value) or fallback
    text = value if isinstance(value, str) and not spec.options else (cells or Cells(env)).plain(spec, value)
    line = " ".join(text.split()) or fallback
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
