"""Opportunities on the pages of customers and visits."""

from __future__ import annotations

from urllib.parse import urlencode

from sqlalchemy import select

from addons.customer.models import Contact, Customer
from addons.opportunity.models import Opportunity
from core.api import (
    Action,
    Column,
    Env,
    Filter,
    FormField,
    ListRequest,
    Notice,
    Remedy,
    Tab,
    Text,
    TimelineSource,
    _,
    count,
    ngettext,
)


def _begin(env: Env, customer: Customer) -> str:
    """The form, with what is known of the customer filled in."""
    known = {"customer_id": customer.id, "next": f"/customer/{customer.id}/tab/opportunities"}
    if env.actor.may("contact", "read"):
        of_customer = select(Contact.id).where(Contact.customer_id == customer.id)
        primary = env.session.scalar(of_customer.order_by(Contact.is_primary.desc(), Contact.id).limit(1))
        known |= {"contact_id": primary} if primary is not None else {}
    if customer.owner_id is not None and env.actor.may("opportunity", "assign"):
        # Whoever may give opportunities to others begins them for who looks after the customer.
        known["owner_id"] = customer.owner_id
    return f"/opportunity/new?{urlencode(known)}"


def _stale(env: Env, customer: Customer) -> Text | None:
    if not env.actor.may("opportunity", "read"):
        return None
    wanted = (f"customer_id:is:{customer.id}", "state:is:open", "stale_on:lt:today")
    found = count(env, ListRequest(Opportunity, filters=wanted)).number
    if not found:
        return None
    return ngettext(
        "{count} opportunity has been in its stage for too long.",
        "{count} opportunities have been in their stage for too long.",
        found,
    )


CUSTOMER = [
    Tab(
        place="customer.detail.tabs",
        key="opportunities",
        label=_("Opportunities"),
        before="activity",
        children=Opportunity,
        via="customer_id",
        columns=("name", "stage_id", "state", "amount", "expected_close_on", "owner_id", "stale_on"),
    ),
    TimelineSource(
        model=Customer,
        children=Opportunity,
        via="customer_id",
        at="stage_since",
        body="name",
        icon="target",
        who="owner_id",
        facts=("stage_id", "state", "amount"),
    ),
    Action(
        key="new_opportunity",
        model=Customer,
        label=_("New opportunity"),
        icon="target",
        run=_begin,
        grant="read",
        when=lambda env, customer: env.actor.may("opportunity", "create"),
        is_primary=True,
        before="plan",
    ),
    Notice(
        place="customer.detail",
        key="stale_opportunity",
        text=_stale,
        after="overdue",
        remedy=Remedy(label=_("Look"), link=lambda env, customer: f"/customer/{customer.id}/tab/opportunities"),
    ),
    FormField(place="visit.form.main", name="opportunity_id", after="contact_id"),
    Column(place="visit.list", name="opportunity_id", after="contact_id"),
    Filter(place="visit.list", name="opportunity_id"),
]
