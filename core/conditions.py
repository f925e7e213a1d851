"""Conditions that are kept, such as those of a rule: whether a record fulfils them, whoever asks.

They are written as everywhere, `amount:gt:1000`; several must all hold, and `any=…&any=…` is an alternative. Not who
asks decides but the record, so all fields are open to them: what came of it may be told, the values may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.access.actor import SystemActor
from core.env import Env
from core.errors import BadRequest
from core.orm.filters import Filter, parse_text, where
from core.orm.model import Model, describe

if TYPE_CHECKING:
    from collections.abc import Iterable


def parse_conditions(env: Env, model: type[Model], texts: Iterable[str]) -> tuple[Filter, ...]:
    """What the texts say. Raises `BadRequest` that names the first one that makes no sense."""
    return tuple(parse_text(_everybody(env), model, text) for text in texts)


def fulfils(env: Env, record: Model, texts: Iterable[str]) -> bool:
    """Whether the record, as it is stored, fulfils them all. Raises `BadRequest` as `parse_conditions` does."""
    conditions = parse_conditions(env, type(record), texts)
    columns, everybody = describe(type(record)).table.c, _everybody(env)
    env.flush()
    tests = [where(everybody, condition, columns, by_index=False) for condition in conditions]
    return env.connection_of_core.scalar(select(columns.id).where(columns.id == record.id, *tests)) is not None


def sentences(env: Env, model: type[Model], texts: Iterable[str]) -> Sequence[str]:
    """The conditions as the reader reads them; one that makes no sense any more as it is written."""
    found = list[str]()
    for text in texts:
        try:
            found.extend(each.label(env) for each in parse_conditions(env, model, [text]))
        except BadRequest:
            found.append(text)
    return found


def _everybody(env: Env) -> Env:
    """The same transaction, in the eyes of the system."""
    if env.actor.is_system:
        return env
    actor = SystemActor(env.actor.organisation, env.enabled)
    return Env(env.site, env.connection_of_core, actor, env.versions, env.known, env.locale)
