"""A contact's list, form and page."""

from __future__ import annotations

from addons.customer.models import Contact, Visit
from core.api import DetailPage, FormPage, ListPage, Section, Tab, TimelineSource, _

CONTACT = [
    ListPage(
        model=Contact,
        columns=("name", "customer_id", "job_title", "role", "mobile", "email", "is_primary"),
        filters=("customer_id", "role", "is_primary", "customer.level", "customer.region", "birthday"),
        quick_filters={
            "primary": (_("Primary contacts"), ("is_primary:is:yes",)),
        },
        card=("customer_id", "mobile"),
        sort="name",
        empty=_("Here are the people who work at your customers. Add the first one from a customer's page."),
    ),
    FormPage(
        model=Contact,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=("name", "customer_id", "job_title", "role", "is_primary"),
            ),
            Section(
                key="reach",
                label=_("How to reach them"),
                fields=("mobile", "phone", "email", "line_id"),
            ),
            Section(key="more", label=_("More"), fields=("birthday", "note")),
        ),
    ),
    DetailPage(
        model=Contact,
        pills=("role",),
        header=("customer_id", "job_title", "mobile"),
        side=(
            Section(
                key="reach",
                label=_("How to reach them"),
                fields=("mobile", "phone", "email", "line_id"),
            ),
            Section(key="facts", label=_("Key facts"), fields=("customer_id", "is_primary", "birthday")),
        ),
    ),
    Tab(
        place="contact.detail.tabs",
        key="visits",
        label=_("Visits"),
        children=Visit,
        via="contact_id",
        columns=("visited_at", "method", "content", "owner_id", "next_contact_on"),
    ),
    TimelineSource(
        model=Contact,
        children=Visit,
        via="contact_id",
        at="visited_at",
        body="content",
        icon="message",
        who="owner_id",
        facts=("method", "next_contact_on"),
    ),
]
