"""The outline of a value that the reader may not see: enough to recognise it, not enough to learn it."""

from __future__ import annotations

from typing import Any

from core.orm.field import Field
from core.orm.labels import HIDDEN_CHARACTER, mask

NOTHING_OF_IT = HIDDEN_CHARACTER * 3


def masked_value(spec: Field, value: Any) -> str:
    """The outline of a field's value; of numbers, dates and choices nothing at all."""
    if value is None or value == "" or value == []:
        return ""
    return mask(value) if spec.kind.is_text and isinstance(value, str) else NOTHING_OF_IT
