"""The pages of machines and of their checks."""

from __future__ import annotations

from addons.equipment.models import Equipment, EquipmentCheck
from core.api import (
    BoardPage,
    Card,
    DetailPage,
    Env,
    Figure,
    FormPage,
    ListPage,
    ListRequest,
    Menu,
    Section,
    Tab,
    _,
    count,
)


def in_service(env: Env) -> Figure:
    """How many machines the reader sees in service."""
    found = count(env, ListRequest(Equipment, filters=("state:is:in_service",)))
    return Figure(value=found.number, text=_("in service"), url="/equipment?filter=state:is:in_service")


PAGES = [
    ListPage(
        model=Equipment,
        columns=("name", "number", "state", "customer_id", "kind", "value", "installed_on", "warranty_until"),
        filters=("state", "kind", "customer_id", "owner_id", "installed_on", "warranty_until"),
        quick_filters={
            "mine": (_("Mine"), ("owner_id:is:me",)),
            "running": (_("In service"), ("state:is:in_service",)),
        },
        card=("state", "customer_id"),
        sort="name",
        empty=_("Here are the machines that stand at your customers. Add the first one."),
    ),
    BoardPage(model=Equipment, card=("customer_id", "kind", "value", "warranty_until"), sum="value"),
    FormPage(
        model=Equipment,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=("name", "customer_id", "kind", "serial", "value", "installed_on", "owner_id"),
            ),
            Section(key="note", label=_("Note"), fields=("note",)),
        ),
    ),
    DetailPage(
        model=Equipment,
        number="number",
        pills=("state", "kind"),
        header=("customer_id", "owner_id", "warranty_until"),
        side=(
            Section(
                key="facts",
                label=_("Key facts"),
                fields=("serial", "value", "installed_on", "warranty_until", "customer_id", "note"),
            ),
        ),
    ),
    Tab(
        place="equipment.detail.tabs",
        key="checks",
        label=_("Checks"),
        children=EquipmentCheck,
        via="equipment_id",
        columns=("due_on", "result", "note"),
    ),
    FormPage(
        model=EquipmentCheck,
        sections=(Section(key="main", label=_("Basic data"), fields=("equipment_id", "due_on", "result", "note")),),
    ),
    Tab(
        place="customer.detail.tabs",
        key="equipment",
        label=_("Machines"),
        after="visits",
        children=Equipment,
        via="customer_id",
        columns=("name", "state", "kind", "warranty_until"),
    ),
    Menu(group="customers", key="equipment", label=_("Machines"), icon="box", model=Equipment, position=60),
    Card(
        key="machines",
        label=_("Machines in service"),
        figure=in_service,
        grant=("equipment", "read"),
        position=55,
        width=1,
        height=1,
    ),
    Card(
        key="warranty_ends",
        label=_("Warranty ends soon"),
        model=Equipment,
        filters=("state:is:in_service", "warranty_until:ge:today"),
        sort="warranty_until",
        columns=("name", "customer_id", "warranty_until"),
        position=60,
    ),
]
