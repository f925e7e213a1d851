"""Machines at customers, and the checks that are made on them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped

from core.api import (
    Choice,
    Field,
    Follower,
    Follows,
    Kind,
    LongText,
    Model,
    Money,
    State,
    Transition,
    Workflow,
    _,
    field,
)

RESULTS = {"planned": _("Planned"), "passed": _("Passed"), "failed": _("Failed")}

STATES = (
    State("installed", _("Installed"), tone="accent"),
    State("in_service", _("In service"), tone="positive"),
    State("retired", _("Retired")),
)

TRANSITIONS = (
    Transition(
        "start",
        _("Put into service"),
        source=("installed",),
        target="in_service",
        required=("serial", "installed_on"),
        done=_("Put into service"),
        icon="player-play",
        is_primary=True,
        bulk=True,
    ),
    Transition(
        "stop",
        _("Take out of service"),
        source=("in_service",),
        target="installed",
        done=_("Taken out of service"),
        icon="player-pause",
    ),
    Transition(
        "retire",
        _("Retire"),
        source=("installed", "in_service"),
        target="retired",
        grant="retire",
        arguments=(Field(Kind.TEXT, _("Reason"), name="reason", required=True, max_length=200),),
        done=_("Retired"),
        icon="archive",
        tone="negative",
    ),
)


class Equipment(Follower, Model):
    """A machine at a customer. Whoever may see the customer may see it."""

    __tablename__ = "equipment"
    __title__ = _("Machine")
    __title_plural__ = _("Machines")
    __access__ = Follows("customer_id", owner="owner_id")
    __icon__ = "box"
    __sort__ = "name"
    __workflow__ = Workflow(
        "state",
        states=STATES,
        transitions=TRANSITIONS,
        locked=("retired",),
        open_fields=("note",),
        locked_children=("equipment_check.equipment_id",),
    )

    number: Mapped[str | None] = field(
        String(20),
        label=_("Machine number"),
        template="EQ-{yyyy}{mm}-{####}",
        number_at="start",
        readonly=True,
        unique=True,
        search=True,
    )
    name: Mapped[str] = field(String(100), label=_("Machine"), required=True, search=True, sort=True)
    customer_id: Mapped[int] = field(ForeignKey("customer.id", ondelete="CASCADE"), label=_("Customer"), required=True)
    state: Mapped[str] = field(Choice(), label=_("State"), required=True, index=True)
    kind: Mapped[str | None] = field(Choice(), label=_("Kind"), list="equipment.kind", index=True)
    serial: Mapped[str | None] = field(String(60), label=_("Serial number"), search=True)
    value: Mapped[Decimal | None] = field(Money, label=_("Value"), minimum=0)
    installed_on: Mapped[date | None] = field(Date, label=_("Installed on"), sort=True)
    warranty_until: Mapped[date | None] = field(Date, label=_("Warranty until"), readonly=True, sort=True)
    """Two years from the day on which it was put into service."""
    owner_id: Mapped[int | None] = field(ForeignKey("core_user.id"), label=_("Technician"))
    note: Mapped[str | None] = field(LongText, label=_("Note"))


class EquipmentCheck(Follower, Model):
    """A check of a machine, planned or made."""

    __tablename__ = "equipment_check"
    __title__ = _("Check")
    __title_plural__ = _("Checks")
    __access__ = Follows("equipment_id")
    __display__ = "result"
    __icon__ = "checklist"
    __sort__ = "-due_on"

    equipment_id: Mapped[int] = field(ForeignKey("equipment.id", ondelete="CASCADE"), label=_("Machine"), required=True)
    due_on: Mapped[date] = field(Date, label=_("Due on"), required=True, sort=True, due=True)
    result: Mapped[str] = field(Choice(), label=_("Result"), options=RESULTS, required=True, default="planned")
    note: Mapped[str | None] = field(LongText, label=_("Note"))
