"""The public names of `core.api`."""

from __future__ import annotations

import inspect
from types import GenericAlias, ModuleType, UnionType

from core import api
from core.addons.registry import Registry
from core.reference.markdown import code, docstring, first_line, table


def build(_registry: Registry) -> str:
    """Every name with where it comes from and the first sentence that the code says of it."""
    rows = [(code(name), code(_source(name)), _about(name)) for name in sorted(api.__all__, key=str.lower)]
    return f"{docstring(api)}\n\n" + table(("Name", "From", "What it is"), rows)


def _source(name: str) -> str:
    found = getattr(api, name)
    if isinstance(found, ModuleType):
        return found.__name__
    is_named = inspect.isclass(found) or inspect.isroutine(found)
    return str(found.__module__) if is_named and not isinstance(found, GenericAlias) else ""


def _about(name: str) -> str:
    found = getattr(api, name)
    if isinstance(found, str):
        return f"The action {code(found)}."
    if isinstance(found, GenericAlias | UnionType):
        return f"The type {code(str(found))}."
    return first_line(found)
