"""Where quotes and orders begin: on the pages of customers and opportunities."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from addons.customer.models import Contact, Customer
from addons.opportunity.models import Opportunity
from addons.sales.models import Order, Quote
from addons.sales.pages.totals import OF_ORDERS, OF_QUOTES
from core.api import Action, Env, Tab, TimelineSource, _


def _of_customer(env: Env, customer: Customer) -> str:
    """The form of a quote, with what is known of the customer filled in."""
    return _form(env, {"customer_id": customer.id}, back=f"/customer/{customer.id}/tab/quotes")


def _of_opportunity(env: Env, opportunity: Opportunity) -> str:
    """The form of a quote, with what is known of the opportunity filled in."""
    known = {"customer_id": opportunity.customer_id, "opportunity_id": opportunity.id, "name": opportunity.name}
    if opportunity.contact_id is not None:
        known |= {"contact_id": opportunity.contact_id}
    return _form(env, known, back=f"/opportunity/{opportunity.id}/tab/quotes")


def _form(env: Env, known: dict[str, Any], *, back: str) -> str:
    if "contact_id" not in known and env.actor.may("contact", "read"):
        of_customer = select(Contact.id).where(Contact.customer_id == known["customer_id"])
        primary = env.session.scalar(of_customer.order_by(Contact.is_primary.desc(), Contact.id).limit(1))
        known |= {"contact_id": primary} if primary is not None else {}
    return f"/quote/new?{urlencode(known | {'next': back})}"


def _may_quote(env: Env, record: Any) -> bool:
    return env.actor.may("quote", "create")


BEGINNING = [
    *(
        Action(
            key="new_quote",
            model=model,
            label=_("New quote"),
            icon="file-text",
            run=run,
            grant="read",
            when=_may_quote,
            is_primary=True,
            before="plan" if model is Customer else "",
        )
        for model, run in ((Customer, _of_customer), (Opportunity, _of_opportunity))
    ),
    *(
        Tab(
            place=f"{place}.detail.tabs",
            key=key,
            label=label,
            after=after if place == "customer" else "",
            children=children,
            via=f"{place}_id",
            columns=("name", "number", "state", "total", last, "dated_on"),
            totals=totals,
        )
        for place in ("customer", "opportunity")
        for key, label, children, last, after, totals in (
            ("quotes", _("Quotes"), Quote, "valid_until", "opportunities", OF_QUOTES),
            ("orders", _("Orders"), Order, "outstanding_total", "quotes", OF_ORDERS),
        )
    ),
    *(
        TimelineSource(
            model=Customer,
            children=children,
            via="customer_id",
            at="created_at",
            body="name",
            icon=icon,
            who="owner_id",
            facts=("number", "state", "total"),
        )
        for children, icon in ((Quote, "file-text"), (Order, "shopping-cart"))
    ),
]
