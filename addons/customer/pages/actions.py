"""What can be done with one customer or contact, beside changing its fields."""

from __future__ import annotations

from datetime import date

from addons.customer.models import Contact, Customer
from core.api import Action, Env, Field, Kind, _


def _plan(env: Env, record: Customer, *, next_contact_on: date) -> None:
    env.records(Customer).update(record, {"next_contact_on": next_contact_on})


def _make_primary(env: Env, record: Contact) -> None:
    env.records(Contact).update(record, {"is_primary": True})


ACTIONS = [
    Action(
        key="plan",
        model=Customer,
        label=_("Plan next contact"),
        icon="calendar-event",
        run=_plan,
        grant="edit",
        arguments=(Field(Kind.DATE, _("Next contact"), name="next_contact_on", required=True),),
        chips=("next_contact_on",),
        done=_("The next contact is planned."),
        is_primary=True,
        bulk=True,
    ),
    Action(
        key="make_primary",
        model=Contact,
        label=_("Make primary contact"),
        icon="star",
        run=_make_primary,
        grant="edit",
        when=lambda env, record: not record.is_primary,
        done=_("This is the primary contact now."),
    ),
]
