"""The parts of a record: the table that they are typed in, and the one that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from core.pages.views.tones import NO_HTML, Align


@dataclass(frozen=True, slots=True)
class LineColumn:
    """The head of a column. `kind` is that of its field, which decides how wide it is."""

    name: str
    label: str
    kind: str
    align: Align = "start"
    required: bool = False
    is_open: bool = False
    """Whether it is typed into."""


@dataclass(frozen=True, slots=True)
class LineCell:
    """One value: the control that it is typed into, or how it is shown, with `name` for scripts."""

    html: Markup
    name: str = ""
    id: str = ""
    errors: Sequence[str] = ()


@dataclass(slots=True)
class LineRow:
    """One part. `token` tells it from others in the form; `cells` run parallel to the columns."""

    token: str
    number: int
    cells: Sequence[LineCell]
    hidden: Markup = NO_HTML
    errors: Sequence[str] = ()
    is_blank: bool = False
    is_removed: bool = False


@dataclass(slots=True)
class LinesView:
    """The parts of a record. `blank` is what a further row looks like; without it nothing can be typed."""

    part: str
    label: str
    id: str
    columns: Sequence[LineColumn]
    rows: Sequence[LineRow]
    totals: Sequence[tuple[str, str, Markup]] = ()
    """(name, label, value) of the fields of the whole that stand below."""
    blank: LineRow | None = None
    most: int = 0
    errors: Sequence[str] = field(default_factory=list)
