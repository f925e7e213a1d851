"""How customers are called in what is owed and received, for those who may not open them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.customer.models import Customer
from addons.sales.models import Receipt, Receivable
from core.api import Env

_MODELS: tuple[Any, ...] = (Receivable, Receipt)
"""What carries the name of its customer."""


def name_of(session: Session, customer_id: int | None) -> str | None:
    """The customer's name, whoever asks."""
    return session.scalar(select(Customer.name).where(Customer.id == customer_id))


def keep_names(env: Env, customer_id: int) -> None:
    """Writes the customer's name into its receivables and receipts."""
    with env.system("the name of a customer") as session:
        name = name_of(session, customer_id)
        for model in _MODELS:
            wanted = select(model).where(model.customer_id == customer_id, model.customer_name != name)
            for each in session.scalars(wanted):
                each.customer_name = name
        session.flush()
