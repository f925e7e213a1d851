"""What editing many records would do, before it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.access.actor import BULK_EDIT, EDIT
from core.bulk.editing import Edit, edit_action
from core.orm.model import Model
from core.pages.actions import perform

if TYPE_CHECKING:
    from core.env import Env

CHUNK = 500
TRIED = 50
"""So many records are changed for a trial, and put back."""


@dataclass(slots=True)
class Preview:
    """How many records would change, have the values already, or are out of reach; and what a trial has shown.

    `problems`: (name, why) of those of the `tried` records that cannot be changed.
    """

    changing: list[int] = field(default_factory=list)
    same: int = 0
    denied: int = 0
    tried: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


def preview(env: Env, model: type[Model], ids: Sequence[int], edits: Sequence[Edit]) -> Preview:
    """Compares the stored values of all records, and tries the first ones."""
    found = Preview()
    for start in range(0, len(ids), CHUNK):
        _compare(env, model, ids[start : start + CHUNK], edits, found)
    some = found.changing[:TRIED]
    found.tried = len(some)
    found.problems = _try(env, model, some, edits)
    return found


def _compare(env: Env, model: Any, ids: Sequence[int], edits: Sequence[Edit], found: Preview) -> None:
    columns = [getattr(model, edit.spec.name) for edit in edits]
    rows = env.session.execute(select(model.id, *columns).where(model.id.in_(ids)).order_by(model.id)).all()
    there = {row[0] for row in rows}
    allowed = env.ids_within(model, there, BULK_EDIT) & env.ids_within(model, there, EDIT)
    for id, *values in rows:
        if id not in allowed:
            found.denied += 1
        elif any(edit.changes(value) for edit, value in zip(edits, values, strict=True)):
            found.changing.append(id)
        else:
            found.same += 1


class _Tried(Exception):
    """Undoes the savepoint of a trial."""


def _try(env: Env, model: type[Model], ids: Sequence[int], edits: Sequence[Edit]) -> list[tuple[str, str]]:
    problems: list[tuple[str, str]] = []
    try:
        with env.savepoint():
            problems = perform(env, edit_action(model), ids, {"edits": edits}).failed
            raise _Tried
    except _Tried:
        return problems
