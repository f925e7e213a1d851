"""What templates receive: plain, resolved data, with access already applied and text already translated.

A page builder (`list.py`, `form.py`, `detail.py`) turns nodes, fields and records into these objects; a
template only lays them out. Nothing in here can reach the database, so a template can leak nothing.
All `str` labels are translated. All `html` values are `markupsafe.Markup`, built by `core.pages.cells`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from markupsafe import Markup

Tone = Literal["neutral", "accent", "positive", "warning", "negative"]
Align = Literal["start", "end", "center"]
NO_HTML = Markup("")


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the menu."""

    key: str
    label: str
    url: str
    icon: str = ""
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """One of the groups of the side menu; `items` are what this reader may open."""

    key: str
    label: str
    icon: str
    items: Sequence[MenuItem]
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class Toast:
    """A message after an action; with `undo_url` it offers to undo by POST for 10 seconds."""

    text: str
    tone: Tone = "positive"
    undo_url: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A user as shown: `initials` is the last character of a Chinese name or two Latin letters."""

    id: int
    name: str
    initials: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything around the content of a page."""

    company: str
    logo_url: str
    user: Person
    menu: Sequence[MenuGroup]
    phone_menu: Sequence[MenuItem]
    crumbs: Sequence[tuple[str, str]]
    locale: str
    html_lang: str
    theme: Literal["auto", "light", "dark"]
    density: Literal["compact", "comfortable"]
    accent: str
    csrf_token: str
    toasts: Sequence[Toast] = ()
    banner: str = ""
    banner_url: str = ""
    unread: str = ""
    """How many notifications are unread, as the bell shows it; `bell_label` is what the bell is called."""
    bell_label: str = ""
    cache_key: str = ""
    """The same key means the same menu and language, so that its HTML may be drawn once and kept; empty: never."""


@dataclass(frozen=True, slots=True)
class Button:
    """An action. `method` "get" is a link; "post" is a form with the CSRF token; `confirm` asks first.

    `dialog_url` instead opens a dialog whose content is fetched from there. `disabled_reason` says why it cannot be
    done now; the button is there, but does nothing else.
    """

    key: str
    label: str
    url: str = ""
    method: Literal["get", "post"] = "get"
    icon: str = ""
    tone: Tone = "neutral"
    confirm: str = ""
    dialog_url: str = ""
    shortcut: str = ""
    disabled_reason: str = ""
    least: int = 1
    """As a bulk action: how many rows must be chosen; `most` says how many may be, 0 for any number."""
    most: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a list column. `sort_url` is empty where sorting is not possible; `sort_reason` says why.

    `card_label` stands before a value on a card that does not say by itself what it is. `is_editable` puts a pencil
    into its cells, in rows that have a `field_url`.
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


@dataclass(slots=True)
class FormFieldView:
    """A field of a form: `bound` is the WTForms field (`.id .name .label .errors .data()`), `kind` its `Field.kind`.

    `control` is the widget's HTML with `id`, `aria-describedby`, `aria-invalid` and `required` set.
    """

    name: str
    label: str
    kind: str
    id: str
    control: Markup
    help: str = ""
    required: bool = False
    errors: Sequence[str] = ()
    wide: bool = False


@dataclass(slots=True)
class FormSection:
    """A titled group of fields of a form."""

    key: str
    label: str
    fields: Sequence[FormFieldView]
    columns: int = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a stale save: what the form had at first, what is stored now, what was typed."""

    name: str
    label: str
    original: Markup
    stored: Markup
    typed: Markup
    is_conflict: bool


@dataclass(slots=True)
class ConflictView:
    """Somebody saved first. The form offers, per field of `differences`, to keep theirs or yours."""

    by: str
    at: Markup
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Resemblance:
    """A record like the one in the form; without a `url` the reader may not open it."""

    label: str
    reason: str
    url: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Resemblances:
    """What the form knows of records like its own. `url` answers while somebody types into one of `fields`.

    `stops_once`: without scripts, the first sending shows what there is instead of saving.
    """

    url: str
    fields: Sequence[str]
    record: int | None = None
    found: Sequence[Resemblance] = ()
    is_limited: bool = False
    stops_once: bool = True


@dataclass(slots=True)
class FormView:
    """A form, filled with what is stored or what was typed."""

    title: str
    model: str
    url: str
    sections: Sequence[FormSection]
    hidden: Markup
    cancel_url: str
    submit_label: str
    errors: Sequence[tuple[str, str]] = ()
    """(id of the control or "", message), summed up on top of the form."""
    conflict: ConflictView | None = None
    multipart: bool = False
    """True if a field takes a file."""
    subject: object = None
    """The record that is edited, for what addons put into the form's slot."""
    duplicates: Resemblances | None = None
    lock: str = ""
    """Why most or all of it cannot be changed; without a field that can, there is nothing to send."""


