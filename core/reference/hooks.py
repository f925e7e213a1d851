"""The hooks of core and of addons, with their implementations."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from core import hookspecs
from core.addons.registry import Registry
from core.hookspecs import PROJECT
from core.reference.markdown import block, code, docstring

INTRODUCTION = """
An addon implements a hook as a function of the same name in its `hooks.py`, marked with `@hookimpl`. It may leave
out arguments that it does not need. Only the addons that are enabled on the site are called. A function whose name
is no hook keeps the site from starting.
"""


def build(registry: Registry) -> str:
    """Core's hooks, then those of each addon that has any."""
    parts = [INTRODUCTION.strip() + "\n"]
    for owner, module in _modules(registry):
        parts += [_section(registry, owner, name, function) for name, function in _hooks(module)]
    return "\n".join(parts)


def _modules(registry: Registry) -> Iterator[tuple[str, ModuleType]]:
    yield "core", hookspecs
    for addon in registry.addons:
        name = f"{addon.manifest.package}.hookspecs"
        if importlib.util.find_spec(name) is not None:
            yield addon.name, importlib.import_module(name)


def _hooks(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, found in vars(module).items():
        if inspect.isfunction(found) and hasattr(found, f"{PROJECT}_spec"):
            yield name, found


def _section(registry: Registry, owner: str, name: str, function: Callable[..., Any]) -> str:
    signature = str(inspect.signature(function)).replace("'", "")
    users = [addon.name for addon in registry.addons if hasattr(addon.modules.get("hooks"), name)]
    told = ", ".join(map(code, users)) or "no addon in this repository"
    call = block(f"@hookimpl\ndef {name}{signature}: ...", "python")
    return f"## {name}\n\n{call}\n{docstring(function)}\n\nDeclared by `{owner}`. Implemented by {told}.\n"
