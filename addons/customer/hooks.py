"""What the addon does when something happens elsewhere."""

from __future__ import annotations

from addons.customer.models import Customer
from addons.customer.services import OwnershipPeriods
from core.api import Env, Model, hookimpl


@hookimpl
def owner_changed(env: Env, record: Model, after: int | None, reason: str) -> None:
    """Writes down who looks after a customer from now on."""
    if isinstance(record, Customer):
        env.service(OwnershipPeriods).begin(record, owner=after, reason=reason)
