"""The nodes of pages, with every attribute."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

from core.addons.registry import Registry
from core.pages import nodes
from core.reference.markdown import code, docstring, table


def build(registry: Registry) -> str:
    """Each node in the order of the module, with who uses it."""
    found = [
        node
        for node in vars(nodes).values()
        if inspect.isclass(node) and node not in (nodes.Contribution, nodes.Alteration)
    ]
    return f"{inspect.cleandoc(nodes.__doc__ or '')}\n\n" + "\n".join(_section(registry, node) for node in found)


def _section(registry: Registry, node: type[Any]) -> str:
    rows = [(code(f.name), code(str(f.type)), _default(f)) for f in dataclasses.fields(node)]
    users = ", ".join(code(name) for name in _users(registry, node))
    used = f"\nUsed by {users}.\n" if users else ""
    return f"## {node.__name__}\n\n{docstring(node)}\n\n{table(('Attribute', 'Type', 'Default'), rows)}{used}"


def _default(found: dataclasses.Field[Any]) -> str:
    if found.default_factory is not dataclasses.MISSING:
        return code(repr(found.default_factory()))
    return "required" if found.default is dataclasses.MISSING else code(repr(found.default))


def _users(registry: Registry, node: type[Any]) -> list[str]:
    enabled = frozenset(addon.name for addon in registry.addons)
    return list(dict.fromkeys(addon for addon, there in registry.pages(enabled) if type(there) is node))
