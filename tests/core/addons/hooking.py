"""Small addons of nothing but hooks, for the sites of tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from core.addons.policy import hookimpl
from core.addons.registry import Addon, Registry
from core.orm.tables import EnabledAddon
from core.orm.versions import bump
from core.site import Site

Function = Callable[..., Any]


def addon(
    name: str,
    *implementations: Function,
    depends: Sequence[str] = (),
    specs: Sequence[Function] = (),
    like: Addon,
) -> Addon:
    """An addon with those hook implementations and specifications; plain functions are marked as implementations."""
    made = Addon(replace(like.manifest, name=name, title=name, depends=tuple(depends), path=Path("/nowhere") / name))
    for part, functions in (("hookspecs", specs), ("hooks", implementations)):
        if functions:
            made.modules[part] = _module(f"{name}.{part}", functions, marks=part == "hooks")
    return made


def install(site: Site, name: str, *implementations: Function, **given: Any) -> None:
    """Puts such an addon, enabled, behind the ones that the site has."""
    addons = site.registry.addons
    # What this process knows of the addons on the site was worked out with those that it had before.
    site._cache.pop("addons", None)
    site.registry = Registry([*addons, addon(name, *implementations, like=addons[0], **given)])
    # Which addons are on was read for those that were there before.
    site._cache.clear()


def switch(site: Site, name: str, *, on: bool) -> None:
    """Enables or disables an addon, as the page does."""
    with site.system("switch") as env:
        env.session.merge(EnabledAddon(name=name, is_enabled=on))
        bump(env.connection_of_core, "addons")


def _module(name: str, functions: Sequence[Function], *, marks: bool) -> ModuleType:
    module = ModuleType(name)
    for function in functions:
        marked = hasattr(function, "ninekcrm_impl") or not marks
        setattr(module, function.__name__, function if marked else hookimpl(function))
    return module
