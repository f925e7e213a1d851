"""Which addon a module belongs to: what it declares — tables, fields, jobs, services — is that addon's."""

from __future__ import annotations

from collections.abc import Iterable

CORE = "core"
FOLDERS = "addons"
"""The package that the folders of addons are imported under, each by the name of its addon."""

_claims: dict[str, str] = {}
_depends: dict[str, frozenset[str]] = {}


def claim(package: str, addon: str, depends: Iterable[str] = ()) -> None:
    """Makes the import package `package`, with all that is below it, that addon's. Before it is imported."""
    _claims[package] = addon
    _depends[addon] = frozenset(depends)


def depends_of(addon: str) -> frozenset[str] | None:
    """What the addon depends on, by itself; None if nobody has claimed anything for it."""
    return _depends.get(addon)


def addon_of(module_name: str) -> str:
    """The addon that the module belongs to; "core" for core, and for what belongs to no addon."""
    package = module_name
    while package:
        if package in _claims:
            return _claims[package]
        package = package.rpartition(".")[0]
    first, _, rest = module_name.partition(".")
    return rest.partition(".")[0] if first == FOLDERS and rest else CORE
