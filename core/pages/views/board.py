"""A board: columns of cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from core.pages.views.frame import MenuItem
from core.pages.views.listing import ListView
from core.pages.views.tones import Tone


@dataclass(frozen=True, slots=True)
class BoardCard:
    """One record on a board: its name, what else is shown of it, and whether the reader may move it."""

    id: int
    url: str
    name: str
    facts: Sequence[tuple[str, Markup]]
    is_movable: bool = False


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One value, with the first records that have it. `targets` are the codes of columns that its cards may go to.

    On a phone only the column that `is_active` is shown; `url` shows this one.
    """

    code: str
    label: str
    tone: Tone
    count: str
    sum: Markup
    cards: Sequence[BoardCard]
    targets: Sequence[str]
    url: str
    more_url: str = ""
    is_active: bool = False


@dataclass(slots=True)
class BoardView(ListView):
    """A board, with all that stands around a list."""

    board: Sequence[BoardColumn] = ()
    move_url: str = ""
    group_url: str = ""
    groups: Sequence[MenuItem] = ()
    """The groups of columns that there are to choose from, each with its address."""
