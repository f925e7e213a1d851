"""What addons change in exported rows, and the columns that they add."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.env import Env
    from core.orm.model import Model

Cells = Sequence[Any]


class Added:
    """Passes each row to the addons. `names` are the columns that they add, known once the first row is made."""

    def __init__(self, env: Env, model: type[Model], columns: Sequence[str]) -> None:
        self._env, self._model, self._columns = env, model, list(columns)
        self._is_asked = env.hooks.listens("export_row")
        self.names: list[str] = []
        self._is_first = True

    def heads_first(self, rows: Iterator[Cells]) -> Iterator[Cells]:
        """The same rows, the first of them made already, so that `names` are known."""
        first = next(rows, None)
        return rows if first is None else chain([first], rows)

    def to(self, id: int, cells: Cells) -> Cells:
        """The cells as the addons want them."""
        if not self._is_asked:
            return cells
        row = dict(zip(self._columns, cells, strict=True))
        for answer in self._env.hooks.export_row(model=self._model, id=id, row=dict(row)):
            row |= answer
        if self._is_first:
            self.names = [str(name) for name in row if name not in self._columns]
            self._is_first = False
        return [row.get(name) for name in (*self._columns, *self.names)]
