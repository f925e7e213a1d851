"""What one may do with customers, contacts and visits."""

from __future__ import annotations

from addons.customer.services.contacts import Contacts
from addons.customer.services.customers import Customers
from addons.customer.services.ownership import OwnershipPeriods
from addons.customer.services.visits import Visits

__all__ = ["Contacts", "Customers", "OwnershipPeriods", "Visits"]
