"""From the nodes of the enabled addons to pages: each thing in its place, then altered as addons ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from core.addons.origin import CORE
from core.i18n import Text, _
from core.orm.model import Model, describe, models
from core.orm.parts import part_model
from core.orm.rules import Owned
from core.pages import nodes
from core.pages.places import Item, Places
from core.pages.standard import copy_action, edit_action, standard_actions
from core.pages.transitions import actions_of_flow
from core.workflow.composition import Flow

N = TypeVar("N")

PAGES = (
    nodes.ListPage,
    nodes.FormPage,
    nodes.DetailPage,
    nodes.BoardPage,
    nodes.CalendarPage,
    nodes.AnalysisPage,
    nodes.Mailing,
)
TIMELINE, DETAILS, HISTORY, COLLABORATORS = "timeline", "details", "history", "collaborators"
TABS: Mapping[str, Text] = {
    TIMELINE: _("Timeline"),
    DETAILS: _("Details"),
    HISTORY: _("History"),
    COLLABORATORS: _("Collaborators"),
}
"""Core's own tabs, the last of what has an owner alone. Those of addons come before the history."""

EVERY = "*."
"""How a place begins that is meant of all models."""

RECORD = "record"
"""Core's own template of a printed record."""

MENU = "menu"
HOME = nodes.DashboardPage(key="home", label=_("Start page"))
"""Core's own: where everybody starts."""


