"""A record on its way to another state, as the sessions know it: its workflow moves it, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.orm.model import Model

KEY = "moving"
"""Where a session holds the `Moving` of the record that it may move."""

Changes = dict[str, tuple[Any, Any]]


class Moving:
    """The one record whose state a session may write now. Collects what changes of it, for one entry of its history."""

    def __init__(self, record: Model) -> None:
        self._model, self._id = type(record), record.id
        self.changes: Changes = {}

    def is_about(self, record: Model) -> bool:
        """Whether it is this record that moves."""
        return type(record) is self._model and record.id == self._id

    def note(self, changes: Changes) -> None:
        """Adds what was written: what there was at first, and what there is at last."""
        for name, (before, after) in changes.items():
            self.changes[name] = (self.changes.get(name, (before, None))[0], after)


def is_moving(session: Session, record: Model) -> bool:
    """Whether the session moves the record to another state."""
    found: Moving | None = session.info.get(KEY)
    return found is not None and found.is_about(record)
