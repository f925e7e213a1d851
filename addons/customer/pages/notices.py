"""The next sensible step, said on top of a customer's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from addons.customer.models import Contact, Customer
from core.i18n import Text, _, ngettext
from core.pages.nodes import Notice

if TYPE_CHECKING:
    from core.env import Env


def next_step(env: Env, customer: Customer) -> Text | None:
    """The most urgent of what is missing: an overdue contact, an owner, a contact person, a first visit."""
    overdue = (env.today - customer.next_contact_on).days if customer.next_contact_on else 0
    if overdue > 0:
        return ngettext(
            "The next contact has been overdue for {count} day. Get in touch, then record the visit.",
            "The next contact has been overdue for {count} days. Get in touch, then record the visit.",
            overdue,
        )
    if customer.owner_id is None:
        return _("Nobody looks after this customer. Assign it to somebody.")
    if not _has_contact(env, customer):
        return _("There is no contact yet. Add the person you talk to.")
    if customer.last_visit_on is None:
        return _("This customer has never been visited. Record the first visit or call.")
    if customer.next_contact_on is None:
        return _("No next contact is planned. Set a date so that the customer is not forgotten.")
    return None


def _has_contact(env: Env, customer: Customer) -> bool:
    found = env.session.scalar(select(Contact.id).where(Contact.customer_id == customer.id).limit(1))
    return found is not None


NOTICES = [Notice(place="customer.detail", key="next_step", text=next_step)]
