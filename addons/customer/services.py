"""What one may do with customers, contacts and visits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from addons.customer.models import Contact, Customer, OwnershipPeriod, Visit
from core.api import (
    BadRequest,
    Changes,
    Forbidden,
    ListRequest,
    Message,
    Model,
    OwnerChange,
    Records,
    _,
    clock,
    list_page,
)

CLOCKS_DIFFER = timedelta(minutes=5)
LOOKED_AT = 20
"""So many of somebody's last visits say how they usually make them."""


class Customers(Records[Customer]):
    """Customers. Their owner changes by `assign`, which writes the ownership periods."""

    model = Customer

    def defaults(self) -> dict[str, Any]:
        """A new customer was received today, and has the first status that means "potential"."""
        statuses = self.env.lists.with_meaning("customer.status", "potential")
        chosen = {"status": statuses[0]} if statuses else {}
        return super().defaults() | chosen | {"received_on": self.env.today}

    def validate(self, values: Mapping[str, Any], record: Customer | None) -> dict[str, Message]:
        """Groups form a tree: no customer is part of itself."""
        problems = super().validate(values, record)
        if record is not None and record.id in self._groups_of(values.get("parent_id")):
            problems["parent_id"] = _("This customer cannot be part of its own group.")
        return problems

    def regrouped(self, record: Customer) -> None:
        """Contacts, visits and ownership of several customers are put in order under the one that has them now."""
        super().regrouped(record)
        self.env.service(Contacts).keep_one_primary(record.id)
        self.env.service(Visits).take_over(record.id)
        self.env.service(OwnershipPeriods).keep_one_lasting(record)

    def _groups_of(self, parent_id: int | None) -> set[int]:
        """The parent, its parent and so on."""
        found: set[int] = set()
        with self.env.system("walk up the groups of a customer") as session:
            while parent_id is not None and parent_id not in found:
                found.add(parent_id)
                parent_id = session.scalar(select(Customer.parent_id).where(Customer.id == parent_id))
        return found


class Contacts(Records[Contact]):
    """Contacts. The first one of a customer is its primary contact until another one is."""

    model = Contact

    def validate(self, values: Mapping[str, Any], record: Contact | None) -> dict[str, Message]:
        """A birthday is not in the future."""
        problems = super().validate(values, record)
        birthday = values.get("birthday")
        if birthday is not None and birthday > self.env.today:
            problems["birthday"] = _("A birthday cannot be in the future.")
        return problems

    def saved(self, record: Contact, changes: Changes, *, created: bool) -> None:
        """Keeps one primary contact per customer."""
        super().saved(record, changes, created=created)
        if changes.keys() & {"is_primary", "customer_id"}:
            self._keep_one_primary(record, created=created)

    def _keep_one_primary(self, record: Contact, *, created: bool) -> None:
        with self.env.system("one primary contact per customer") as session:
            _locked(session, record.customer_id)
            primary = session.scalars(
                select(Contact).where(
                    Contact.customer_id == record.customer_id, Contact.id != record.id, Contact.is_primary
                )
            ).all()
            if record.is_primary:
                for other in primary:
                    other.is_primary = False
            elif created and not primary:
                session.get_one(Contact, record.id).is_primary = True
            session.flush()
        _forget(self.env.session, Contact, {record.id, *(other.id for other in primary)})

    def keep_one_primary(self, customer_id: int) -> None:
        """Of several primary contacts, which a merge may bring together, the one that was first stays."""
        with self.env.system("one primary contact per customer") as session:
            _locked(session, customer_id)
            found = session.scalars(
                select(Contact)
                .where(Contact.customer_id == customer_id)
                .order_by(Contact.is_primary.desc(), Contact.id)
            ).all()
            for contact in found:
                contact.is_primary = contact is found[0]
            session.flush()
        _forget(self.env.session, Contact, {contact.id for contact in found})

    def restored(self, record: Contact) -> None:
        """A primary contact that comes back gives way to the one that has taken its place."""
        super().restored(record)
        with self.env.system("one primary contact per customer") as session:
            _locked(session, record.customer_id)
            others = (Contact.customer_id == record.customer_id, Contact.id != record.id)
            if session.scalar(select(Contact.id).where(*others, Contact.is_primary).limit(1)) is not None:
                session.get_one(Contact, record.id).is_primary = False
            session.flush()


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
        """Deletes the visit; the one before it becomes the customer's last."""
        customer_id, promised = record.customer_id, record.next_contact_on
        act = super().delete(record, version=version)
        self._refresh(customer_id, withdrawn=promised)
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
            customer = _locked(session, customer_id)
            latest = _latest(session, customer_id)
            customer.last_visit_on = self._day(latest.visited_at) if latest else None
            if latest is not None and latest.next_contact_on is not None:
                customer.next_contact_on = latest.next_contact_on
            session.flush()
        _forget(self.env.session, Customer, {customer_id})

    def _refresh(self, customer_id: int, *, said: Visit | None = None, withdrawn: date | None = None) -> None:
        """Works out last visit and next contact anew.

        `said` is the visit just saved: if it is the latest, it decides on the next contact, and one that
        names no date settles a contact that was due. `withdrawn` is what a visit that was deleted, moved or
        changed had agreed on before: it goes, unless the customer's date has been planned otherwise since.
        """
        with self.env.system("a visit keeps its customer's dates") as session:
            customer = _locked(session, customer_id)
            latest = _latest(session, customer_id)
            customer.last_visit_on = self._day(latest.visited_at) if latest else None
            if withdrawn is not None and customer.next_contact_on == withdrawn:
                agreed = latest.next_contact_on if latest else None
                customer.next_contact_on = agreed or (said.next_contact_on if said else None)
            if said is not None and latest is not None and latest.id == said.id:
                customer.next_contact_on = self._next_after(customer, said)
            session.flush()
        _forget(self.env.session, Customer, {customer_id})

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


