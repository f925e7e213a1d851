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


def known_of_customer(env: Env, customer: Customer) -> dict[str, Any]:
    """What a quote or an order of the customer begins with."""
    return {"customer_id": customer.id} | _primary_contact(env, customer.id)


def known_of_opportunity(env: Env, opportunity: Opportunity) -> dict[str, Any]:
    """What a quote or an order of the opportunity begins with: its own contact, or the customer's."""
    known = {"customer_id": opportunity.customer_id, "opportunity_id": opportunity.id, "name": opportunity.name}
    if opportunity.contact_id is not None:
        return known | {"contact_id": opportunity.contact_id}
    return known | _primary_contact(env, opportunity.customer_id)


def _primary_contact(env: Env, customer: int) -> dict[str, Any]:
    if not env.actor.may("contact", "read"):
        return {}
    of_customer = select(Contact.id).where(Contact.customer_id == customer)
    found = env.session.scalar(of_customer.order_by(Contact.is_primary.desc(), Contact.id).limit(1))
    return {} if found is None else {"contact_id": found}


def _quote_of_customer(env: Env, customer: Customer) -> str:
    return _form(known_of_customer(env, customer), customer)


def _quote_of_opportunity(env: Env, opportunity: Opportunity) -> str:
    return _form(known_of_opportunity(env, opportunity), opportunity)


def _form(known: dict[str, Any], record: Customer | Opportunity) -> str:
    back = f"/{record.key()}/{record.id}/tab/quotes"
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
        for model, run in ((Customer, _quote_of_customer), (Opportunity, _quote_of_opportunity))
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
            offers=known,
        )
        for place, known in (("customer", known_of_customer), ("opportunity", known_of_opportunity))
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
