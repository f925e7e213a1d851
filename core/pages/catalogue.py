"""The pages of one set of enabled addons: every contribution in its place, worked out once per process."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from core.errors import NotFound
from core.i18n import _
from core.orm.model import Model
from core.pages import nodes
from core.pages.order import arrange

if TYPE_CHECKING:
    from core.addons.registry import Registry
    from core.env import Env

log = logging.getLogger(__name__)
N = TypeVar("N")
C = TypeVar("C", bound=nodes.Contribution)


@dataclass(frozen=True, slots=True)
class ModelPages:
    """The pages of one model, with everything that addons contributed to them in its place."""

    model: type[Model]
    listing: nodes.ListPage | None = None
    form: nodes.FormPage | None = None
    detail: nodes.DetailPage | None = None
    tabs: Sequence[nodes.Tab] = ()
    panels: Sequence[nodes.Panel] = ()
    notices: Sequence[nodes.Notice] = ()
    sources: Sequence[nodes.TimelineSource] = ()
    actions: Mapping[str, nodes.Action] = field(default_factory=dict)

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
    origins: Mapping[tuple[str, str], str]
    """(place, key of the node) → the addon that contributed it."""

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


def build(registry: Registry, enabled: frozenset[str]) -> Catalogue:
    """Collects and arranges all page nodes of the enabled addons."""
    contributed = registry.pages(enabled)
    every = [node for _, node in contributed]
    pages = {page.model.key(): ModelPages(page.model) for page in every if isinstance(page, _PAGES)}
    return Catalogue(
        models={key: _resolved(key, page, every) for key, page in pages.items()},
        groups=sorted(_of(every, nodes.MenuGroup), key=lambda g: g.position),
        menu=sorted(_of(every, nodes.Menu), key=lambda m: m.position),
        cards=_arranged_cards(_of(every, nodes.Card)),
        dashboards={page.key: page for page in (HOME, *_of(every, nodes.DashboardPage))},
        origins={(getattr(node, "place", ""), _key(node)): addon for addon, node in contributed},
    )


HOME = nodes.DashboardPage(key="home", label=_("Start page"))
"""Core's own: where everybody starts."""


def _arranged_cards(cards: Iterable[nodes.Card]) -> list[nodes.Card]:
    """The cards of each place in the order that they ask for."""
    by_position = sorted(cards, key=lambda card: card.position)
    return [card for place in dict.fromkeys(c.place for c in by_position) for card in _placed(place, by_position)]


_PAGES = (nodes.ListPage, nodes.FormPage, nodes.DetailPage)


def _resolved(key: str, page: ModelPages, every: Sequence[Any]) -> ModelPages:
    return replace(
        page,
        listing=_listing(key, page.model, every),
        form=_form(key, page.model, every),
        detail=_last(nodes.DetailPage, page.model, every),
        tabs=_placed(f"{key}.detail.tabs", _of(every, nodes.Tab)),
        panels=_placed(f"{key}.detail.side", _of(every, nodes.Panel)),
        notices=_placed(f"{key}.detail", _of(every, nodes.Notice)),
        sources=[s for s in _of(every, nodes.TimelineSource) if s.model is page.model],
        actions={a.key: a for a in _of(every, nodes.Action) if a.model is page.model},
    )


def _listing(key: str, model: type[Model], every: Sequence[Any]) -> nodes.ListPage | None:
    page = _last(nodes.ListPage, model, every)
    if page is None:
        return None
    place = f"{key}.list"
    columns = arrange(place, page.columns, _at(place, every, nodes.Column), lambda c: c.name)
    filters = arrange(place, page.filters, _at(place, every, nodes.Filter), lambda f: f.name)
    return replace(page, columns=tuple(columns), filters=tuple(filters))


def _form(key: str, model: type[Model], every: Sequence[Any]) -> nodes.FormPage | None:
    page = _last(nodes.FormPage, model, every)
    if page is None:
        return None
    known = {f"{key}.form.{section.key}" for section in page.sections}
    last = f"{key}.form.{page.sections[-1].key}" if page.sections else ""
    added: dict[str, list[nodes.FormField]] = {}
    for node in _of(every, nodes.FormField):
        if node.place.startswith(f"{key}.form."):
            if node.place not in known:
                log.warning("The form has no section %s; %s goes into its last one.", node.place, node.name)
            added.setdefault(node.place if node.place in known else last, []).append(node)
    sections = [
        replace(section, fields=tuple(arrange(place, section.fields, added.get(place, ()), lambda f: f.name)))
        for section in page.sections
        for place in (f"{key}.form.{section.key}",)
    ]
    return replace(page, sections=tuple(sections))


def _placed(place: str, found: Iterable[C]) -> list[C]:
    """Free contributions to a place, each after its anchor."""
    here = {_key(node): node for node in found if node.place == place}
    return [here[key] for key in arrange(place, (), here.values(), _key)]


def _at(place: str, every: Sequence[Any], kind: type[C]) -> list[C]:
    return [node for node in every if isinstance(node, kind) and node.place == place]


def _of(every: Iterable[Any], kind: type[N]) -> list[N]:
    return [node for node in every if isinstance(node, kind)]


def _last(kind: type[N], model: type[Model], every: Iterable[Any]) -> N | None:
    """The page of that kind; an addon later in the order of dependency may replace it."""
    found = [node for node in every if isinstance(node, kind) and getattr(node, "model", None) is model]
    return found[-1] if found else None


def _key(node: Any) -> str:
    return str(getattr(node, "key", "") or getattr(node, "name", "") or type(node).__name__)
