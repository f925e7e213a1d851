"""The page of a record: header, facts, tabs, timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from core.pages.views.analysis import AnalysisChart
from core.pages.views.form import FormView
from core.pages.views.frame import Button, Person
from core.pages.views.lines import LinesView
from core.pages.views.listing import ListView
from core.pages.views.tones import NO_HTML, Tone


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


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A sentence on what to do next. Its button, called `label`, leads to `url`.

    For scripts: it opens the dialog at `dialog_url` instead, or edits the `field` where it stands.
    """

    key: str
    text: str
    label: str = ""
    url: str = ""
    dialog_url: str = ""
    field: str = ""


@dataclass(slots=True)
class Composer:
    """The short form on top of the timeline that saves a child record in one go.

    `choices` open it with one value of its first chips chosen: (value, what it is called, address).
    """

    label: str
    form: FormView
    url: str
    choices: Sequence[tuple[str, str, str]] = ()
    is_open: bool = False


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
    top: Markup = NO_HTML
    """What addons put on top of the page."""
    lock: str = ""
    """Why the record is read-only in its present state."""
    timeline: Sequence[TimelineEntry] = ()
    timeline_more_url: str = ""
    composer: Composer | None = None
    tab: TabContent | None = None
    notices: Sequence[NoticeView] = ()
    """What to do next: the first one stands out."""
    lines: Sequence[LinesView] = ()
    """The parts of the record, with their totals; of the overview alone."""
    subject: object = None
    """The record, for what addons put into the page's slots; templates do not look into it."""


@dataclass(slots=True)
class TabContent:
    """The content of the active tab: fields in sections, a list of children, their charts, or free HTML."""

    key: str
    kind: Literal["timeline", "fields", "list", "charts", "html"]
    sections: Sequence[tuple[str, Sequence[Fact]]] = ()
    listing: ListView | None = None
    charts: Sequence[AnalysisChart] = ()
    html: Markup = NO_HTML