@dataclass(frozen=True, slots=True)
class Pill:
    """A short word with a tone, such as a status."""

    label: str
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class StatusStep:
    """A step of the status bar. One that `is_reachable` is where the reader can take the record now."""

    label: str
    state: Literal["done", "current", "ahead"]
    is_reachable: bool = False


@dataclass(frozen=True, slots=True)
class WaitingView:
    """What a record waits for, and where that is decided; `url` is empty where nobody said."""

    text: str
    url: str = ""


@dataclass(slots=True)
class Fact:
    """A label and a value. `edit_url` fetches the inline editor of that one field; empty if read-only."""

    label: str
    value: Markup
    name: str = ""
    edit_url: str = ""


@dataclass(slots=True)
class Panel:
    """A block of the narrow right column."""

    key: str
    label: str
    facts: Sequence[Fact] = ()
    html: Markup = NO_HTML


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of a detail page; `count` is empty where it has none. Its content is fetched when first opened."""

    key: str
    label: str
    url: str
    count: str = ""
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a history entry."""

    label: str
    before: Markup
    after: Markup


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened to a record, newest first. `icon` is a name of the icon set.

    `who` is None where the reader may not know.
    """

    at: datetime
    at_html: Markup
    who: Person | None
    icon: str
    title: Markup
    body: Markup = NO_HTML
    picture: Markup = NO_HTML
    changes: Sequence[Change] = ()
    tone: Tone = "neutral"
    action: Button | None = None
    """What can be done about it, such as undoing it."""


@dataclass(slots=True)
class Composer:
    """The short form on top of the timeline that saves a child record in one go."""

    label: str
    form: FormView


@dataclass(slots=True)
class DetailView:
    """A record's page."""

    title: str
    model: str
    url: str
    number: str
    pills: Sequence[Pill]
    facts: Sequence[Fact]
    """Facts in the header line: owner, level and the like."""
    actions: Sequence[Button]
    more_actions: Sequence[Button]
    tabs: Sequence[Tab]
    panels: Sequence[Panel]
    status_bar: Sequence[StatusStep] = ()
    transitions: Sequence[Button] = ()
    waiting: WaitingView | None = None
    lock: str = ""
    """Why the record is read-only in its present state."""
    timeline: Sequence[TimelineEntry] = ()
    timeline_more_url: str = ""
    composer: Composer | None = None
    tab: TabContent | None = None
    notice: str = ""
    subject: object = None
    """The record, for what addons put into the page's slots; templates do not look into it."""


@dataclass(slots=True)
class TabContent:
    """The content of the active tab: fields in sections, a list of children, or free HTML of a contribution."""

    key: str
    kind: Literal["timeline", "fields", "list", "html"]
    sections: Sequence[tuple[str, Sequence[Fact]]] = ()
    listing: ListView | None = None
    html: Markup = NO_HTML


@dataclass(frozen=True, slots=True)
class MergeOption:
    """The value of one field in one record that is to be merged."""

    id: int
    value: Markup
    is_chosen: bool
    is_filled: bool


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A field in which the records differ; one that is not `is_open` keeps the value of the record that stays."""

    name: str
    label: str
    options: Sequence[MergeOption]
    is_open: bool


@dataclass(frozen=True, slots=True)
class MergeRecord:
    """One of the records that are to be merged, with what belongs to it: (what, how many)."""

    id: int
    name: str
    url: str
    version: int
    belongings: Sequence[tuple[str, str]]
    is_survivor: bool
    can_stay: bool


@dataclass(slots=True)
class MergeView:
    """The page on which several records become one. `problem` says why that could not be done."""

    title: str
    url: str
    cancel_url: str
    records: Sequence[MergeRecord]
    rows: Sequence[MergeRow]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DuplicateRecord:
    """One record of a group of probable duplicates."""

    name: str
    url: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Records that are probably the same, and why; `ids` is what the form sends to tell them apart."""

    reason: str
    records: Sequence[DuplicateRecord]
    ids: str
    merge_url: str


@dataclass(slots=True)
class DuplicatesView:
    """A page of groups of probable duplicates; an empty address means that there is no such page."""

    title: str
    back_url: str
    deny_url: str
    groups: Sequence[DuplicateGroup]
    next_url: str = ""
    first_url: str = ""


@dataclass(slots=True)
class ErrorView:
    """An error page: what happened, what was kept, what to do; `reference` leads to the log line."""

    status: int
    title: str
    text: str
    remedy: str
    reference: str
    home_url: str = "/"
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FigureView:
    """One number with what it counts, and how it has changed."""

    value: str
    text: str
    change: str = ""
    compared: str = ""
    tone: Tone = "neutral"
    is_up: bool = False


@dataclass(frozen=True, slots=True)
class CardView:
    """A card of a dashboard: a short list, a figure, or HTML; nothing of them where there is nothing to say."""

    title: str
    url: str = ""
    listing: ListView | None = None
    figure: FigureView | None = None
    html: Markup = NO_HTML
