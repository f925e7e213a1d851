"""The model of another addon that a new addon links to and adds a field to."""

from __future__ import annotations

from dataclasses import dataclass

from core.addons.registry import Registry
from core.i18n import SOURCE_LOCALE, use_locale
from core.orm.model import Model, ModelInfo, describe, models
from core.orm.rules import Follows, Owned
from core.pages.catalogue import ModelPages, build

GROUP = "office"
"""Where an addon that adds to no other one stands in the menu."""


@dataclass(frozen=True, slots=True)
class Target:
    """What code needs to say of the model: its class and module, keys, and the places of its pages."""

    cls: str
    module: str
    table: str
    key: str
    link: str
    title: str
    word: str
    section: str
    group: str


def target_in(registry: Registry, addon: str) -> Target | None:
    """The first model of the addon that has an owner, or follows one, and pages of its own; None without any."""
    catalogue = build(registry, frozenset(each.name for each in registry.addons))
    pages = catalogue.models
    fitting = [model for model in models().values() if _fits(model, addon, pages.get(model.key()))]
    fitting.sort(key=lambda model: (not isinstance(model.__access__, Owned), model.key() != addon, model.key()))
    if not fitting:
        return None
    group = next((entry.group for entry in catalogue.menu if entry.model is fitting[0]), GROUP)
    return _described(describe(fitting[0]), pages[fitting[0].key()], group)


def _fits(model: type[Model], addon: str, pages: ModelPages | None) -> bool:
    has_pages = pages is not None and pages.listing is not None and pages.form is not None and pages.detail is not None
    return has_pages and model.__addon__ == addon and isinstance(model.__access__, Owned | Follows)


def _described(info: ModelInfo, pages: ModelPages, group: str) -> Target:
    with use_locale(SOURCE_LOCALE):
        title = str(info.title)
    section = pages.form.fields[0].key if pages.form and pages.form.fields else "main"
    return Target(
        cls=info.model.__name__,
        module=info.model.__module__,
        table=info.table.name,
        key=info.key,
        link=f"{info.key}_id",
        title=title,
        word=title.lower(),
        section=f"{info.key}.form.{section}",
        group=group,
    )
