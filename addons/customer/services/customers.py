"""What one may do with customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from addons.customer.models import Customer
from addons.customer.services.contacts import Contacts
from addons.customer.services.ownership import OwnershipPeriods
from addons.customer.services.visits import Visits
from core.api import Message, Records, _


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
