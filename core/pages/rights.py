"""What a reader may do with records, as far as their owners tell: enough to decide what pages offer.

It spares a page a statement per action, and decides nothing else: each change is checked by the guard again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.access.guard import predicate, reach
from core.orm.model import Model

if TYPE_CHECKING:
    from core.env import Env


Rows = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Extent:
    """How far an action reaches: over everything, over rows with certain owners, or over what is shared."""

    everything: bool = False
    by_owner: Sequence[tuple[str, frozenset[int]]] = ()
    by_share: bool = False

    def covers(self, values: Mapping[str, int | None]) -> bool:
        """Whether the owners of a row, by column, settle that the action is allowed."""
        return self.everything or any(values.get(name) in owners for name, owners in self.by_owner)


def extent_of(env: Env, model: type[Model], action: str) -> Extent:
    """How far the action reaches for the actor."""
    if not env.actor.may(model.key(), action):
        return Extent()
    if predicate(env.actor, model, action) is None:
        return Extent(everything=True)
    found = reach(env.actor, model, action)
    if found is None or found.within is not None:
        # Not by owners alone: each record is asked for.
        return Extent(by_share=True)
    ways = [(way.column.key or "", frozenset(way.owners)) for way in found.ways if way.owners]
    return Extent(by_owner=ways, by_share=found.shares is not None)


def reached(env: Env, model: type[Model], action: str, extent: Extent, rows: Rows, order: Sequence[str]) -> set[int]:
    """The ids of those rows on which the actor may do the action. Asks the database only where shares decide.

    `order` names the columns of a row, of which the first is its id.
    """
    every = {row[0] for row in rows}
    if extent.everything:
        return every
    ways = [(order.index(name), owners) for name, owners in extent.by_owner]
    found = {row[0] for row in rows if any(row[index] in owners for index, owners in ways)}
    others = every - found
    return found | env.ids_within(model, others, action) if others and extent.by_share else found


class Rights:
    """What the actor may do with one record that has been read through the guard. Asked once per action."""

    def __init__(self, env: Env, record: Model) -> None:
        self.env, self.record = env, record
        self._known: dict[str, bool] = {}

    def may(self, action: str) -> bool:
        """Whether the action is to be offered."""
        if action not in self._known:
            self._known[action] = self._asked(action)
        return self._known[action]

    def _asked(self, action: str) -> bool:
        extent = extent_of(self.env, type(self.record), action)
        owners = {name: getattr(self.record, name) for name, _owners in extent.by_owner}
        if extent.covers(owners):
            return True
        return extent.by_share and self.env.can(action, self.record)
