"""Machines for the demo company."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from addons.customer.models import Customer
from addons.equipment.models import Equipment, EquipmentCheck
from core.api import Env

NAMES = (
    ("machine_tool", "五軸加工機 VMX-500"),
    ("machine_tool", "CNC 車床 T-200"),
    ("server", "機架伺服器 R740"),
    ("printer", "彩色影印機 C3520"),
    ("printer", "標籤列印機 L-80"),
    ("server", "備份伺服器 B-16"),
)
NUMBER = 40


def load(env: Env) -> None:
    """Machines at the first customers: most of them in service, some just delivered, a few retired."""
    customers = env.session.scalars(select(Customer).order_by(Customer.id).limit(NUMBER)).all()
    for place, customer in enumerate(customers):
        machine = _machine(env, place, customer)
        if place % 4:
            env.workflow.perform(machine, "start")
        if place % 10 == 9:
            env.workflow.perform(machine, "retire", reason="已汰換")
        elif place % 5 == 2:
            env.records(EquipmentCheck).create(
                {"equipment_id": machine.id, "due_on": env.today + timedelta(days=place), "result": "planned"}
            )


def _machine(env: Env, place: int, customer: Customer) -> Equipment:
    kind, name = NAMES[place % len(NAMES)]
    return env.records(Equipment).create(
        {
            "name": name,
            "kind": kind,
            "customer_id": customer.id,
            "serial": f"SN{20260 + place * 37}",
            "value": Decimal(180_000 + place * 12_500),
            "installed_on": env.today - timedelta(days=30 + 11 * place),
            "owner_id": customer.owner_id,
        }
    )
