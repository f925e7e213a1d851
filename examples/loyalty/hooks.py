"""What happens here when something happens elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from addons.customer.models import Customer
from addons.loyalty.errors import GoldStaysLookedAfter
from addons.loyalty.models import GOLD, Loyalty
from addons.loyalty.services import PointEntries
from core.api import DuplicateHit, Env, FieldLevel, Model, OwnerChange, _, hookimpl


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


@hookimpl
def print_context(env: Env, record: Model) -> dict[str, Any] | None:
    """Templates know how many points a member lacks for gold, if the reader may see points."""
    level = env.actor.field_level("customer", "loyalty_points")
    if not isinstance(record, Customer) or level in (FieldLevel.HIDDEN, FieldLevel.MASKED):
        return None
    return {"loyalty": {"missing": max(GOLD - (Loyalty.of(record).points or 0), 0)}}


@hookimpl
def duplicates(env: Env, model: type[Model], values: Mapping[str, Any]) -> list[DuplicateHit] | None:
    """Whoever types a member's number where the name belongs is shown the member, if they may see it."""
    typed = str(values.get("name") or "").strip().upper()
    if model is not Customer or not typed:
        return None
    found = env.session.scalars(select(Customer).where(Loyalty.number == typed))
    return [DuplicateHit(member.name, [_("Member number")], f"/customer/{member.id}") for member in found]
