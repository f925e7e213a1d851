"""Earning and spending points, and what that means for customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.util import identity_key

from addons.customer.models import Customer
from addons.customer.services import Customers
from addons.loyalty.errors import NotEnoughPoints
from addons.loyalty.models import Loyalty, PointEntry
from core.api import Changes, Message, Records, _, extends_service


@extends_service(Customers)
class LoyalCustomers(Customers):
    """Customers with points. While the addon is off, they are customers as before."""

    def validate(self, values: Mapping[str, Any], record: Customer | None) -> dict[str, Message]:
        """Nobody brings themselves."""
        problems = super().validate(values, record)
        if record is not None and values.get("loyalty_referrer_id") == record.id:
            problems["loyalty_referrer_id"] = _("A customer cannot have brought itself.")
        return problems

    def saved(self, record: Customer, changes: Changes, *, created: bool) -> None:
        """Whoever brings a new customer earns points."""
        super().saved(record, changes, created=created)
        referrer = Loyalty.of(record).referrer
        if created and referrer is not None:
            self.earn(referrer, points=50, reason=str(_("Brought {name}", name=record.name)))

    def earn(self, customer: Customer, *, points: int, reason: str) -> PointEntry:
        """Adds points to the customer, or takes some if negative. Raises `NotEnoughPoints`."""
        values = {"customer_id": customer.id, "points": points, "reason": reason}
        return self.env.records(PointEntry).create(values)


class PointEntries(Records[PointEntry]):
    """Entries of points. Each keeps its customer's points and tier, in the same transaction."""

    model = PointEntry

    def saved(self, record: PointEntry, changes: Changes, *, created: bool) -> None:
        """Adds what has changed to the customer. Raises `NotEnoughPoints` if less than nothing is left."""
        super().saved(record, changes, created=created)
        before, after = changes.get("points", (0, 0))
        if created or before != after:
            self._add(record.customer_id, (after or 0) - (before or 0))

    def delete(self, record: PointEntry, *, version: int | None = None) -> int:
        """Deletes the entry and takes its points back."""
        customer_id, points = record.customer_id, record.points
        act = super().delete(record, version=version)
        self._add(customer_id, -points)
        return act

    def restored(self, record: PointEntry) -> None:
        """Gives the points again."""
        super().restored(record)
        self._add(record.customer_id, record.points)

    def add_up(self, customers: Sequence[int]) -> None:
        """Works out points and tier of the customers from their entries."""
        with self.env.system("points of merged customers") as session:
            for id in sorted(customers):
                loyalty = Loyalty.of(session.get_one(Customer, id, with_for_update={"key_share": True}))
                entries = select(func.sum(PointEntry.points)).where(PointEntry.customer_id == id)
                loyalty.points = session.scalar(entries) or 0
                loyalty.tier = loyalty.earned_tier
            session.flush()
        self._forget(customers)

    def _forget(self, customers: Sequence[int]) -> None:
        for id in customers:
            known = self.env.session.identity_map.get(identity_key(Customer, id))
            if known is not None:
                self.env.session.expire(known)

    def _add(self, customer_id: int, points: int) -> None:
        with self.env.system("points of a customer") as session:
            # Locked: two people may book points of the same customer at once.
            customer = session.get_one(Customer, customer_id, with_for_update={"key_share": True})
            loyalty = Loyalty.of(customer)
            if (loyalty.points or 0) + points < 0:
                raise NotEnoughPoints()
            loyalty.points = (loyalty.points or 0) + points
            loyalty.tier = loyalty.earned_tier
            session.flush()
        self._forget([customer_id])
