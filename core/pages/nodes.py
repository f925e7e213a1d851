"""The nodes of pages. An addon lists them in `PAGES` of its `pages.py`.

A *place* is a dotted name: `user.list`, `user.form.main`, `user.detail.tabs`. A contribution names its
place and, if it matters, the sibling that it comes `after` or `before`; a sibling that is not there means the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from core.i18n import Text
from core.orm.field import Field
from core.orm.model import Model

if TYPE_CHECKING:
    from markupsafe import Markup

    from core.env import Env
    from core.pages.views import Tone
    from core.workflow.engine import Performed


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """Something added to a place of a page."""

    place: str
    after: str = ""
    before: str = ""


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

    `card` names the fields on a card, also over a link; `sum` a number that is added up per column; `columns` the
    values to show, all if empty. It shares filters and search with the model's `ListPage`, which there must be.
    """

    model: type[Model]
    by: str = ""
    card: Sequence[str] = ()
    sum: str = ""
    columns: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """The form that creates and changes a record, at `/<model>/new` and `/<model>/<id>/edit`."""

    model: type[Model]
    sections: Sequence[Section]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailPage:
    """A record's page at `/<model>/<id>`. `number` names the field shown beside the name, `pills` choice fields
    shown as pills, `header` the fields of the header line, `side` panels of key fields (key, label, fields)."""

    model: type[Model]
    number: str = ""
    pills: Sequence[str] = ()
    header: Sequence[str] = ()
    side: Sequence[Section] = ()
    composer: Composer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """The short form above a timeline: creates a record of `model` whose link `via` is the page's record."""

    model: type[Model]
    via: str
    label: Text
    fields: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField(Contribution):
    """A field added to a form, and with it to the details tab. `place`: `<model>.form.<section>`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Contribution):
    """A column added to a list. `place`: `<model>.list`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Contribution):
    """A field added to a list's filters. `place`: `<model>.list`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab(Contribution):
    """A tab of a detail page. `place`: `<model>.detail.tabs`.

    Either a list of children (`children` = model, `via` = its link to this record, `columns`), or what `render`
    returns for (env, record). A tab of children is shown to those who may read them, with their count.
    """

    key: str
    label: Text
    children: type[Model] | None = None
    via: str = ""
    columns: Sequence[str] = ()
    render: Callable[[Env, Any], Markup] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineSource:
    """Children that appear in a record's timeline as entries of their own, not as changes.

    `at` is the field with the moment, `body` the field with the text, `picture` one of a picture that is shown below
    it, `facts` fields shown beside it.
    """

    model: type[Model]
    children: type[Model]
    via: str
    at: str
    body: str
    icon: str
    who: str = ""
    facts: Sequence[str] = ()
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel(Contribution):
    """A block of the right column. `place`: `<model>.detail.side`. Fields, or what `render` returns."""

    key: str
    label: Text
    fields: Sequence[str] = ()
    render: Callable[[Env, Any], Markup] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Contribution):
    """A sentence on top of a record's page that says what to do next. `place`: `<model>.detail`.

    `fields` are the record's fields that `text(env, record)` looks at: it is asked only for a reader who sees them all.
    """

    key: str
    text: Callable[[Env, Any], Text | None]
    fields: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something done to one record: a button on its page, a bulk action if `bulk`, and an action of the API.

    `run(env, record, **arguments)` gets one clean value per field of `arguments` (asked for in a dialog) and may
    return the address to show next, or what came of a transition.
    Offered to those whom `grant` allows it on the record, if `when` says so.
    """

    key: str
    model: type[Model]
    label: Text
    run: Callable[..., str | Performed | None]
    grant: str
    icon: str = ""
    arguments: Sequence[Field] = ()
    confirm: Text | None = None
    done: Text | None = None
    when: Callable[[Env, Any], bool] | None = None
    is_primary: bool = False
    bulk: bool = False
    tone: Tone = "neutral"
    after: str = ""
    before: str = ""
    takes_version: bool = False
    """Whether `run` takes `version` too, the one that the author saw, and checks it once the record is locked."""

    def perform(
        self, env: Env, record: Model, arguments: Mapping[str, Any], version: int | None
    ) -> str | Performed | None:
        """Runs it. `version` is the one that the author saw, None where that is not known."""
        more = {"version": version} if self.takes_version else {}
        return self.run(env, record, **arguments, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuGroup:
    """A group of the side menu. Groups are drawn by `position`; one without visible items is not drawn."""

    key: str
    label: Text
    icon: str
    position: int
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """An entry of the side menu: the list of a model, or a `url` for those with the grant (model, action)."""

    group: str
    key: str
    label: Text
    icon: str = ""
    model: type[Model] | None = None
    url: str = ""
    grant: tuple[str, str] | None = None
    position: int = 100
    phone: bool = False
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardPage:
    """A page of cards at `/dashboard/<key>`, which each reader arranges for themselves. Its place is its `key`.

    `grant` (model, action) is what one needs to open it. The start page is the one with the key `home`.
    """

    key: str
    label: Text
    grant: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of a card: `value`, what it counts, what it was `before` as `compared` says, and where it leads.

    `is_good` says whether growing is good news; None that it is neither.
    """

    value: Decimal | int
    text: Text
    before: Decimal | int | None = None
    compared: Text | None = None
    is_good: bool | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A bar or line chart of a card: (label, value) from left to right; `text` says what is measured."""

    kind: Literal["bar", "line"]
    points: Sequence[tuple[str, Decimal | int]]
    text: Text
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card(Contribution):
    """A card of a dashboard page; `place` is the page's key. One of four kinds:

    a short list of `model` with `filters`, a `figure`, a `chart`, or what `render` returns; what they are made by gets
    the env, and may return None for a card that has nothing to say to this reader. `width` is 1 to 4 quarters of the
    page, `height` 1 to 3 rows; each reader may choose others, another order, and which cards to see. Cards load by
    themselves: one that is slow or fails costs only itself. `grant` (model, action) is what one needs to see it.
    """

    place: str = "home"
    key: str
    label: Text
    model: type[Model] | None = None
    filters: Sequence[str] = ()
    sort: str = ""
    columns: Sequence[str] = ()
    figure: Callable[[Env], Figure | None] | None = None
    chart: Callable[[Env], Chart | None] | None = None
    render: Callable[[Env], Markup | None] | None = None
    grant: tuple[str, str] | None = None
    position: int = 100
    width: int = 2
    height: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAction:
    """An entry of the ⋯ menu of lists that leads to `url`, where `{model}` stands for the key of what is listed.

    Offered on the list of `model`, None for every list, to those with the action `grant` on what is listed.
    """

    key: str
    label: Text
    url: str
    grant: str
    icon: str = ""
    model: type[Model] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """A Flask blueprint of the addon's own pages; its routes answer 404 while the addon is off."""

    blueprint: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Html(Contribution):
    """Free HTML where a template says `{{ slot("<place>") }}`: a list has the slot `<model>.list`, a form
    `<model>.form`, a record's page `<model>.detail` and `<model>.detail.side`, every page `page.end`; templates of
    addons have their own.

    `render(env, **context)` gets what the template gives the slot: `record` on a record's page and form. One that
    raises is left out.
    """

    key: str
    render: Callable[..., Markup]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """Something done to what is on a page already, whoever put it there. It grants and protects nothing.

    Besides the places of contributions there are `<model>.list.filters`, `<model>.list.quick`, `<model>.form` with its
    sections, `<model>.detail.header`, `<model>.detail.pills`, `<model>.actions`, `menu` with its groups,
    `menu.<group>`, and each dashboard by its key, `home` with the cards of the start page. What is not there is left,
    with a warning.
    """

    place: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hide(Alteration):
    """Leaves something out. An action that is hidden is none any more, in the API either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Alteration):
    """Puts something `after` or `before` a sibling, or at the end; `to` names another section or group of the menu."""

    after: str = ""
    before: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relabel(Alteration):
    """Calls something else here. A field keeps its name elsewhere."""

    label: Text
