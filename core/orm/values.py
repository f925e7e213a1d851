"""Values as JSON knows them: the one form used by history, the API, cursors and jobs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from core.orm.field import Field, Kind


def to_json(value: Any) -> Any:
    """Decimals as strings without trailing zeros, moments as ISO 8601 in UTC ending in Z, dates as ISO dates."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_json(spec: Field, value: Any) -> Any:
    """A value of the history as Python has it; None for what no longer fits the field's kind."""
    if value is None:
        return None
    try:
        if spec.kind.is_number:
            return int(value) if spec.kind is Kind.INTEGER else Decimal(value)
        if spec.kind is Kind.DATE:
            return date.fromisoformat(value)
        if spec.kind is Kind.DATE_TIME:
            return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, TypeError, ArithmeticError):
        return None
    if spec.kind is Kind.LINK or spec.kind.is_file:
        return value if isinstance(value, int) else None
    return value


def decimal_text(value: Decimal) -> str:
    """Plain notation, no exponent, no trailing zeros: 1200, 12.5, 0."""
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
