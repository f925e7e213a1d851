"""A list: columns, rows, filters, pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from markupsafe import Markup

from core.pages.views.frame import Button, MenuItem
from core.pages.views.tones import Align, Tone


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a list column. `sort_url` is empty where sorting is not possible; `sort_reason` says why.

    `card_label` stands before a value on a card that does not say by itself what it is. `is_editable` puts a pencil
    into its cells, in rows that have a `field_url`. One that `is_for_card` is no column, but a fact on a phone's cards.
    """

    name: str
    label: str
    align: Align = "start"
    sort_url: str = ""
    sorted: Literal["", "asc", "desc"] = ""
    sort_reason: str = ""
    is_primary: bool = False
    on_card: bool = False
    card_label: str = ""
    is_editable: bool = False
    is_for_card: bool = False


@dataclass(slots=True)
class Row:
    """One record of a list. `cells` run parallel to the columns; `edit_url` is empty if it may not be edited.

    Cells are put into the page as they are: whoever makes them escapes. The cell of the primary column holds no
    link; the template makes it the link to `url`, if there is one.

    `field_url` + the column's name fetches and takes the inline editor of that cell.
    """

    id: int
    url: str
    cells: Sequence[Markup]
    name: str = ""
    edit_url: str = ""
    field_url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a choice."""

    value: str
    label: str
    tone: Tone = "neutral"
    selected: bool = False


@dataclass(frozen=True, slots=True)
class FilterField:
    """A field one may filter by. `kind` chooses the value input: text, number, date, choice, link, boolean.

    `lookup_url` is set for links: GET it with `?q=` for `[{"id", "label", "hint"}]`.
    """

    name: str
    label: str
    kind: str
    operators: Sequence[Choice]
    choices: Sequence[Choice] = ()
    lookup_url: str = ""


@dataclass(frozen=True, slots=True)
class FilterChip:
    """An active filter; `raw` is its text in the URL (`level:in:A|B`)."""

    label: str
    remove_url: str
    raw: str


@dataclass(frozen=True, slots=True)
class Pager:
    """`summary` reads "1–50 of 10,000+"; an empty URL means there is no such page."""

    summary: str
    previous_url: str = ""
    next_url: str = ""
    exact_count_url: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """Why a list is empty: `nothing` (yet), `filtered`, `forbidden` or `bin`."""

    kind: Literal["nothing", "filtered", "forbidden", "bin"]
    title: str
    text: str
    action: Button | None = None


@dataclass(frozen=True, slots=True)
class ViewsMenu:
    """The menu of saved views in the title row. `title` names the list as it is shown; `groups` are (label, views)."""

    title: str
    is_saved: bool
    is_changed: bool
    groups: Sequence[tuple[str, Sequence[MenuItem]]]
    actions: Sequence[Button]


@dataclass(slots=True)
class ListView:
    """A list of records, with all that stands around it."""

    title: str
    model: str
    url: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    pager: Pager
    count: str
    q: str = ""
    searchable: bool = False
    filters: Sequence[FilterChip] = ()
    filter_fields: Sequence[FilterField] = ()
    quick_filters: Sequence[MenuItem] = ()
    sort: str = ""
    actions: Sequence[Button] = ()
    more_actions: Sequence[Button] = ()
    bulk_actions: Sequence[Button] = ()
    all_url: str = ""
    """What a bulk action is sent as `all` for every row of the list, not just those of the page; empty: no offer."""
    empty: Empty | None = None
    cache_key: str = ""
    """The same key means the same `filter_fields` in the same language; empty: draw them each time."""
    switch: Sequence[MenuItem] = ()
    """The other ways to look at the same records: list and board."""
    views: ViewsMenu | None = None
    state: Sequence[tuple[str, str]] = ()
    """Names and values that say in an address what the list shows, all of it."""
    state_url: str = ""
    without_q_url: str = ""
    """The list without the search."""
    clear_url: str = ""
    """The list without search, filters and view."""
    conditions: Mapping[str, Any] = field(default_factory=dict)
    """The filters that are on, for the filter panel: `all` and `any`, groups of rows."""
    totals_label: str = ""
    totals: Sequence[Sequence[tuple[str, Markup]]] = ()
    """What the rows add up to: a line per currency, of (label, sum)."""
    columns_url: str = ""
    """Where the reader chooses columns; empty where that cannot be done."""
