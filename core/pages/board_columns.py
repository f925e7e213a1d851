"""The columns of a board over a link: the linked records that the reader sees, of one group at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.orm.field import Field
from core.orm.listing import ListRequest, list_page
from core.orm.model import Model, describe, model_of
from core.orm.preferences import read_preference, write_preference
from core.pages.nodes import BoardPage
from core.pages.reach import is_open

if TYPE_CHECKING:
    from core.env import Env

MOST = 200
"""So many linked records are looked at."""


class LinkedColumns:
    """What the link `by` leads to, in the order of its model. `asked` is the group that the address names."""

    def __init__(self, env: Env, board: BoardPage, by: Field, asked: str) -> None:
        self.env, self.board, self.asked = env, board, asked
        self.model: type[Model] = model_of(by.target)
        self.info = describe(self.model)

    @cached_property
    def labels(self) -> Mapping[str, tuple[str, str]]:
        """Id, as text → (name, tone) of the records of the group."""
        return {
            str(row[0]): (str(getattr(row, self.info.display)), self._tone(row))
            for row in self._rows
            if not self.groups or str(getattr(row, self.board.group)) == self.group
        }

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Id, as text → name of the groups that have a column, in the order of their model; empty without groups."""
        link = self.info.fields.get(self.board.group)
        if link is None or not self._sees(self.board.group):
            return {}
        used = {getattr(row, link.name) for row in self._rows}
        model = model_of(link.target)
        display = describe(model).display
        rows = list_page(self.env, ListRequest(model, limit=MOST), [display]).rows
        return {str(row[0]): str(getattr(row, display)) for row in rows if row[0] in used}

    @cached_property
    def group(self) -> str:
        """The group that is shown: what the address asks for, else what the reader has looked at last."""
        kept = read_preference(self.env.connection_of_core, self.env.actor.id, _key(self.board), "")
        return next((code for code in (self.asked, kept) if code in self.groups), next(iter(self.groups), ""))

    def keep(self) -> None:
        """Begins with this group from now on."""
        write_preference(self.env.connection_of_core, self.env.actor.id, _key(self.board), self.group)

    @cached_property
    def _rows(self) -> list[Any]:
        if not self._sees(self.info.display):
            return []
        names = [name for name in (self.info.display, self.board.group, self.board.tone) if name and self._sees(name)]
        return list(list_page(self.env, ListRequest(self.model, limit=MOST), names).rows)

    def _sees(self, name: str) -> bool:
        return is_open(self.env, self.model, name, in_list=True)

    def _tone(self, row: Any) -> str:
        return str(getattr(row, self.board.tone, "") or "neutral") if self.board.tone else "neutral"


def _key(board: BoardPage) -> str:
    return f"board.{board.model.key()}"
