"""The next sensible step, said on top of a customer's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from addons.customer.models import Contact, Customer
from core.api import EDIT, Notice, Remedy, Text, _, alike, ngettext

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


def _never_visited(env: Env, customer: Customer) -> Text | None:
    if customer.last_visit_on is not None:
        return None
    return _("This customer has never been visited. Record the first visit or call.")


def _quiet(env: Env, customer: Customer) -> Text | None:
    """Longer without a visit than is usual for the level, and nothing planned."""
    if customer.last_visit_on is None or customer.next_contact_on is not None:
        return None
    level = env.lists.values("customer.level").get(customer.level or "")
    usual = int(level.meaning) if level is not None and level.meaning.isdecimal() else 0
    days = (env.today - customer.last_visit_on).days
    if level is None or not 0 < usual < days:
        return None
    return _("Quiet for {days} days; {usual} are usual for level {level}.", days=days, usual=usual, level=level.label)


def _nothing_planned(env: Env, customer: Customer) -> Text | None:
    if customer.next_contact_on is not None:
        return None
    return _("No next contact is planned. Set a date so that the customer is not forgotten.")


def _no_contact(env: Env, customer: Customer) -> Text | None:
    if not env.actor.may("contact", "read") or _has_contact(env, customer):
        return None
    return _("There is no contact yet. Add the person you talk to.")


def _no_phone(env: Env, customer: Customer) -> Text | None:
    """Neither the customer nor anybody there can be called."""
    if customer.phone:
        return None
    numbers = or_(Contact.phone.is_not(None), Contact.mobile.is_not(None))
    has_one = select(Contact.id).where(Contact.customer_id == customer.id, numbers).limit(1)
    if env.actor.may("contact", "read") and env.session.scalar(has_one) is not None:
        return None
    return _("There is no phone number yet.")


def _no_tax_id(env: Env, customer: Customer) -> Text | None:
    """An invoice to a company needs it."""
    if customer.tax_id or customer.kind != "company":
        return None
    if customer.status not in env.lists.with_meaning("customer.status", "won"):
        return None
    return _("The unified business number is missing; invoices need it.")


def _resembles(env: Env, customer: Customer) -> Text | None:
    if not env.can(EDIT, customer):
        return None
    found = len(alike(env, customer))
    if not found:
        return None
    return ngettext(
        "{count} other customer is probably the same.", "{count} other customers are probably the same.", found
    )


def _merging(env: Env, customer: Customer) -> str:
    ids = sorted({customer.id, *alike(env, customer)[:4]})
    return f"/customer/merge?ids={'|'.join(map(str, ids))}"


def _has_contact(env: Env, customer: Customer) -> bool:
    found = env.session.scalar(select(Contact.id).where(Contact.customer_id == customer.id).limit(1))
    return found is not None


PLACE = "customer.detail"
_RECORD, _PLAN = Remedy(label=_("Record a visit")), Remedy(label=_("Plan"), action="plan")
NOTICES = [
    Notice(place=PLACE, key="overdue", text=_overdue, fields=("next_contact_on",), remedy=_RECORD),
    Notice(
        place=PLACE,
        key="no_owner",
        text=_no_owner,
        fields=("owner_id",),
        remedy=Remedy(label=_("Assign"), action="assign"),
    ),
    Notice(place=PLACE, key="never_visited", text=_never_visited, fields=("last_visit_on",), remedy=_RECORD),
    Notice(
        place=PLACE,
        key="quiet",
        text=_quiet,
        fields=("last_visit_on", "next_contact_on", "level"),
        remedy=_RECORD,
    ),
    Notice(place=PLACE, key="nothing_planned", text=_nothing_planned, fields=("next_contact_on",), remedy=_PLAN),
    Notice(
        place=PLACE,
        key="no_contact",
        text=_no_contact,
        remedy=Remedy(label=_("Add a contact"), create=Contact, via="customer_id"),
    ),
    Notice(
        place=PLACE,
        key="no_tax_id",
        text=_no_tax_id,
        fields=("tax_id", "kind", "status"),
        remedy=Remedy(label=_("Fill in"), field="tax_id"),
    ),
    Notice(
        place=PLACE,
        key="no_phone",
        text=_no_phone,
        fields=("phone",),
        remedy=Remedy(label=_("Fill in"), field="phone"),
    ),
    Notice(place=PLACE, key="resembles", text=_resembles, remedy=Remedy(label=_("Compare"), link=_merging)),
]
"""The most urgent first; a page says the first few that apply."""
