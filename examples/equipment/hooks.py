"""What happens here when something happens elsewhere, and what other addons are told."""

from __future__ import annotations

from addons.equipment.models import Equipment
from core.api import Env, Model, Transition, hookimpl


@hookimpl
def state_changed(env: Env, record: Model, after: str, transition: Transition) -> None:
    """Tells those who depend on this addon of machines that are retired."""
    if isinstance(record, Equipment) and after == "retired":
        env.hooks.equipment_retired(equipment=record, reason=record.note or "")
