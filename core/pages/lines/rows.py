"""The rows of a table of parts as they came from the browser, or as they are first shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.orm.model import Model
from core.pages.controls import Control
from core.pages.forms import RecordForm

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

TOKEN = "__row__"
"""Stands in the row that scripts copy where others have their number."""
REMOVE = "remove"
"""What the box is called that takes a row away, for browsers without scripts."""


@dataclass(slots=True)
class LineForm:
    """One row: its controls, and the part that it is of, None for a new one. `token` tells it from others."""

    token: str
    form: RecordForm
    record: Model | None = None
    is_removed: bool = False
    is_blank: bool = False
    """Whether nothing has been typed into a new row: it is no part."""
    problems: list[str] = field(default_factory=list)

    @property
    def is_kept(self) -> bool:
        """Whether it is, or becomes, a part of the record."""
        return not self.is_removed and not self.is_blank

    @property
    def controls(self) -> dict[str, Control]:
        """The controls by the names of their fields."""
        return self.form.controls

    @property
    def texts(self) -> dict[str, Any]:
        """What each control shows."""
        return self.form.texts

    def values(self, original: dict[str, Any] | None) -> dict[str, Any]:
        """What the service is told of it: of a stored part its id and what was changed."""
        if self.record is None:
            return self.form.values
        first = original or {}
        changed = {n: v for n, v in self.form.values.items() if n not in first or self.texts[n] != first[n]}
        return {"id": self.record.id, **changed}


def tokens_in(sent: MultiDict[str, Any], name: str) -> list[str]:
    """The tokens of the rows that were sent, in the order of the page."""
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,6}})-")
    found = (match[1] for key in sent if (match := pattern.match(key)))
    return list(dict.fromkeys(found))


def sent_id(sent: MultiDict[str, Any], name: str, token: str) -> int:
    """The id of the stored part that a row says it is of; 0 for a new one."""
    text = sent.get(f"{name}-{token}-id", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def first_rows(original: Any) -> dict[int, dict[str, Any]]:
    """id → texts of what the form showed at first, as it came back from the browser; of what makes sense of that."""
    found = original if isinstance(original, list) else []
    pairs = (row for row in found if isinstance(row, list) and len(row) == 2)
    return {id: texts for id, texts in pairs if isinstance(id, int) and isinstance(texts, dict)}


def as_original(rows: Iterable[LineForm]) -> list[Any]:
    """What a form sends back of the rows that it shows at first: id and texts of each stored one."""
    return [[row.record.id, row.texts] for row in rows if row.record is not None]


def links_of(rows: Sequence[LineForm]) -> dict[str, set[int]]:
    """Model → ids of what the controls of links have in them, to look their names up together."""
    found: dict[str, set[int]] = {}
    for row in rows:
        for control in row.controls.values():
            text = str(control.text)
            if control.spec.target and text.isdecimal() and len(text) < 19:
                found.setdefault(control.spec.target, set()).add(int(text))
    return found
