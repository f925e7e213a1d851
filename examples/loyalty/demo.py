"""Points of the customers of the demo company."""

from __future__ import annotations

from sqlalchemy import select

from addons.customer.models import Customer
from addons.loyalty.models import PointEntry
from core.api import Env


def load(env: Env) -> None:
    """Some points for the first twelve customers."""
    for number, customer_id in enumerate(env.session.scalars(select(Customer.id).order_by(Customer.id).limit(12)), 1):
        values = {"customer_id": customer_id, "points": 90 * number, "reason": "年度採購回饋"}
        env.records(PointEntry).create(values)
