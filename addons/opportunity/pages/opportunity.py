"""An opportunity's list, board, form and page."""

from __future__ import annotations

from addons.customer.models import Visit
from addons.opportunity.models import Opportunity, OpportunityStageChange
from core.api import (
    AnalysisPage,
    BoardPage,
    CalendarPage,
    Composer,
    DetailPage,
    Env,
    FormPage,
    ListPage,
    Notice,
    Section,
    Tab,
    Text,
    _,
    files_tab,
    ngettext,
    pgettext,
)


def _too_long(env: Env, record: Opportunity) -> Text | None:
    """In its stage for longer than the stage allows."""
    if record.state != "open" or record.stale_on is None or record.stale_on >= env.today:
        return None
    days = (env.today - record.stage_since.astimezone(env.company_timezone).date()).days
    return ngettext(
        "In this stage for {count} day: that is too long. Move it on, put it on hold or close it.",
        "In this stage for {count} days: that is too long. Move it on, put it on hold or close it.",
        days,
    )


def _close_passed(env: Env, record: Opportunity) -> Text | None:
    if record.state != "open" or record.expected_close_on is None or record.expected_close_on >= env.today:
        return None
    return _("The expected close has passed. Close it, or expect it for another day.")


OPPORTUNITY = [
    ListPage(
        model=Opportunity,
        columns=(
            "name",
            "customer_id",
            "stage_id",
            "state",
            "amount",
            "probability",
            "forecast",
            "expected_close_on",
            "owner_id",
            "stale_on",
        ),
        filters=(
            "pipeline_id",
            "stage_id",
            "state",
            "owner_id",
            "customer_id",
            "amount",
            "expected_close_on",
            "closed_on",
            "stale_on",
            "lost_reason",
            "source",
            "customer.level",
        ),
        quick_filters={
            "open": (pgettext("opportunities", "Open"), ("state:is:open",)),
            "mine": (_("Mine"), ("owner_id:is:me", "state:is:open")),
            "stale": (_("Stale"), ("state:is:open", "stale_on:lt:today")),
            "month": (_("To close this month"), ("state:is:open", "expected_close_on:is:this_month")),
            "won": (pgettext("opportunities", "Won"), ("state:is:won",)),
            "lost": (pgettext("opportunities", "Lost"), ("state:is:lost",)),
        },
        card=("customer_id", "amount"),
        sort="-expected_close_on",
        empty=_("Here is what customers might buy. Begin with “New opportunity” on a customer's page."),
    ),
    BoardPage(
        model=Opportunity,
        by="stage_id",
        group="pipeline_id",
        tone="tone",
        filters=("state:in:open|on_hold",),
        card=("customer_id", "state", "amount", "expected_close_on", "owner_id", "stale_on"),
        sum="amount",
    ),
    CalendarPage(model=Opportunity, at="expected_close_on", also=("closed_on", "stale_on"), colour="state"),
    AnalysisPage(
        model=Opportunity,
        by=("stage_id", "state", "lost_reason", "source", "owner_id", "closed_on", "pipeline_id"),
    ),
    FormPage(
        model=Opportunity,
        sections=(
            Section(
                key="main",
                label=_("Basic data"),
                fields=("name", "customer_id", "contact_id", "source", "owner_id"),
            ),
            Section(
                key="sales",
                label=_("Progress"),
                fields=("pipeline_id", "stage_id", "amount", "expected_close_on"),
            ),
            Section(key="note", label=_("Note"), fields=("note",)),
        ),
    ),
    DetailPage(
        model=Opportunity,
        pills=("state",),
        header=("customer_id", "stage_id", "amount", "expected_close_on", "owner_id"),
        side=(
            Section(
                key="progress",
                label=_("Progress"),
                fields=("pipeline_id", "stage_id", "stage_since", "stale_on", "expected_close_on", "closed_on"),
            ),
            Section(key="money", label=_("Forecast"), fields=("amount", "probability", "forecast")),
            Section(
                key="facts",
                label=_("Key facts"),
                fields=("customer_id", "contact_id", "source", "lost_reason", "lost_note", "note"),
            ),
        ),
        composer=Composer(
            model=Visit,
            via="opportunity_id",
            label=_("Record a visit…"),
            fields=("method", "next_contact_on", "content", "visited_at", "contact_id"),
            chips=("method", "next_contact_on"),
            phrases={"content": "visit.phrase"},
        ),
    ),
    Tab(
        place="opportunity.detail.tabs",
        key="visits",
        label=_("Visits"),
        children=Visit,
        via="opportunity_id",
        columns=("visited_at", "method", "content", "contact_id", "owner_id", "next_contact_on"),
    ),
    Tab(
        place="opportunity.detail.tabs",
        key="stages",
        label=_("Stages so far"),
        after="visits",
        children=OpportunityStageChange,
        via="opportunity_id",
        columns=("changed_at", "from_stage_id", "to_stage_id", "by_id", "days"),
    ),
    files_tab("opportunity.detail.tabs"),
    Notice(
        place="opportunity.detail",
        key="stale",
        text=_too_long,
        fields=("state", "stale_on", "stage_since"),
    ),
    Notice(
        place="opportunity.detail",
        key="close_passed",
        text=_close_passed,
        fields=("state", "expected_close_on"),
    ),
]
