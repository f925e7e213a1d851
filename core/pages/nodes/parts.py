"""What addons contribute to pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.i18n import Text
from core.orm.model import Model
from core.pages.nodes.contribution import Contribution

if TYPE_CHECKING:
    from markupsafe import Markup

    from core.env import Env


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
class Totals:
    """What a list adds up below its rows: numbers in `fields`, of the rows that fulfil `filters` too.

    `label` says of what it is the sum. Amounts are added up per currency; what the reader may not see, not at all.
    """

    label: Text
    fields: Sequence[str]
    filters: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab(Contribution):
    """A tab of a detail page. `place`: `<model>.detail.tabs`.

    Either a list of children (`children` = model, `via` = its link to this record, `columns`), or their charts with
    `is_analysis`, as the children's `AnalysisPage` says, or what `render` returns for (env, record). A tab of children
    is shown to those who may read them, with their count, and with `totals` below its list. The button that makes a new
    child fills in its link and what `offers(env, record)` returns: values by field.
    """

    key: str
    label: Text
    children: type[Model] | None = None
    via: str = ""
    columns: Sequence[str] = ()
    totals: Totals | None = None
    is_analysis: bool = False
    offers: Callable[[Env, Any], Mapping[str, Any]] | None = None
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
class Remedy:
    """The button of a notice, for those who may: what it does is done on the record's page itself.

    It asks what the `action` of that key needs, or edits the `field` where it stands, or creates a child of the model
    `create` whose link `via` is the record, or leads to what `link(env, record)` returns, "" for nowhere. With none of
    them it opens the short form above the timeline.
    """

    label: Text
    action: str = ""
    field: str = ""
    create: type[Model] | None = None
    via: str = ""
    link: Callable[[Env, Any], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Contribution):
    """A sentence on top of a record's page that says what to do next. `place`: `<model>.detail`.

    The first of them that has something to say stands out, with its `remedy` as a button; the next few follow in small.
    `fields` are the record's fields that `text(env, record)` looks at: it is asked only for a reader who sees them all.
    """

    key: str
    text: Callable[[Env, Any], Text | None]
    fields: Sequence[str] = ()
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Html(Contribution):
    """Free HTML where a template says `{{ slot("<place>") }}`: a list has the slot `<model>.list`, a form
    `<model>.form`, a record's page `<model>.detail` and `<model>.detail.side`, every page `page.end`; templates of
    addons have their own.

    `render(env, **context)` gets what the template gives the slot: `record` on a record's page and form. One that
    raises is left out. What `tells_waiting`, on top of a record's page, says itself what the record waits for, so that
    the page does not say it again.
    """

    key: str
    render: Callable[..., Markup]
    tells_waiting: bool = False
