"""What the addon does when something happens elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from addons.customer.models import Visit
from addons.opportunity.models import Opportunity
from core.api import Env, Message, Model, _, hookimpl

FIELD = "opportunity_id"


@hookimpl
def before_save(
    env: Env, model: type[Model], values: Mapping[str, Any], record: Model | None
) -> Mapping[str, Any] | None:
    """A visit that is written down on an opportunity's page is one to its customer."""
    if model is not Visit or values.get(FIELD) is None or values.get("customer_id") is not None:
        return None
    return {"customer_id": _customer_of(env, values[FIELD])}


@hookimpl
def validate(
    env: Env, model: type[Model], values: Mapping[str, Any], record: Model | None
) -> dict[str, Message] | None:
    """The opportunity that a visit was about is one of the customer that was visited."""
    chosen = values.get(FIELD) if model is Visit else None
    if chosen is None or (record is not None and not _is_new(values, record)):
        return None
    if _customer_of(env, chosen) == values.get("customer_id"):
        return None
    return {FIELD: _("This opportunity is one of another customer.")}


def _is_new(values: Mapping[str, Any], record: Model) -> bool:
    return any(values.get(name) != getattr(record, name) for name in (FIELD, "customer_id"))


def _customer_of(env: Env, id: int) -> int | None:
    with env.system("whose opportunity this is") as session:
        return session.scalar(select(Opportunity.customer_id).where(Opportunity.id == id))