class Layout:
    """All places, filled. `contributed` are (addon, node) in the order of dependency, `flow_of` knows workflows."""

    def __init__(
        self,
        contributed: Sequence[tuple[str, Any]],
        enabled: frozenset[str],
        flow_of: Callable[[type[Model]], Flow | None],
    ) -> None:
        self.contributed, self.enabled, self.places, self._flow_of = contributed, enabled, Places(), flow_of
        found = [node.model for _addon, node in contributed if isinstance(node, PAGES)]
        self.models: dict[str, type[Model]] = {model.key(): model for model in found}
        self._pages: dict[Any, tuple[str, Any]] = {
            (type(node), node.model): (addon, node) for addon, node in contributed if isinstance(node, PAGES)
        }
        """The page of each kind and model: an addon later in the order of dependency may replace it."""
        dashboards = [node for _addon, node in contributed if isinstance(node, nodes.DashboardPage)]
        self.dashboards = {page.key: page for page in (HOME, *dashboards)}
        for model in self.models.values():
            self._lay_list(model)
            self._lay_form(model)
            self._lay_board(model)
            self._lay_detail(model)
            self._lay_actions(model)
            self._lay_print(model)
        self._lay_menu()
        self.html: dict[str, list[nodes.Html]] = {}
        for addon, node in contributed:
            for each in self._spread(addon, node):
                self._add(addon, each)
        self.places.arrange()
        for addon, node in contributed:
            if isinstance(node, nodes.Alteration) and not self._is_off(node.place):
                self.places.alter(addon, node)

    # What was asked for, laid out.

    def _page(self, kind: type[N], model: type[Model]) -> tuple[str, Any]:
        return self._pages.get((kind, model), ("", None))

    def _lay_list(self, model: type[Model]) -> None:
        addon, page = self._page(nodes.ListPage, model)
        if page is not None:
            self.places.lay(f"{model.key()}.list", _named(addon, page.columns))
            self.places.lay(f"{model.key()}.list.filters", _named(addon, page.filters))
            self.places.lay(f"{model.key()}.list.quick", _named(addon, page.quick_filters))

    def _lay_board(self, model: type[Model]) -> None:
        addon, page = self._page(nodes.BoardPage, model)
        if page is not None:
            self.places.lay(f"{model.key()}.board", _named(addon, page.card))

    def _lay_form(self, model: type[Model]) -> None:
        owner, page = self._page(nodes.FormPage, model)
        if page is None:
            return
        place = f"{model.key()}.form"
        self.places.lay(place, (Item(section.key, owner, section) for section in page.sections))
        for section in page.sections:
            self._lay_section(owner, place, section)
        for addon, node in self.contributed:
            if isinstance(node, nodes.Section | nodes.Lines) and node.place == place:
                self.places.add(place, Item(node.key, addon, node, node.after, node.before))
                self._lay_section(addon, place, node)

    def _lay_section(self, addon: str, form: str, node: nodes.Section | nodes.Lines) -> None:
        """The fields of a section, or the columns of parts, which are none of the record's own."""
        is_lines = isinstance(node, nodes.Lines)
        names = node.columns if isinstance(node, nodes.Lines) else node.fields
        model = self._model_of(form)
        if isinstance(node, nodes.Lines) and model is not None and node.part not in model.__parts__:
            self.places.warn(addon, form, _("{model} has no parts “{name}”.", model=model.__name__, name=node.part))
        self.places.lay(f"{form}.{node.key}", _named(addon, names), is_apart=is_lines)

    def _lay_detail(self, model: type[Model]) -> None:
        addon, page = self._page(nodes.DetailPage, model)
        if page is None:
            return
        place = f"{model.key()}.detail"
        tabs = [key for key in TABS if key != COLLABORATORS or isinstance(describe(model).rule, Owned)]
        own = [nodes.Tab(place=f"{place}.tabs", key=key, label=TABS[key]) for key in tabs]
        self.places.lay(f"{place}.tabs", (Item(tab.key, CORE, tab) for tab in own), ahead_of=HISTORY)
        panels = [nodes.Panel(place=f"{place}.side", key=s.key, label=s.label, fields=s.fields) for s in page.side]
        self.places.lay(f"{place}.side", (Item(panel.key, addon, panel) for panel in panels))
        self.places.lay(place)
        self.places.lay(f"{place}.header", _named(addon, page.header))
        self.places.lay(f"{place}.pills", _named(addon, page.pills))

    def _lay_actions(self, model: type[Model]) -> None:
        own = {node.key for _addon, node in self.contributed if isinstance(node, nodes.Action) and node.model is model}
        place, flow = f"{model.key()}.actions", self._flow_of(model)
        transitions = actions_of_flow(model, flow).values() if flow is not None else ()
        edit = [edit_action(model)] if self._page(nodes.FormPage, model)[1] is not None else []
        detail = self._page(nodes.DetailPage, model)[1]
        edit += [copy_action(model)] if edit and detail is not None and detail.copy else []
        standard = [action for action in standard_actions(model) if action.key not in own]
        first = standard[0].key if standard else ""
        self.places.lay(place, (Item(a.key, model.__addon__, a) for a in transitions if a.key not in own))
        self.places.lay(place, (Item(a.key, CORE, a) for a in edit if a.key not in own))
        self.places.lay(place, (Item(a.key, CORE, a) for a in standard), ahead_of=first)

    def _lay_print(self, model: type[Model]) -> None:
        """Whatever has a page of its own can be printed as it stands there."""
        own = nodes.PrintTemplate(model=model, key=RECORD, label=_("Data sheet"), source="record.typ")
        has_page = (nodes.DetailPage, model) in self._pages
        self.places.lay(f"{model.key()}.print", [Item(RECORD, CORE, own)] if has_page else [])

    def _lay_menu(self) -> None:
        """The menu and dashboards go by position; what names an anchor, by that."""
        self.places.lay(MENU)
        for key in self.dashboards:
            self.places.lay(key)
        for addon, node in self._sorted(nodes.MenuGroup):
            self.places.lay(f"{MENU}.{node.key}")
            self.places.add(MENU, Item(node.key, addon, node, node.after, node.before))
        for addon, node in self._sorted(nodes.Menu):
            self._put(addon, f"{MENU}.{node.group}", Item(node.key, addon, node, node.after, node.before))
        for addon, node in self._sorted(nodes.Card):
            self._put(addon, node.place, Item(node.key, addon, node, node.after, node.before))

    def _sorted(self, kind: type[Any]) -> list[tuple[str, Any]]:
        found = [(addon, node) for addon, node in self.contributed if isinstance(node, kind)]
        return sorted(found, key=lambda pair: pair[1].position)

    # What addons add.

    def _spread(self, addon: str, node: Any) -> list[Any]:
        """The node itself; of one for all models, whose place begins with `*.`, one for each that has such a place."""
        place = getattr(node, "place", "")
        if not place.startswith(EVERY):
            return [node]
        rest = place.removeprefix(EVERY)
        found = [key for key in self.models if isinstance(node, nodes.Html) or f"{key}.{rest}" in self.places]
        if not found and self.models:
            self.places.warn_of_place(addon, place, "")
        self.places.general.update((f"{key}.{rest}", _key(node)) for key in found)
        return [replace(node, place=f"{key}.{rest}") for key in found]

    def _add(self, addon: str, node: Any) -> None:
        if isinstance(node, nodes.Html):
            self.html.setdefault(node.place, []).append(node)
        elif isinstance(node, nodes.FormField | nodes.Column | nodes.Filter):
            self._add_field(addon, node)
        elif isinstance(node, nodes.Contribution) and not isinstance(node, nodes.Card):
            self._put(addon, node.place, Item(_key(node), addon, node, node.after, node.before))
        elif isinstance(node, nodes.Action):
            self._put(addon, f"{node.model.key()}.actions", Item(node.key, addon, node, node.after, node.before))
        elif isinstance(node, nodes.PrintTemplate):
            self._put(addon, f"{node.model.key()}.print", Item(node.key, addon, node, node.after, node.before))
        elif isinstance(node, nodes.Section | nodes.Lines) and node.place and node.place not in self.places:
            self._put(addon, node.place, Item(node.key, addon, node))

    def _add_field(self, addon: str, node: nodes.FormField | nodes.Column | nodes.Filter) -> None:
        is_filter = isinstance(node, nodes.Filter) and not node.place.endswith(".filters")
        place = f"{node.place}.filters" if is_filter else node.place
        model = self._model_with(place)
        if model is not None and not _has(model, node.name):
            self.places.warn(addon, place, _("{model} has no field “{field}”.", model=model.__name__, field=node.name))
        else:
            self._put(addon, place, Item(node.name, addon, None, node.after, node.before))

    def _put(self, addon: str, place: str, item: Item) -> None:
        if place in self.places:
            self.places.add(place, item)
        elif not self._is_off(place):
            instead = self._last_section(place)
            self.places.warn_of_place(addon, place, instead)
            if instead:
                self.places.add(instead, replace(item, after="", before=""))

    def _last_section(self, place: str) -> str:
        """The last section of the form, or group of the menu, for what names one that is not there."""
        parent = place.rpartition(".")[0]
        known = [known for known in self.places.places() if known not in self.places.apart]
        siblings = [place for place in known if place.rpartition(".")[0] == parent]
        return siblings[-1] if siblings and (parent == MENU or parent.endswith(".form")) else ""

    def _model_of(self, place: str) -> type[Model] | None:
        return next((m for key, m in models().items() if place.startswith(f"{key}.")), None)

    def _model_with(self, place: str) -> type[Model] | None:
        """The model whose fields are in the place: of a table of parts, that of the part."""
        model = self._model_of(place)
        part = model.__parts__.get(place.rpartition(".")[2]) if model is not None else None
        return part_model(part) if part is not None and place in self.places.apart else model

    def _is_off(self, place: str) -> bool:
        """Whether the place is of a model whose addon is off: nothing to warn of."""
        model = self._model_of(place)
        return model is not None and model.__addon__ not in {CORE, *self.enabled}

    def items(self, place: str) -> Iterator[Any]:
        """The nodes in the place, in order, called as addons call them."""
        for item in self.places.items(place):
            renamed = item.label is not None and not isinstance(item.node, nodes.Notice)
            yield replace(item.node, label=item.label) if renamed else item.node

    def page(self, kind: type[N], model: type[Model]) -> N | None:
        """The model's page of that kind, as it was declared."""
        return cast("N | None", self._page(kind, model)[1])

    def origins(self) -> dict[tuple[str, str], str]:
        """(place, name) → addon, of pages and free HTML too."""
        found = self.places.origins()
        for (kind, model), (addon, _page) in self._pages.items():
            found[f"{model.key()}.{_KINDS[kind]}", ""] = addon
        for addon, node in self.contributed:
            if isinstance(node, nodes.Html):
                found[node.place, node.key] = addon
        return found


_KINDS: dict[type[Any], str] = {
    nodes.ListPage: "list",
    nodes.FormPage: "form",
    nodes.DetailPage: "detail",
    nodes.BoardPage: "board",
    nodes.CalendarPage: "calendar",
    nodes.AnalysisPage: "analysis",
    nodes.Mailing: "mail",
}


def _named(addon: str, names: Iterable[str]) -> list[Item]:
    return [Item(name, addon) for name in names]


def _has(model: type[Model], name: str) -> bool:
    first = name.partition(".")[0]
    fields = describe(model).fields
    return first in fields or (first != name and f"{first}_id" in fields) or first == "id"


def _key(node: Any) -> str:
    return str(getattr(node, "key", "") or getattr(node, "name", ""))