class OwnershipPeriods(Records[OwnershipPeriod]):
    """The periods of ownership. Only a change of owner writes them."""

    model = OwnershipPeriod

    rule = ""
    """The rule that owners change by at the moment; see `under`."""

    @contextmanager
    def under(self, rule: str) -> Iterator[None]:
        """Owners that change inside the block do so by this rule, a code of `OWNERSHIP_RULES`."""
        before, self.rule = self.rule, rule
        try:
            yield
        finally:
            self.rule = before

    def begin(self, changes: Sequence[OwnerChange]) -> None:
        """Ends the periods of these customers that last, and begins the next ones, at the same moment."""
        now = clock.now()
        lasting = self._end([change.record_id for change in changes], now)
        rows = [
            {
                "customer_id": change.record_id,
                "owner_id": change.after,
                "since": now,
                "by_id": self.env.user_id,
                "rule": self.rule or _rule(change.after, is_first=change.record_id not in lasting),
                "reason": change.reason or None,
            }
            for change in changes
        ]
        self.env.insert_as_system(OwnershipPeriod, rows, reason="ownership period")

    def _end(self, customers: Sequence[int], now: datetime) -> set[int]:
        """The customers that had a period that lasted."""
        ended = set()
        with self.env.system("ownership period") as session:
            wanted = (OwnershipPeriod.customer_id.in_(customers), OwnershipPeriod.until.is_(None))
            for period in session.scalars(select(OwnershipPeriod).where(*wanted)):
                period.until = now
                ended.add(period.customer_id)
            session.flush()
        return ended

    def keep_one_lasting(self, customer: Customer) -> None:
        """A customer has one owner at a time: of several periods that last, those of others end now.

        If none of them is the owner's, one begins.
        """
        with self.env.system("ownership period") as session:
            lasting = session.scalars(
                select(OwnershipPeriod)
                .where(OwnershipPeriod.customer_id == customer.id, OwnershipPeriod.until.is_(None))
                .order_by(OwnershipPeriod.since)
            ).all()
            theirs = [period for period in lasting if period.owner_id == customer.owner_id]
            for period in lasting:
                if period not in theirs[:1]:
                    period.until = clock.now()
            session.flush()
        if not theirs:
            self.begin([OwnerChange(customer.id, None, customer.owner_id)])

    def create(self, values: Mapping[str, Any]) -> OwnershipPeriod:
        """Refused: a period begins when an owner changes."""
        raise Forbidden()

    def update(
        self, record: OwnershipPeriod, values: Mapping[str, Any], *, version: int | None = None
    ) -> OwnershipPeriod:
        """Refused: what was is not rewritten."""
        raise Forbidden()

    def delete(self, record: OwnershipPeriod, *, version: int | None = None) -> int:
        """Refused: a period goes only with its customer."""
        raise Forbidden()


def _rule(owner: int | None, *, is_first: bool) -> str:
    if is_first:
        return "created"
    return "assigned" if owner is not None else "released"


def _locked(session: Session, customer_id: int) -> Customer:
    """The customer as stored now. Locked: two people may save visits or contacts of it at the same moment."""
    return session.get_one(Customer, customer_id, with_for_update={"key_share": True})


def _latest(session: Session, customer_id: int, *, without: int = 0) -> Visit | None:
    """The customer's latest visit, but for the one with the id `without`."""
    return session.scalars(
        select(Visit)
        .where(Visit.customer_id == customer_id, Visit.id != without)
        .order_by(Visit.visited_at.desc(), Visit.id.desc())
        .limit(1)
    ).first()


def _forget(session: Session, model: type[Model], ids: set[int]) -> None:
    """Makes the actor's own session read these records anew: another session has written them."""
    for loaded in session.identity_map.values():
        if isinstance(loaded, model) and (inspect(loaded).identity or (None,))[0] in ids:
            session.expire(loaded)
