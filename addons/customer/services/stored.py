"""The record as it is stored now, whoever reads it."""

from __future__ import annotations

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from addons.customer.models import Customer
from core.api import Model, locked_now


def locked(session: Session, customer_id: int) -> Customer:
    """The customer as stored now. Locked: two people may save visits or contacts of it at the same moment."""
    return locked_now(session, Customer, customer_id, key_share=True)


def forget(session: Session, model: type[Model], ids: set[int]) -> None:
    """Makes the actor's own session read these records anew: another session has written them."""
    for loaded in session.identity_map.values():
        if isinstance(loaded, model) and (inspect(loaded).identity or (None,))[0] in ids:
            session.expire(loaded)
