"""What happens here when something happens elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from addons.customer.models import Customer
from addons.loyalty.errors import GoldStaysLookedAfter
from addons.loyalty.models import Loyalty
from addons.loyalty.services import PointEntries
from core.api import Env, Model, OwnerChange, hookimpl


@hookimpl
def owners_changed(env: Env, model: type[Model], changes: Sequence[OwnerChange]) -> None:
    """A gold customer always has an owner."""
    left = [change.record_id for change in changes if change.before is not None and change.after is None]
    if model is not Customer or not left:
        return
    gold = select(Customer.id).where(Customer.id.in_(left), Loyalty.tier == "gold")
    with env.system("who is left without an owner") as session:
        if session.scalar(gold.limit(1)) is not None:
            raise GoldStaysLookedAfter()


@hookimpl
def records_merged(env: Env, model: type[Model], survivor: Model) -> None:
    """The customer that stays has the points of all: their entries are its own by now."""
    if model is Customer:
        env.service(PointEntries).add_up([survivor.id])


@hookimpl
def merge_undone(env: Env, model: type[Model], survivor: Model, others: Sequence[int]) -> None:
    """Each has its own points again."""
    if model is Customer:
        env.service(PointEntries).add_up([survivor.id, *others])
