"""A visit's list, form and page."""

from __future__ import annotations

from addons.customer.models import Visit
from core.api import AnalysisPage, CalendarPage, DetailPage, FormPage, ListPage, Section, _, files_tab

VISIT = [
    ListPage(
        model=Visit,
        columns=(
            "visited_at",
            "customer_id",
            "method",
            "content",
            "contact_id",
            "owner_id",
            "next_contact_on",
            "photo",
        ),
        filters=("method", "owner_id", "customer_id", "visited_at", "next_contact_on", "photo", "customer.level"),
        quick_filters={
            "mine": (_("Mine"), ("owner_id:is:me",)),
            "week": (_("This week"), ("visited_at:is:this_week",)),
            "month": (_("This month"), ("visited_at:is:this_month",)),
        },
        card=("customer_id", "visited_at"),
        sort="-visited_at",
        empty=_("Here is what was talked about with customers. Record a visit from a customer's page."),
    ),
    CalendarPage(model=Visit, at="visited_at", also=("next_contact_on",), label="customer_id", colour="method"),
    AnalysisPage(model=Visit, by=("visited_at", "method", "owner_id")),
    FormPage(
        model=Visit,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=("customer_id", "contact_id", "method", "visited_at", "content", "photo", "next_contact_on"),
            ),
        ),
    ),
    DetailPage(
        model=Visit,
        pills=("method",),
        header=("customer_id", "visited_at", "owner_id"),
        side=(
            Section(
                key="facts",
                label=_("Key facts"),
                fields=("customer_id", "contact_id", "visited_at", "owner_id", "next_contact_on", "photo"),
            ),
        ),
    ),
    files_tab("visit.detail.tabs"),
]
