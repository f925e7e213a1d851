"""What an addon adds to a site: what enabling it brings, what disabling it hides, and what of its data is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.addons import lifecycle
from core.addons.implementations import MARKED_IMPL
from core.i18n import Text, _
from core.jobs import registry as jobs
from core.orm.model import Model, describe, models
from core.pages import nodes
from core.pages.catalogue import catalogue_of

if TYPE_CHECKING:
    from core.addons.registry import Addon
    from core.env import Env

COUNTED = 10_000
"""So many records of a model are counted; beyond that there are simply more."""


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of what an addon adds, such as its models, each by what people or developers call it."""

    key: str
    label: Text
    items: Sequence[Text | str]


@dataclass(frozen=True, slots=True)
class Kept:
    """The records of one model that stay while the addon is off; `more` where there are more than were counted."""

    title: Text
    count: int
    more: bool


@dataclass(frozen=True, slots=True)
class Impact:
    """`with_it` are the addons that enabling switches on as well, `after_it` those that disabling takes along.

    `warnings` say what it asked for on pages and did not get, for its developers.
    """

    with_it: Sequence[str]
    after_it: Sequence[str]
    parts: Sequence[Part]
    kept: Sequence[Kept]
    warnings: Sequence[str]


def impact(env: Env, name: str) -> Impact:
    """What switching the addon comes to. Raises `UnknownAddon` or `Forbidden`."""
    lifecycle.check_may_manage(env)
    registry = env.site.registry
    needed = [other for other in lifecycle.needed_for(registry, name) if other not in env.enabled and other != name]
    dependents = [other for other in lifecycle.dependents_of(registry, name) if other in env.enabled]
    addon = registry.addon(name)
    parts = [Part(key, label, list(found(addon))) for key, label, found in _KINDS]
    warnings = [f"{each.place}: {each.text}" for each in catalogue_of(env).warnings if each.addon == name]
    return Impact(needed, dependents, [part for part in parts if part.items], list(_kept(env, addon)), warnings)


def own_models(name: str) -> list[type[Model]]:
    """The models whose tables are the addon's, by key."""
    return [model for model in models().values() if model.__addon__ == name]


def _models(addon: Addon) -> Iterator[Text]:
    return (model.__title_plural__ for model in own_models(addon.name))


def _fields(addon: Addon) -> Iterator[Text]:
    for model in models().values():
        for spec in describe(model).fields.values():
            if spec.addon == addon.name != model.__addon__:
                yield _("{model}: {field}", model=model.__title__, field=spec.label)


def _nodes(addon: Addon, kind: type[Any] | tuple[type[Any], ...]) -> list[Any]:
    return [node for node in addon.contributed("pages", "PAGES", ()) if isinstance(node, kind)]


def _menu(addon: Addon) -> Iterator[Text]:
    return (node.label for node in _nodes(addon, nodes.Menu))


def _pages(addon: Addon) -> Iterator[str]:
    found = (nodes.ListPage, nodes.FormPage, nodes.DetailPage)
    yield from dict.fromkeys(f"/{node.model.key()}" for node in _nodes(addon, found))
    yield from (f"{node.blueprint.name}.*" for node in _nodes(addon, nodes.Routes))


def _contributions(addon: Addon) -> Iterator[str]:
    for node in _nodes(addon, nodes.Contribution):
        name = getattr(node, "name", "") or getattr(node, "key", "")
        yield f"{node.place}: {name}" if name else node.place


def _actions(addon: Addon) -> Iterator[Text]:
    return (_("{model}: {field}", model=n.model.__title__, field=n.label) for n in _nodes(addon, nodes.Action))


def _jobs(addon: Addon) -> Iterator[str]:
    return (job.name for job in jobs.declared().values() if job.addon == addon.name)


def _schedules(addon: Addon) -> Iterator[str]:
    declared = jobs.declared()
    return (each.job for each in jobs.schedules() if declared[each.job].addon == addon.name)


def _permissions(addon: Addon) -> Iterator[Text]:
    for permission in addon.contributed("access", "PERMISSIONS", ()):
        title = permission.title or permission.model
        yield _("{model}: {field}", model=title, field=permission.label)


def _hooks(addon: Addon) -> Iterator[str]:
    module = addon.modules.get("hooks")
    for name, function in vars(module).items() if module else ():
        if getattr(function, "__module__", "") == getattr(module, "__name__", "") and hasattr(function, MARKED_IMPL):
            yield name


def _lists(addon: Addon) -> Iterator[Text]:
    return (spec.label for spec in addon.contributed("lists", "LISTS", ()))


Found = Callable[["Addon"], Iterator[Text | str]]
_KINDS: tuple[tuple[str, Text, Found], ...] = (
    ("models", _("Kinds of records"), _models),
    ("fields", _("Fields on other records"), _fields),
    ("menu", _("Menu entries"), _menu),
    ("pages", _("Pages"), _pages),
    ("contributions", _("Additions to other pages"), _contributions),
    ("actions", _("Actions"), _actions),
    ("lists", _("Editable lists"), _lists),
    ("permissions", _("Permissions"), _permissions),
    ("hooks", _("Reactions to what happens elsewhere"), _hooks),
    ("jobs", _("Background jobs"), _jobs),
    ("schedules", _("Jobs that run by themselves"), _schedules),
)


def _kept(env: Env, addon: Addon) -> Iterator[Kept]:
    for model in own_models(addon.name):
        table: Any = model.__table__
        some = select(table.c.id).limit(COUNTED + 1).subquery()
        number = env.connection_of_core.scalar(select(func.count()).select_from(some)) or 0
        yield Kept(model.__title_plural__, min(number, COUNTED), number > COUNTED)
