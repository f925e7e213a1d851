"""What the addon has to say when others save."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from addons.sheet.models import Sheet
from core.api import Env, Message, Model, Text, hookimpl


@hookimpl
def validate(
    env: Env, model: type[Model], values: Mapping[str, Any], record: Model | None
) -> dict[str, Message] | None:
    """Refuses gifts that have a price."""
    if model is not Sheet:
        return None
    gifts = [number for number, line in enumerate(values["lines"]) if line["is_gift"] and line["price"]]
    return {f"lines.{number}.price": Text("A gift costs nothing.") for number in gifts}
