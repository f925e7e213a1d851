"""The next sensible step, said on top of a customer's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from addons.customer.models import Contact, Customer
from core.api import Notice, Text, _, ngettext

if TYPE_CHECKING:
    from core.api import Env


def _overdue(env: Env, customer: Customer) -> Text | None:
    days = (env.today - customer.next_contact_on).days if customer.next_contact_on else 0
    if days <= 0:
        return None
    return ngettext(
        "The next contact has been overdue for {count} day. Get in touch, then record the visit.",
        "The next contact has been overdue for {count} days. Get in touch, then record the visit.",
        days,
    )


def _no_owner(env: Env, customer: Customer) -> Text | None:
    return None if customer.owner_id else _("Nobody looks after this customer. Assign it to somebody.")


def _no_contact(env: Env, customer: Customer) -> Text | None:
    if not env.actor.may("contact", "read") or _has_contact(env, customer):
        return None
    return _("There is no contact yet. Add the person you talk to.")


def _never_visited(env: Env, customer: Customer) -> Text | None:
    if customer.last_visit_on is not None:
        return None
    return _("This customer has never been visited. Record the first visit or call.")


def _nothing_planned(env: Env, customer: Customer) -> Text | None:
    if customer.next_contact_on is not None:
        return None
    return _("No next contact is planned. Set a date so that the customer is not forgotten.")


def _has_contact(env: Env, customer: Customer) -> bool:
    found = env.session.scalar(select(Contact.id).where(Contact.customer_id == customer.id).limit(1))
    return found is not None


PLACE = "customer.detail"
NOTICES = [
    Notice(place=PLACE, key="overdue", text=_overdue, fields=("next_contact_on",)),
    Notice(place=PLACE, key="no_owner", text=_no_owner, fields=("owner_id",)),
    Notice(place=PLACE, key="no_contact", text=_no_contact),
    Notice(place=PLACE, key="never_visited", text=_never_visited, fields=("last_visit_on",)),
    Notice(place=PLACE, key="nothing_planned", text=_nothing_planned, fields=("next_contact_on",)),
]
"""The most urgent first; of what is missing, a page says one thing."""
