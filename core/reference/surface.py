"""The public surface with its signatures, so that a change of it shows in what is committed."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from types import GenericAlias, ModuleType, UnionType
from typing import Any

from core import administration, api
from core.addons.registry import Registry
from core.orm import ddl, types
from core.orm.model import Base
from core.reference.markdown import code

INTRODUCTION = "A line that changes here changes what addons can rely on; `core.api` says what may change, and when."
MODULES: tuple[tuple[ModuleType, str], ...] = (
    (api, "For every addon."),
    (administration, "For addons that administer a site."),
    (types, "For migrations."),
    (ddl, "For migrations."),
)


def build(_registry: Registry) -> str:
    """Every public module, class, method and function."""
    parts = [INTRODUCTION]
    for module, purpose in MODULES:
        lines = [line for name in _public(module) for line in _lines(name, getattr(module, name))]
        parts.append(f"## {code(module.__name__)}\n\n{purpose}\n\n```text\n" + "\n".join(lines) + "\n```")
    return "\n\n".join(parts)


def _public(module: ModuleType) -> list[str]:
    own = [n for n, v in vars(module).items() if not n.startswith("_") and _is_own(module, v)]
    return sorted(getattr(module, "__all__", own), key=str.lower)


def _is_own(module: ModuleType, value: Any) -> bool:
    return getattr(value, "__module__", "") == module.__name__ and (inspect.isclass(value) or inspect.isroutine(value))


def _lines(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, ModuleType):
        yield f"module {name}"
        yield from (f"    {line}" for part in _public(value) for line in _lines(part, getattr(value, part)))
    elif inspect.isclass(value) and not isinstance(value, GenericAlias):
        yield from _class(name, value)
    elif inspect.isroutine(value):
        yield f"{name}{_signature(value)}"
    elif isinstance(value, GenericAlias | UnionType):
        yield f"{name} = {value}"
    else:
        yield f"{name}: {type(value).__name__}"


def _class(name: str, cls: type[Any]) -> Iterator[str]:
    bases = ", ".join(base.__name__ for base in cls.__bases__ if base is not object)
    yield f"class {name}({bases})" if bases else f"class {name}"
    if issubclass(cls, Enum):
        yield from (f"    {member.name} = {member.value!r}" for member in cls)
    elif is_dataclass(cls):
        yield from _fields(cls)
    elif "__init__" in vars(cls) and not issubclass(cls, Base):
        yield f"    __init__{_signature(cls.__init__, skip=1)}"
    for member, value in sorted(vars(cls).items()):
        if member.startswith("_"):
            continue
        function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if inspect.isfunction(function):
            yield f"    {member}{_signature(function, skip=0 if isinstance(value, staticmethod) else 1)}"
        elif isinstance(value, property) or hasattr(value, "func"):
            yield f"    {member} (property)"


def _fields(cls: type[Any]) -> Iterator[str]:
    for field in fields(cls):
        is_needed = field.default is MISSING and field.default_factory is MISSING
        mark = "" if is_needed else " = …"
        yield f"    {field.name}: {field.type}{mark}"


def _signature(function: Any, *, skip: int = 0) -> str:
    """`skip` leaves out the parameters that a call on an object does not name."""
    try:
        found = inspect.signature(function)
    except (TypeError, ValueError):
        return "(…)"
    shown = ", ".join(_arranged(list(found.parameters.values())[skip:]))
    returned = "" if found.return_annotation is inspect.Signature.empty else f" -> {_plain(found.return_annotation)}"
    return f"({shown}){returned}"


def _arranged(parameters: list[inspect.Parameter]) -> Iterator[str]:
    """The parameters with the marks of those that are named only, or placed only."""
    kinds = [p.kind for p in parameters]
    for place, parameter in enumerate(parameters):
        is_first_named = parameter.kind is parameter.KEYWORD_ONLY and parameter.KEYWORD_ONLY not in kinds[:place]
        if is_first_named and parameter.VAR_POSITIONAL not in kinds:
            yield "*"
        yield _parameter(parameter)
        is_placed = parameter.kind is parameter.POSITIONAL_ONLY
        if is_placed and (place + 1 == len(kinds) or kinds[place + 1] is not parameter.POSITIONAL_ONLY):
            yield "/"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = _STARS.get(parameter.kind, "")
    type_ = "" if parameter.annotation is parameter.empty else f": {_plain(parameter.annotation)}"
    default = "" if parameter.default is parameter.empty else " = …"
    return f"{stars}{parameter.name}{type_}{default}"


_STARS: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


def _plain(annotation: Any) -> str:
    if isinstance(annotation, str):
        return annotation
    return getattr(annotation, "__name__", str(annotation))
