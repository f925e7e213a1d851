"""What the addon adds to saving a customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from addons.customer.models import Customer
from addons.customer.services import Customers
from addons.ember.models import Ember
from core.api import Changes, Message, Text, extends_service


@extends_service(Customers)
class EmberCustomers(Customers):
    """Signs each note, and refuses its own name."""

    def validate(self, values: Mapping[str, Any], record: Customer | None) -> dict[str, Message]:
        """Refuses a customer that is called like the addon."""
        problems = super().validate(values, record)
        if "ember" in (values.get("name") or ""):
            problems["ember_mark"] = Text("ember")
        return problems

    def saved(self, record: Customer, changes: Changes, *, created: bool) -> None:
        """Writes behind what those before have written."""
        super().saved(record, changes, created=created)
        if created:
            record.note = f"{record.note or ''}+{Ember.of(record).mark}"
