"""The pages of one set of enabled addons: every contribution in its place, worked out once per process."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from core.errors import NotFound
from core.i18n import SOURCE_LOCALE, use_locale
from core.orm.model import Model
from core.orm.parts import Part
from core.pages import nodes
from core.pages.layout import MENU, Layout
from core.pages.places import Alteration, PageWarning, Places
from core.workflow.composition import composed

if TYPE_CHECKING:
    from core.addons.registry import Registry
    from core.env import Env

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelPages:
    """The pages of one model, with everything that addons contributed to them in its place.

    `tabs` has those of core too, `panels` those of the page itself, `actions` its transitions, editing and
    those that every record has.
    """

    model: type[Model]
    listing: nodes.ListPage | None = None
    form: nodes.FormPage | None = None
    detail: nodes.DetailPage | None = None
    board: nodes.BoardPage | None = None
    calendar: nodes.CalendarPage | None = None
    analysis: nodes.AnalysisPage | None = None
    mailing: nodes.Mailing | None = None
    tabs: Sequence[nodes.Tab] = ()
    panels: Sequence[nodes.Panel] = ()
    notices: Sequence[nodes.Notice] = ()
    sources: Sequence[nodes.TimelineSource] = ()
    actions: Mapping[str, nodes.Action] = field(default_factory=dict)
    templates: Mapping[str, nodes.PrintTemplate] = field(default_factory=dict)
    """What a record can be printed as, by key: core's own `record` too, where it has a page."""

    @property
    def url(self) -> str:
        """The address of the list."""
        return f"/{self.model.key()}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All pages of a site, by the key of their model, and what is not of a model."""

    models: Mapping[str, ModelPages]
    groups: Sequence[nodes.MenuGroup]
    menu: Sequence[nodes.Menu]
    cards: Sequence[nodes.Card]
    dashboards: Mapping[str, nodes.DashboardPage]
    html: Mapping[str, Sequence[nodes.Html]]
    """Slot → what addons put into it."""
    list_actions: Sequence[nodes.ListAction]
    origins: Mapping[tuple[str, str], str]
    """(place, name of what is in it) → the addon that contributed it."""
    alterations: Sequence[Alteration]
    warnings: Sequence[PageWarning]

    def of(self, model: type[Model] | str) -> ModelPages:
        """The pages of a model. Raises `NotFound` if no enabled addon gives it any."""
        found = self.models.get(model if isinstance(model, str) else model.key())
        if found is None:
            raise NotFound()
        return found

    def has_page(self, model: type[Model]) -> bool:
        """Whether a record of the model has a page of its own."""
        found = self.models.get(model.key())
        return found is not None and found.detail is not None


def catalogue_of(env: Env) -> Catalogue:
    """The pages of the addons that are enabled on this site."""
    known = _catalogues.setdefault(env.site.registry, {})
    if env.enabled not in known:
        known[env.enabled] = build(env.site.registry, env.enabled)
    return known[env.enabled]


_catalogues: WeakKeyDictionary[Registry, dict[frozenset[str], Catalogue]] = WeakKeyDictionary()


_told: WeakKeyDictionary[Registry, set[PageWarning]] = WeakKeyDictionary()
"""What the log has been told: each thing once, however many sites leave out which addons."""


def build(registry: Registry, enabled: frozenset[str]) -> Catalogue:
    """Collects and arranges all page nodes of the enabled addons."""
    layout = Layout(registry.pages(enabled), enabled, partial(composed, registry, enabled))
    told = _told.setdefault(registry, set())
    for warning in layout.places.warnings:
        if warning not in told:
            told.add(warning)
            with use_locale(SOURCE_LOCALE):
                log.warning("The addon %s: %s: %s", warning.addon, warning.place, str(warning.text))
    return Catalogue(
        models={key: _pages(layout, model) for key, model in layout.models.items()},
        groups=list(layout.items(MENU)),
        menu=_menu(layout),
        cards=[card for key in layout.dashboards for card in layout.items(key)],
        dashboards=layout.dashboards,
        html=layout.html,
        list_actions=[node for _addon, node in layout.contributed if isinstance(node, nodes.ListAction)],
        origins=layout.origins(),
        alterations=tuple(layout.places.alterations),
        warnings=tuple(layout.places.warnings),
    )


def _menu(layout: Layout) -> list[nodes.Menu]:
    groups: list[nodes.MenuGroup] = list(layout.items(MENU))
    return [replace(node, group=group.key) for group in groups for node in layout.items(f"{MENU}.{group.key}")]


def _pages(layout: Layout, model: type[Model]) -> ModelPages:
    place, sources = model.key(), [n for _addon, n in layout.contributed if isinstance(n, nodes.TimelineSource)]
    return ModelPages(
        model=model,
        listing=_listing(layout, model),
        form=_form(layout, model),
        detail=_detail(layout, model),
        board=_board(layout, model),
        calendar=layout.page(nodes.CalendarPage, model),
        analysis=layout.page(nodes.AnalysisPage, model),
        mailing=layout.page(nodes.Mailing, model),
        tabs=list(layout.items(f"{place}.detail.tabs")),
        panels=list(layout.items(f"{place}.detail.side")),
        notices=list(layout.items(f"{place}.detail")),
        sources=[source for source in sources if source.model is model],
        actions={action.key: action for action in layout.items(f"{place}.actions")},
        templates={template.key: template for template in layout.items(f"{place}.print")},
    )


def _board(layout: Layout, model: type[Model]) -> nodes.BoardPage | None:
    page = layout.page(nodes.BoardPage, model)
    return None if page is None else replace(page, card=layout.places.names(f"{model.key()}.board"))


def _listing(layout: Layout, model: type[Model]) -> nodes.ListPage | None:
    page, place, places = layout.page(nodes.ListPage, model), f"{model.key()}.list", layout.places
    if page is None:
        return None
    labels = places.labels(f"{place}.quick")
    quick = {key: page.quick_filters[key] for key in places.names(f"{place}.quick")}
    return replace(
        page,
        columns=places.names(place),
        filters=places.names(f"{place}.filters"),
        quick_filters={key: (labels.get(key, label), texts) for key, (label, texts) in quick.items()},
        labels={**page.labels, **places.labels(place)},
        filter_labels={**page.filter_labels, **places.labels(f"{place}.filters")},
    )


def _form(layout: Layout, model: type[Model]) -> nodes.FormPage | None:
    page, place = layout.page(nodes.FormPage, model), f"{model.key()}.form"
    if page is None:
        return None
    parts = model.__parts__
    found = [s for s in layout.items(place) if isinstance(s, nodes.Section) or s.part in parts]
    return replace(page, sections=tuple(_section(layout.places, place, section, parts) for section in found))


def _section(
    places: Places, form: str, section: nodes.Section | nodes.Lines, parts: Mapping[str, Part]
) -> nodes.Section | nodes.Lines:
    place = f"{form}.{section.key}"
    names, labels = places.names(place), {**section.labels, **places.labels(place)}
    if isinstance(section, nodes.Lines):
        return replace(section, columns=names, labels=labels, label=section.label or parts[section.part].label)
    return replace(section, fields=names, labels=labels)


def _detail(layout: Layout, model: type[Model]) -> nodes.DetailPage | None:
    page, place = layout.page(nodes.DetailPage, model), f"{model.key()}.detail"
    if page is None:
        return None
    return replace(page, header=layout.places.names(f"{place}.header"), pills=layout.places.names(f"{place}.pills"))
