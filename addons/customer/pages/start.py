"""Where people start: the menu, and the cards of the start page."""

from __future__ import annotations

from addons.customer.models import Contact, Customer, Visit
from core.api import Card, Menu, _

MENU = [
    Menu(
        group="customers",
        key="record_visit",
        label=_("Record a visit"),
        icon="message-plus",
        url="/customer/compose",
        grant=("visit", "create"),
        position=5,
        phone=True,
    ),
    Menu(
        group="customers",
        key="customer",
        label=_("Customers"),
        icon="building",
        model=Customer,
        position=10,
        phone=True,
    ),
    Menu(
        group="customers",
        key="contact",
        label=_("Contacts"),
        icon="address-book",
        model=Contact,
        position=20,
    ),
    Menu(
        group="customers",
        key="visit",
        label=_("Visits"),
        icon="message",
        model=Visit,
        position=30,
        phone=True,
    ),
]

CARDS = [
    Card(
        key="to_contact",
        label=_("To contact today"),
        model=Customer,
        filters=("owner_id:is:me", "next_contact_on:is:today"),
        sort="name",
        columns=("name", "level", "phone", "last_visit_on"),
        position=10,
        height=1,
    ),
    Card(
        key="overdue",
        label=_("Overdue contacts"),
        model=Customer,
        filters=("owner_id:is:me", "next_contact_on:lt:today"),
        sort="next_contact_on",
        columns=("name", "next_contact_on", "phone"),
        position=20,
        height=1,
    ),
    Card(
        key="recent_customers",
        label=_("My recent customers"),
        model=Customer,
        filters=("owner_id:is:me",),
        sort="-last_visit_on",
        columns=("name", "status", "last_visit_on", "next_contact_on"),
        position=30,
        width=4,
        height=1,
    ),
]
