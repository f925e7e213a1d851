"""The outline of a value that the reader may not see: enough to recognise it, not enough to learn it."""

from __future__ import annotations

from typing import Any

from core.orm.field import Field

HIDDEN = "○"
NOTHING_OF_IT = HIDDEN * 3


def masked_name(name: str) -> str:
    """First and last character with circles between: 王○明, 台○○○司. The circles do not give the length away."""
    text = name.strip()
    if len(text) < 2:
        return HIDDEN
    if len(text) == 2:
        return text[0] + HIDDEN
    return text[0] + HIDDEN * min(len(text) - 2, 3) + text[-1]


def masked_value(spec: Field, value: Any) -> str:
    """The outline of a field's value; of numbers, dates and choices nothing at all."""
    if value is None or value == "" or value == []:
        return ""
    return masked_name(value) if spec.kind.is_text and isinstance(value, str) else NOTHING_OF_IT
