"""Pages of a model: list, board, form, detail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.i18n import Text
from core.orm.model import Model

if TYPE_CHECKING:
    from core.env import Env


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled group of fields of a form, and of the details tab. An empty label draws no title.

    Contributed to another addon's form, it has the `place` `<model>.form` and may ask where to go. `labels` are those
    of fields that are called something else here.
    """

    key: str
    label: Text
    fields: Sequence[str] = ()
    labels: Mapping[str, Text] = field(default_factory=dict)
    place: str = ""
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The parts of a record, such as the lines of a document: typed in a table of a form, shown in one on its page.

    It stands among the sections of a `FormPage`. `part` is a name in the model's `__parts__`; `columns` are fields of
    the part's model, `labels` those that are called something else here. `totals` are fields of the record itself that
    stand below. Contributed to another addon's form, it has the `place` `<model>.form` and may ask where to go; its own
    columns are in the place `<model>.form.<part>`. Without a `label` it is called as the part is.
    """

    part: str
    columns: Sequence[str]
    totals: Sequence[str] = ()
    label: Text | None = None
    labels: Mapping[str, Text] = field(default_factory=dict)
    place: str = ""
    after: str = ""
    before: str = ""

    @property
    def key(self) -> str:
        """By what it is hidden, moved and called otherwise: the name of the part."""
        return self.part


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """The list of a model at `/<model>`. `columns` and `filters` name fields, also over a link: `owner_id.name`.

    `quick_filters`: key → (label, filters), offered as tabs over the list. `card` names the two fields that a
    phone shows under the record's name. `empty` says what the page is for when there is nothing yet. `labels` and
    `filter_labels` are those of columns and filters that are called something else than their field.
    """

    model: type[Model]
    columns: Sequence[str]
    filters: Sequence[str] = ()
    quick_filters: Mapping[str, tuple[Text, Sequence[str]]] = field(default_factory=dict)
    card: Sequence[str] = ()
    sort: str = ""
    empty: Text | None = None
    labels: Mapping[str, Text] = field(default_factory=dict)
    filter_labels: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """The board of a model at `/<model>/board`: a column per value of the choice field `by`, or per state if empty.

    If `by` is a link, the columns are the linked records that the reader sees, in the order of their model: of one
    group at a time where `group` names a link of theirs. `tone` names their choice field whose code is the colour.
    `card` names the fields on a card, also over a link; `sum` a number that is added up per column; `columns` the
    values to show, all if empty; `filters` what holds unless a prepared filter of the list is chosen. It shares
    filters and search with the model's `ListPage`, which there must be.
    """

    model: type[Model]
    by: str = ""
    card: Sequence[str] = ()
    sum: str = ""
    columns: Sequence[str] = ()
    group: str = ""
    tone: str = ""
    filters: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage:
    """The calendar of a model at `/<model>/calendar`, by month, week or day: its records on the date or moment `at`,
    or on one of the dates `also`, as the reader chooses.

    `label` names the field that is shown of a record, also over a link, its name if empty; `colour` a choice field
    whose tone it has. Moments are on the day on which they are where the reader is. It shares filters and search with
    the model's `ListPage`, which there must be.
    """

    model: type[Model]
    at: str
    also: Sequence[str] = ()
    label: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisPage:
    """The list of a model as charts at `/<model>/analysis`: how many of its records have which value of the fields
    `by`, choices and links, or were in which of the last twelve months, for dates and moments.

    A bar leads to the records that it counts. It shares filters and search with the model's `ListPage`, which there
    must be. Fields with an index are counted fast over any number of records.
    """

    model: type[Model]
    by: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """The form that creates and changes a record, at `/<model>/new` and `/<model>/<id>/edit`."""

    model: type[Model]
    sections: Sequence[Section | Lines]

    @property
    def fields(self) -> Sequence[Section]:
        """The sections of fields, in order."""
        return [section for section in self.sections if isinstance(section, Section)]

    @property
    def lines(self) -> Sequence[Lines]:
        """The tables of parts among the sections, in order."""
        return [section for section in self.sections if isinstance(section, Lines)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """The short form above a timeline: creates a record of `model` whose link `via` is the page's record.

    `chips` are fields that are answered with one tap: a choice as buttons, of which those of the first one stand beside
    the closed form too, a date as "tomorrow" or "in a week". `phrases`: text field → the list of ready-made sentences
    that are offered for it, of which the first one is there from the start. `offer(env, record)` gives other values
    that the form starts with. Whoever has saved it may take it back for a moment, as `core.deletion.take_back` says.
    """

    model: type[Model]
    via: str
    label: Text
    fields: Sequence[str]
    chips: Sequence[str] = ()
    phrases: Mapping[str, str] = field(default_factory=dict)
    offer: Callable[[Env, Any], Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailPage:
    """A record's page at `/<model>/<id>`. `number` names the field shown beside the name, `pills` choice fields
    shown as pills, `header` the fields of the header line, `side` panels of key fields (key, label, fields).

    `copy` offers a form of a new record that begins with what the reader sees in this one and may write, parts
    included; not with what is unique. `Records.copied` says what a copy has otherwise.
    """

    model: type[Model]
    number: str = ""
    pills: Sequence[str] = ()
    header: Sequence[str] = ()
    side: Sequence[Section] = ()
    composer: Composer | None = None
    copy: bool = False
