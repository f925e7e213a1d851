"""What the addon does when something happens elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from addons.customer.models import Customer
from addons.customer.services import OwnershipPeriods
from core.api import Env, Model, OwnerChange, hookimpl


@hookimpl
def owners_changed(env: Env, model: type[Model], changes: Sequence[OwnerChange]) -> None:
    """Writes down who looks after customers from now on."""
    if model is Customer:
        env.service(OwnershipPeriods).begin(changes)
