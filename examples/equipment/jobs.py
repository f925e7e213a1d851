"""Work in the background."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from addons.equipment.models import Equipment
from core.api import Env, _, job, ngettext, schedule

AHEAD = timedelta(days=30)


@schedule(cron="0 6 * * *")
@job("equipment.warranty_ends")
def warranty_ends(env: Env) -> None:
    """Every morning at six: tells technicians of the machines in service whose warranty ends in a month."""
    ending = select(Equipment).where(
        Equipment.warranty_until == env.today + AHEAD, Equipment.state == "in_service", Equipment.owner_id.is_not(None)
    )
    for machine in env.session.scalars(ending):
        assert machine.owner_id is not None
        env.notify(
            [machine.owner_id],
            _("The warranty of {record} ends in a month"),
            kind="equipment.warranty",
            about=machine,
            many=lambda count: ngettext(
                "The warranty of {count} machine ends in a month",
                "The warranty of {count} machines ends in a month",
                count,
            ),
        )
