"""A customer's list, form and page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from addons.customer.models import Contact, Customer, OwnershipPeriod, Visit
from addons.customer.services import Visits
from core.api import (
    AnalysisPage,
    BoardPage,
    CalendarPage,
    Composer,
    DetailPage,
    FormPage,
    ListPage,
    Section,
    Tab,
    TimelineSource,
    _,
    files_tab,
    pgettext,
)

if TYPE_CHECKING:
    from core.api import Env


def _usual(env: Env, customer: Customer) -> Mapping[str, Any]:
    """A visit is most often made in the way of those before it."""
    return env.service(Visits).usual()


CUSTOMER = [
    ListPage(
        model=Customer,
        columns=(
            "name",
            "level",
            "status",
            "owner_id",
            "last_visit_on",
            "next_contact_on",
            "region",
            "industry",
            "phone",
        ),
        filters=(
            "level",
            "status",
            "industry",
            "region",
            "source",
            "owner_id",
            "next_contact_on",
            "last_visit_on",
            "received_on",
            "deal_on",
            "tags",
            "kind",
            "parent_id",
        ),
        quick_filters={
            "mine": (_("Mine"), ("owner_id:is:me",)),
            "week": (_("To contact this week"), ("next_contact_on:is:this_week",)),
            "overdue": (_("Overdue"), ("next_contact_on:lt:today",)),
            "unvisited": (_("Never visited"), ("last_visit_on:empty:yes",)),
            "unowned": (_("Without an owner"), ("owner_id:empty:yes",)),
        },
        card=("level", "next_contact_on"),
        sort="name",
        empty=_("Here are the companies and people you sell to. Add the first one, or import a list."),
    ),
    BoardPage(model=Customer, by="status", card=("level", "owner_id", "next_contact_on", "region")),
    CalendarPage(model=Customer, at="next_contact_on", also=("last_visit_on", "received_on"), colour="level"),
    AnalysisPage(model=Customer, by=("status", "level", "region", "industry", "source", "received_on", "owner_id")),
    FormPage(
        model=Customer,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=(
                    "name",
                    "short_name",
                    "kind",
                    "tax_id",
                    "level",
                    "status",
                    "industry",
                    "parent_id",
                    "tags",
                ),
            ),
            Section(
                key="contact",
                label=_("How to reach them"),
                fields=("phone", "email", "website", "region", "address"),
            ),
            Section(
                key="sales",
                label=_("Sales"),
                fields=(
                    "owner_id",
                    "source",
                    "received_on",
                    "next_contact_on",
                    "deal_on",
                    "locked_until",
                ),
            ),
            Section(key="note", label=_("Note"), fields=("note",)),
        ),
    ),
    DetailPage(
        model=Customer,
        number="number",
        pills=("level", "status"),
        header=("owner_id", "phone", "last_visit_on", "next_contact_on"),
        side=(
            Section(key="next", label=_("Next step"), fields=("next_contact_on", "last_visit_on")),
            Section(
                key="facts",
                label=_("Key facts"),
                fields=("level", "status", "industry", "region", "source", "tags", "parent_id"),
            ),
            Section(
                key="reach",
                label=_("How to reach them"),
                fields=("phone", "email", "website", "address", "tax_id"),
            ),
        ),
        composer=Composer(
            model=Visit,
            via="customer_id",
            label=_("Record a visit…"),
            fields=("method", "next_contact_on", "content", "visited_at", "contact_id", "photo"),
            chips=("method", "next_contact_on"),
            phrases={"content": "visit.phrase"},
            offer=_usual,
        ),
    ),
    Tab(
        place="customer.detail.tabs",
        key="contacts",
        label=_("Contacts"),
        children=Contact,
        via="customer_id",
        columns=("name", "job_title", "role", "mobile", "email", "is_primary"),
    ),
    Tab(
        place="customer.detail.tabs",
        key="visits",
        label=_("Visits"),
        after="contacts",
        children=Visit,
        via="customer_id",
        columns=("visited_at", "method", "content", "contact_id", "owner_id", "next_contact_on", "photo"),
    ),
    Tab(
        place="customer.detail.tabs",
        key="activity",
        label=_("Activity"),
        after="visits",
        children=Visit,
        via="customer_id",
        is_analysis=True,
    ),
    Tab(
        place="customer.detail.tabs",
        key="group",
        label=pgettext("companies", "Group"),
        after="activity",
        children=Customer,
        via="parent_id",
        columns=("name", "level", "status", "owner_id", "last_visit_on"),
    ),
    Tab(
        place="customer.detail.tabs",
        key="ownership",
        label=_("Ownership"),
        after="group",
        children=OwnershipPeriod,
        via="customer_id",
        columns=("owner_id", "since", "until", "by_id", "rule", "reason"),
    ),
    files_tab("customer.detail.tabs", after="group"),
    TimelineSource(
        model=Customer,
        children=Visit,
        via="customer_id",
        at="visited_at",
        body="content",
        icon="message",
        who="owner_id",
        facts=("method", "contact_id", "next_contact_on"),
        picture="photo",
    ),
]
