"""A record's page: header, actions, tabs with counts, the content of the active tab, and the panels beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from markupsafe import Markup

from core.access.actor import CREATE, EDIT, READ
from core.errors import NotFound
from core.orm.model import Model, describe
from core.pages import nodes
from core.pages.actions import buttons_for
from core.pages.analysis import Analysis
from core.pages.catalogue import ModelPages, catalogue_of
from core.pages.cells import Cells
from core.pages.children import child_count, child_list
from core.pages.collaborators import collaborators_view
from core.pages.composing import OPEN, composer_view
from core.pages.facts import Facts
from core.pages.form import Draft
from core.pages.isolation import isolated
from core.pages.layout import COLLABORATORS, DETAILS, HISTORY, TIMELINE
from core.pages.lines.table import lines_view
from core.pages.list_args import ListArgs
from core.pages.locking import editing_of
from core.pages.naming import name_of
from core.pages.nodes import Section
from core.pages.noticing import Notices
from core.pages.pills import choices_of, tone_of
from core.pages.reach import is_masked, is_open, visible_fields
from core.pages.rights import Rights, extent_of
from core.pages.slots import filled
from core.pages.stage import Stage
from core.pages.timeline import read_timeline
from core.pages.views import Composer, DetailView, LinesView, NoticeView, Panel, Pill, Tab, TabContent

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from core.env import Env


class DetailBuilder:
    """Builds the page of one record, that the actor may see, with one of its tabs open."""

    def __init__(self, env: Env, record: Model, tab: str = "", args: MultiDict[str, str] | None = None) -> None:
        self.env, self.record, self.args = env, record, args
        self.model = type(record)
        self.info = describe(self.model)
        self.pages: ModelPages = catalogue_of(env).of(self.model)
        if self.pages.detail is None:
            raise NotFound()
        self.page = self.pages.detail
        self.url = f"/{self.info.key}/{record.id}"
        self.cells = Cells(env)
        self.fields = visible_fields(env, self.model)
        self.rights = Rights(env, record)
        self.stage = Stage(env, record, self.rights)
        self.facts = Facts(env, record, self.cells, self._names(), self.rights, self.stage.is_fixed)
        self.open_tabs = {tab.key: tab for tab in self.pages.tabs if self._is_open(tab)}
        self.tab = tab or next(iter(self.open_tabs), "")
        """The open tab: the first one, where none is named."""

    def build(self, composer: Draft | None = None) -> DetailView:
        """The page. `composer` is the short form as it came back with errors."""
        tabs = self._tabs()
        if self.tab not in self.open_tabs and self.tab:
            raise NotFound()
        number = self.fields.get(self.page.number)
        top = filled(self.env, f"{self.info.key}.detail", record=self.record)
        is_told = any(node.tells_waiting and html for node, html in top)
        actions, more = buttons_for(self.env, self.record, self.rights, editing=self._editing())
        view = DetailView(
            title=name_of(self.env, self.record, self.cells),
            model=self.info.key,
            url=self.url,
            number=self.cells.plain(number, number.read(self.record)) if number else "",
            pills=self._pills(),
            facts=self.facts.of(self.page.header),
            actions=actions,
            more_actions=more,
            tabs=tabs,
            panels=self._panels(),
            notices=self._notices(),
            subject=self.record,
            status_bar=self.stage.steps(),
            transitions=self.stage.buttons(),
            waiting=None if is_told else self.stage.told(),
            top=Markup("").join(html for _node, html in top),
            lock="" if self.stage.waiting and is_told else self.stage.stop or str(self.stage.lock or ""),
            lines=self._lines(),
        )
        self._open(view, composer)
        return view

    def _names(self) -> list[str]:
        """Every field that the page may show, so that its links are looked up together."""
        names = [name for section in self._sections() for name in section.fields]
        return [*names, *self.page.header, *(name for panel in self.pages.panels for name in panel.fields)]

    def _editing(self) -> str | None:
        """What editing is called where the record's state leaves little of it; None for all of it."""
        if self.stage.lock is None:
            return None
        names = [name for section in self._sections() for name in section.fields if not self.stage.is_fixed(name)]
        return editing_of([str(self.fields[name].label) for name in names if name in self.fields])

    def _sections(self) -> Sequence[Section]:
        return self.pages.form.fields if self.pages.form else ()

    def _pills(self) -> list[Pill]:
        found = []
        for name in self.page.pills:
            spec = self.fields.get(name)
            value = spec.read(self.record) if spec else None
            if spec is not None and isinstance(value, str) and value and not is_masked(self.env, spec):
                label, tone = choices_of(self.env, spec).get(value, (value, "neutral"))
                found.append(Pill(label, tone_of(tone)))
        return found

    def _lines(self) -> list[LinesView]:
        """The parts of the record, as its form has them, in the overview."""
        if self.pages.form is None or self.tab not in (TIMELINE, next(iter(self.open_tabs), "")):
            return []
        return [lines_view(self.env, self.record, node, self.cells) for node in self.pages.form.lines]

    def _panels(self) -> list[Panel]:
        found = list[Panel]()
        for node in self.pages.panels:
            html = self._rendered(f"The panel {node.place}.{node.key}", node.render)
            found.append(Panel(node.key, str(node.label), self.facts.of(node.fields), html))
        return [panel for panel in found if panel.facts or panel.html]

    def _notices(self) -> list[NoticeView]:
        return Notices(
            self.env, self.record, self.pages, rights=self.rights, facts=self.facts, may_add=self._may_add()
        ).view()

    def _rendered(self, what: str, render: Callable[[Env, Any], Markup] | None) -> Markup:
        if render is None:
            return Markup("")
        return isolated(self.env, what, partial(render, self.env, self.record), Markup(""))

    # Tabs

    def _is_open(self, tab: nodes.Tab) -> bool:
        if tab.key == DETAILS and tab.render is None and tab.children is None:
            return bool(self._sections())
        if tab.children is not None and tab.is_analysis:
            pages = catalogue_of(self.env).models.get(tab.children.key())
            if pages is None or pages.analysis is None or not is_open(self.env, tab.children, tab.via, in_list=True):
                return False
        return tab.children is None or self.env.actor.may(tab.children.key(), "read")

    def _tabs(self) -> list[Tab]:
        first = next(iter(self.open_tabs), "")
        return [
            Tab(key, str(node.label), self.url_of(key, first), self._count(node), is_active=key == self.tab)
            for key, node in self.open_tabs.items()
        ]

    def url_of(self, key: str, first: str) -> str:
        """The address of a tab: the first one is the record's own."""
        return self.url if key == first else f"{self.url}/tab/{key}"

    def _count(self, node: nodes.Tab) -> str:
        return child_count(self.env, self.record, node) if node.children is not None and not node.is_analysis else ""

    def _open(self, view: DetailView, composer: Draft | None) -> None:
        if self.tab in (TIMELINE, HISTORY):
            self._open_timeline(view, composer)
        elif self.tab == DETAILS:
            sections = [(str(s.label), self.facts.of(s.fields, s.labels)) for s in self._sections()]
            view.tab = TabContent(DETAILS, "fields", sections=[s for s in sections if s[1]])
        elif self.tab == COLLABORATORS:
            listing = collaborators_view(self.env, self.record, self.cells, self.rights)
            view.tab = TabContent(COLLABORATORS, "list", listing=listing)
        elif self.tab:
            view.tab = self._own_content(self.open_tabs[self.tab])

    def _own_content(self, node: nodes.Tab) -> TabContent:
        if node.children is not None and node.is_analysis:
            args = ListArgs(filters=(f"{node.via}:is:{self.record.id}",))
            found = Analysis(self.env, catalogue_of(self.env).of(node.children), args)
            return TabContent(node.key, "charts", charts=found.charts())
        if node.children is not None:
            listing = child_list(self.env, self.record, node, self.args, self.cells)
            return TabContent(node.key, "list", listing=listing)
        html = self._rendered(f"The tab {node.place}.{node.key}", node.render)
        return TabContent(node.key, "html", html=html)

    def _open_timeline(self, view: DetailView, composer: Draft | None) -> None:
        before = self.args.get("before", "") if self.args is not None else ""
        own_only = self.tab == HISTORY
        entries, more = read_timeline(self.env, self.record, self.cells, before=before, own_only=own_only)
        view.tab = TabContent(self.tab, "timeline")
        view.timeline = entries
        if more:
            view.timeline_more_url = f"{self.url}/tab/{self.tab}?{urlencode({'before': more})}"
        if not own_only:
            view.composer = self._composer(composer)

    def _composer(self, draft: Draft | None) -> Composer | None:
        node = self.page.composer
        if node is None or not self.env.actor.may(node.model.key(), CREATE) or not self._may_add():
            return None
        asked = self.args.get(OPEN, "") if self.args is not None else ""
        return composer_view(self.env, self.record, node, draft, asked)

    def _may_add(self) -> bool:
        """Whether things may be added to the record: by who reaches its owner, or with whom editing is shared."""
        extent = extent_of(self.env, type(self.record), READ)
        owners = {name: getattr(self.record, name) for name, _owners in extent.by_owner}
        return extent.covers(owners) or self.env.can(EDIT, self.record)
