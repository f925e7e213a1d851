"""What stands in the way of a machine's transitions, and what they do beside."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from addons.equipment.models import Equipment, EquipmentCheck
from core.api import Env, Text, WorkflowPart, _

WARRANTY = timedelta(days=730)


def no_check_planned(env: Env, record: Equipment) -> Text | None:
    """A machine on which a check is still planned is not retired."""
    planned = select(EquipmentCheck.id).where(
        EquipmentCheck.equipment_id == record.id, EquipmentCheck.result == "planned"
    )
    if env.session.scalar(planned.limit(1)) is None:
        return None
    return _("A check of this machine is still planned.")


def begin_warranty(env: Env, record: Equipment) -> None:
    """The warranty runs from the first day of service; a machine that comes back keeps its own."""
    if record.warranty_until is None:
        record.warranty_until = _first_day(env, record) + WARRANTY


def _first_day(env: Env, record: Equipment) -> date:
    return max(env.today, record.installed_on or env.today)


def note_reason(env: Env, record: Equipment, *, reason: str) -> None:
    """The reason stands in the note, for those who look at the machine later."""
    record.note = "\n".join(filter(None, [record.note, reason]))


WORKFLOWS = [
    WorkflowPart(
        Equipment,
        guards={"retire": no_check_planned},
        effects={"start": begin_warranty, "retire": note_reason},
    ),
]
