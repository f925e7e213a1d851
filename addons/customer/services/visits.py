"""What one may do with visits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.customer.models import Contact, Customer, Visit
from addons.customer.services.stored import forget, locked
from core.api import BadRequest, Changes, ListRequest, Message, Records, _, changes_since, clock, list_page

CLOCKS_DIFFER = timedelta(minutes=5)
LOOKED_AT = 20
"""So many of somebody's last visits say how they usually make them."""


class Visits(Records[Visit]):
    """Visits. Each keeps its customer's last visit and next contact, in the same transaction."""

    model = Visit

    def defaults(self) -> dict[str, Any]:
        """A visit that is being written down has just ended."""
        return super().defaults() | {"visited_at": clock.now().replace(second=0, microsecond=0)}

    def usual(self) -> dict[str, Any]:
        """What the actor's next visit will most likely have: the method of most of their last ones."""
        if not self.env.actor.may("visit", "read") or self.env.user_id is None:
            return {}
        mine = ListRequest(Visit, filters=("owner_id:is:me",), sort="-visited_at", limit=LOOKED_AT)
        try:
            methods = Counter(row.method for row in list_page(self.env, mine, ["method"]).rows)
        except BadRequest:
            # Roles may hide whose visits are whose.
            return {}
        return {"method": methods.most_common(1)[0][0]} if methods else {}

    def validate(self, values: Mapping[str, Any], record: Visit | None) -> dict[str, Message]:
        """A visit lies in the past, what comes next after it, and both with people of the same customer."""
        problems = super().validate(values, record)
        visited_at: datetime | None = values.get("visited_at")
        next_on: date | None = values.get("next_contact_on")
        if visited_at is not None:
            if visited_at > clock.now() + CLOCKS_DIFFER:
                problems["visited_at"] = _("A visit cannot be in the future; plan it as the next contact.")
            elif next_on is not None and next_on < self._day(visited_at):
                problems["next_contact_on"] = _("The next contact cannot be before the visit.")
        if self._names_somebody_else(values, record) and not self._works_there(values):
            problems["contact_id"] = _("This contact belongs to another customer.")
        return problems

    def saved(self, record: Visit, changes: Changes, *, created: bool) -> None:
        """The customer's last visit is the latest of its visits, its next contact what that one agreed on."""
        super().saved(record, changes, created=created)
        if not changes.keys() & {"visited_at", "next_contact_on", "customer_id"}:
            return
        promised = changes.get("next_contact_on", (record.next_contact_on, None))[0]
        before = changes.get("customer_id", (None, None))[0]
        if before not in (None, record.customer_id):
            self._refresh(before, withdrawn=promised)
            promised = None
        self._refresh(record.customer_id, said=record, withdrawn=promised)

    def delete(self, record: Visit, *, version: int | None = None) -> int:
        """Deletes the visit; the one before it becomes the customer's last, and what was planned before it holds."""
        customer_id, promised, planned = record.customer_id, record.next_contact_on, self._planned_before(record)
        act = super().delete(record, version=version)
        self._refresh(customer_id, withdrawn=promised)
        if planned is not None:
            with self.env.system("a visit keeps its customer's dates") as session:
                locked(session, customer_id).next_contact_on = planned
            forget(self.env.session, Customer, {customer_id})
        return act

    def restored(self, record: Visit) -> None:
        """The customer's dates are as if the visit had never been deleted, unless somebody planned otherwise."""
        super().restored(record)
        with self.env.system("a visit keeps its customer's dates") as session:
            before = _latest(session, record.customer_id, without=record.id)
            planned = session.get_one(Customer, record.customer_id).next_contact_on
        is_untouched = planned in (None, before.next_contact_on if before else None)
        self._refresh(record.customer_id, said=record if is_untouched else None)

    def take_over(self, customer_id: int) -> None:
        """Works out last visit and next contact of a customer that has been given visits of others, or lost them.

        What the latest visit agreed on is the next contact; without such a date the one that is planned stays.
        """
        with self.env.system("a visit keeps its customer's dates") as session:
            customer = locked(session, customer_id)
            latest = _latest(session, customer_id)
            customer.last_visit_on = self._day(latest.visited_at) if latest else None
            if latest is not None and latest.next_contact_on is not None:
                customer.next_contact_on = latest.next_contact_on
            session.flush()
        forget(self.env.session, Customer, {customer_id})

    def _refresh(self, customer_id: int, *, said: Visit | None = None, withdrawn: date | None = None) -> None:
        """Works out last visit and next contact anew.

        `said` is the visit just saved: if it is the latest, it decides on the next contact, and one that
        names no date settles a contact that was due. `withdrawn` is what a visit that was deleted, moved or
        changed had agreed on before: it goes, unless the customer's date has been planned otherwise since.
        """
        with self.env.system("a visit keeps its customer's dates") as session:
            customer = locked(session, customer_id)
            latest = _latest(session, customer_id)
            customer.last_visit_on = self._day(latest.visited_at) if latest else None
            if withdrawn is not None and customer.next_contact_on == withdrawn:
                agreed = latest.next_contact_on if latest else None
                customer.next_contact_on = agreed or (said.next_contact_on if said else None)
            if said is not None and latest is not None and latest.id == said.id:
                customer.next_contact_on = self._next_after(customer, said)
            session.flush()
        forget(self.env.session, Customer, {customer_id})

    def _planned_before(self, record: Visit) -> date | None:
        """The next contact that this visit has put aside, if nobody has planned anything since."""
        with self.env.system("a visit keeps its customer's dates") as session:
            customer = session.get_one(Customer, record.customer_id)
            latest = _latest(session, record.customer_id)
            changes = changes_since(self.env, customer, "next_contact_on", made=record)
        if latest is None or latest.id != record.id or len(changes) != 1:
            return None
        before, after = changes[0]
        is_settled = before is not None and after is None and before <= self._day(record.visited_at)
        is_agreed = after is not None and after == record.next_contact_on
        return before if is_settled or is_agreed else None

    def _next_after(self, customer: Customer, visit: Visit) -> date | None:
        if visit.next_contact_on is not None:
            return visit.next_contact_on
        planned = customer.next_contact_on
        return None if planned is not None and planned <= self._day(visit.visited_at) else planned

    def _names_somebody_else(self, values: Mapping[str, Any], record: Visit | None) -> bool:
        """Whether the contact is new to the visit: one who has left since or was deleted stays in what was."""
        if values.get("contact_id") is None:
            return False
        return record is None or any(values.get(n) != getattr(record, n) for n in ("contact_id", "customer_id"))

    def _works_there(self, values: Mapping[str, Any]) -> bool:
        with self.env.system("whose contact this is") as session:
            employer = session.scalar(select(Contact.customer_id).where(Contact.id == values["contact_id"]))
        return employer == values.get("customer_id")

    def _day(self, moment: datetime) -> date:
        """The date of a moment where the company is: the same for everybody, wherever they are."""
        return moment.astimezone(self.env.company_timezone).date()


def _latest(session: Session, customer_id: int, *, without: int = 0) -> Visit | None:
    """The customer's latest visit, but for the one with the id `without`."""
    return session.scalars(
        select(Visit)
        .where(Visit.customer_id == customer_id, Visit.id != without)
        .order_by(Visit.visited_at.desc(), Visit.id.desc())
        .limit(1)
    ).first()
