"""The stored parts of a record, in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import object_session

from core.orm.model import Model
from core.orm.parts import Part, part_model

if TYPE_CHECKING:
    from core.env import Env


def stored_parts(env: Env, whole: Model, part: Part) -> list[Any]:
    """The parts of the record, read in the session that has read the record."""
    session = object_session(whole) or env.session
    model: Any = part_model(part)
    via, order = getattr(model, part.via), getattr(model, part.order)
    return list(session.scalars(select(model).where(via == whole.id).order_by(order, model.id)))


def parts_of_many(env: Env, part: Part, ids: Sequence[int]) -> Mapping[int, list[Any]]:
    """The parts of many records that the actor has read: id of the whole → its parts. One statement."""
    model: Any = part_model(part)
    via, order = getattr(model, part.via), getattr(model, part.order)
    found: dict[int, list[Any]] = {id: [] for id in ids}
    for record in env.session.scalars(select(model).where(via.in_(ids)).order_by(via, order, model.id)):
        found[getattr(record, part.via)].append(record)
    return found
