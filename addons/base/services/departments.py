"""Departments form a tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Department, Message, Records, _


class Departments(Records[Department]):
    """Departments. None lies within itself."""

    model = Department

    def validate(self, values: Mapping[str, Any], record: Department | None) -> dict[str, Message]:
        """Refuses a circle: it would make "department and below" mean nothing."""
        problems = super().validate(values, record)
        below = self.env.actor.organisation.below(record.id) if record is not None else frozenset()
        if values.get("parent_id") in below:
            problems["parent_id"] = _("A department cannot lie within itself.")
        return problems
