"""What a customer of the demo company is planned to be, before it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from addons.customer.demo import places


@dataclass
class ContactPlan:
    """A contact to be."""

    name: str
    title: str
    role: str
    address: str
    mobile: str
    email: str
    extension: str
    line_id: str | None
    birthday: date | None

    @property
    def addressed(self) -> str:
        """林課長."""
        return self.name[0] + self.address


@dataclass
class VisitPlan:
    """A visit to be."""

    on: date
    minute: int
    method: str
    content: str
    seller: str
    contact: ContactPlan | None
    next_on: date | None


@dataclass
class CustomerPlan:
    """A customer to be. `first` is the seller who had it before `seller`, until `changed_on`."""

    name: str
    short_name: str
    domain: str
    industry: str
    city: places.City
    kind: str
    status: str
    level: str
    seller: str | None
    first: str
    received_on: date
    changed_on: date | None = None
    reason: str = ""
    next_on: date | None = None
    is_due: bool = False
    deal_on: date | None = None
    head: CustomerPlan | None = None
    contacts: list[ContactPlan] = field(default_factory=list)
    visits: list[VisitPlan] = field(default_factory=list)
