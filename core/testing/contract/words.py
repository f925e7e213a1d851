"""What an addon says: to people in their languages, and to whoever reads its code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from core import messages
from core.addons.manifest import Manifest
from core.addons.origin import addon_of
from core.addons.registry import Addon
from core.testing.contract.problems import Problem

DOCUMENTED = ("models", "services", "hookspecs", "hooks", "jobs", "errors")
"""The modules whose public classes and functions others call, or have to understand."""

_VERSION = re.compile(r"\d+\.\d+(\.\d+)?([-+.]?[0-9A-Za-z.]+)?")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def untold(manifest: Manifest) -> Iterator[Problem]:
    """What addon.toml should say, and does not say rightly."""
    file = str(manifest.path / "addon.toml")
    if not _NAME.fullmatch(manifest.name):
        yield Problem(file, f"the name {manifest.name!r} is none.", "Take small letters, digits and _ alone.")
    if not _VERSION.fullmatch(manifest.version):
        yield Problem(file, f"the version {manifest.version!r} is none.", 'Number it like "0.1.0".')
    for key in ("category", "summary"):
        if not getattr(manifest, key):
            yield Problem(file, f"{key} is missing.", "Administrators read it where they enable the addon.")


def untranslated(manifest: Manifest) -> Iterator[Problem]:
    """Texts that lack a translation into one of the languages of the product."""
    for locale in messages.TRANSLATED:
        path = messages.path_of(manifest.path, locale)
        for text in messages.missing(manifest.path, locale):
            remedy = f"Run `9kcrm messages {manifest.path}` and fill it in."
            yield Problem(str(path), f"has no translation of “{text}”, or one with other placeholders.", remedy)


def undocumented(addon: Addon) -> Iterator[Problem]:
    """Public classes, functions and methods without a docstring, and permissions without a label."""
    for module in addon.modules.values():
        if module.__name__.removeprefix(f"{addon.manifest.package}.").split(".")[0] not in DOCUMENTED:
            continue
        for name, found in _public(module):
            if addon_of(getattr(found, "__module__", "")) == addon.name:
                yield from _without_docstring(f"{found.__module__}.{name}", found)
    for permission in addon.contributed("access", "PERMISSIONS", ()):
        if not permission.label:
            where = f"{addon.manifest.package}.access: {permission.model}.{permission.action}"
            yield Problem(where, "has no label.", "Say in a few words what it allows: administrators grant it.")


def _public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    for name, found in vars(module).items():
        if not name.startswith("_") and (inspect.isclass(found) or inspect.isfunction(found)):
            yield name, found


def _without_docstring(where: str, found: Any) -> Iterator[Problem]:
    remedy = "Say in one line what it is or does; then units, types, and what it raises."
    # An inherited docstring tells of something else for a class; for a method that overrides, it still holds.
    if not (found.__dict__.get("__doc__") if inspect.isclass(found) else found.__doc__):
        yield Problem(where, "has no docstring.", remedy)
    if not inspect.isclass(found):
        return
    for name, member in vars(found).items():
        function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if inspect.isfunction(function) and not name.startswith("_") and not inspect.getdoc(getattr(found, name)):
            yield Problem(f"{where}.{name}", "has no docstring.", remedy)
