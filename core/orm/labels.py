"""What a link shows: the name of the record, or a masked one where the reader may not open it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, literal, select

from core.access.actor import READ, REFER
from core.access.guard import predicate
from core.access.models import Department, FieldLevel, User
from core.orm.model import Model, describe
from core.orm.statements import kept

if TYPE_CHECKING:
    from core.env import Env

HIDDEN_CHARACTER = "○"
LONGEST_PERSON = 4
"""Names of up to so many characters are taken for a person's, longer ones for a company's."""


@dataclass(frozen=True, slots=True)
class Label:
    """The text of a link. Only a label that `has_link` leads to its record."""

    text: str
    is_masked: bool = False
    is_deleted: bool = False
    is_open: bool = True
    """Whether the reader may read the record, and not only know what it is called."""

    @property
    def has_link(self) -> bool:
        """Whether the reader may open the record."""
        return self.is_open and not self.is_masked and not self.is_deleted


def labels(env: Env, model: type[Model], ids: Iterable[int | None]) -> dict[int, Label]:
    """The label of each record that exists, in at most one query; in none for users and departments."""
    wanted = {id for id in ids if id is not None}
    found = {id: Label(name) for id, name in _known(env, model, wanted)}
    missing = wanted - found.keys()
    if not missing:
        return found
    statement = kept(env.actor, ("labels", model), lambda: _statement(env, model))
    is_plain = env.actor.field_level(model.key(), model.__display__).width >= FieldLevel.READ.width
    for id, name, deleted_at, is_named, is_open in env.connection_of_core.execute(statement, {"ids": sorted(missing)}):
        text = str(name) if name is not None else f"#{id}"
        is_known = bool(is_named) and is_plain
        found[id] = Label(text if is_known else mask(text), not is_known, deleted_at is not None, bool(is_open))
    return found


def mask(name: str) -> str:
    """王○明, 宏岳○○公司: enough for those who know the name, too little for those who do not."""
    name = name.strip()
    if len(name) <= 2:
        return name[:1] + HIDDEN_CHARACTER
    if len(name) <= LONGEST_PERSON:
        return name[0] + HIDDEN_CHARACTER * (len(name) - 2) + name[-1]
    return name[:2] + HIDDEN_CHARACTER * 2 + name[-2:]


def _known(env: Env, model: type[Model], ids: set[int]) -> list[tuple[int, str]]:
    """What the organisation in memory knows."""
    organisation = env.actor.organisation
    if model is User:
        members = organisation.members
        return [(id, members[id].name) for id in ids if id in members]
    if model is Department:
        return [(id, organisation.department_names[id]) for id in ids if id in organisation.department_names]
    return []


def _statement(env: Env, model: type[Model]) -> Select[Any]:
    columns = model.__table__.c
    is_open = predicate(env.actor, model, READ, columns=columns)
    more = env.actor.may(model.key(), REFER)
    is_named = predicate(env.actor, model, REFER, columns=columns) if more else is_open
    display = columns[describe(model).display]
    known = (literal(True) if each is None else each for each in (is_named, is_open))
    return select(columns.id, display, columns.deleted_at, *known).where(
        columns.id.in_(bindparam("ids", expanding=True))
    )
