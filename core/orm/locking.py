"""Records locked as they are stored now, whatever the session has loaded of them before."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.orm.model import Model

M = TypeVar("M", bound=Model)


def locked_now(session: Session, model: type[M], id: int, *, key_share: bool = False) -> M:
    """The record, locked until the transaction ends and read anew. Raises `NoResultFound`.

    In place of `session.get_one(…, with_for_update=True)`, which raises `StaleDataError` where the session has loaded
    the record before somebody else changed it: also with `populate_existing`. With `key_share` those who only link
    to the record need not wait.
    """
    wanted = select(model).where(model.id == id).with_for_update(key_share=key_share)
    return session.scalars(wanted, execution_options={"populate_existing": True}).one()
