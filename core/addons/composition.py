"""Services as the enabled addons make them: each addon's extension in front of what it extends."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar, cast

from core.addons.origin import addon_of
from core.orm.model import Model
from core.records import Records

S = TypeVar("S")
E = TypeVar("E")

EXTENDS = "__extends__"


class CompositionError(TypeError):
    """Services that do not go together; the message names the classes and what to change."""


def extends_service(service: type[Any]) -> Callable[[type[E]], type[E]]:
    """Marks a subclass of `service` as an extension, which is part of it while its addon is enabled.

    `super()` is the service as the addons before it make it. For a model that has no service of its own, name the
    model and subclass `Records`. Raises `CompositionError` for a class that is no subclass.
    """

    def mark(extension: type[E]) -> type[E]:
        base = Records if issubclass(service, Model) else service
        if not issubclass(extension, base):
            raise CompositionError(
                f"{_named(extension)} extends {service.__name__} and must be a subclass: "
                f"class {extension.__name__}({base.__name__})."
            )
        setattr(extension, EXTENDS, service)
        return extension

    return mark


class Composition:
    """The services of the installed addons, taken in the order of dependency."""

    def __init__(self) -> None:
        self._records: dict[type[Model], type[Records[Any]]] = {}
        self._extensions: list[tuple[type[Any], type[Any]]] = []
        """(what is extended in the end, extension), as they were taken."""
        self._composed: dict[tuple[type[Any], frozenset[str]], type[Any]] = {}

    def take(self, addon: str, module: ModuleType) -> None:
        """Takes what the addon's module declares. Raises `CompositionError` for a second service of one model."""
        for found in vars(module).values():
            if not inspect.isclass(found) or addon_of(found.__module__) != addon:
                continue
            extended = found.__dict__.get(EXTENDS)
            if extended is not None:
                self._extensions.append((_root(extended), found))
            elif issubclass(found, Records) and "model" in found.__dict__:
                self._take_records(found)

    def _take_records(self, found: type[Records[Any]]) -> None:
        other = self._records.setdefault(found.model, found)
        if other is not found:
            raise CompositionError(
                f"{_named(found)} is a second service of {found.model.__name__}, beside {_named(other)}. "
                f"Extend that one: @extends_service({other.__name__})."
            )

    def records_class(self, model: type[Model]) -> type[Records[Any]]:
        """The service of a model: the addon's own, or core's plain one."""
        if model not in self._records:
            self._records[model] = type(f"{model.__name__}Records", (Records,), {"model": model})
        return self._records[model]

    def composed(self, service: type[S], enabled: frozenset[str]) -> type[S]:
        """The service with the enabled addons' extensions in front of it; made once per set.

        Asked for an extension, it is the same service, which then has what that extension adds. Raises
        `CompositionError` if the addon of that extension is off.
        """
        root = _root(service)
        if root is not service and addon_of(service.__module__) not in enabled:
            raise CompositionError(f"{_named(service)} belongs to an addon that is off.")
        if issubclass(root, Model):
            root = self.records_class(root)
        key = (root, enabled)
        if key not in self._composed:
            self._composed[key] = self._compose(root, enabled)
        return cast("type[S]", self._composed[key])

    def _compose(self, root: type[Any], enabled: frozenset[str]) -> type[Any]:
        chosen = [e for e in self._extensions_of(root) if addon_of(e.__module__) in enabled]
        if not chosen:
            return root
        try:
            # The last of the addons comes first, so that it has the last word and `super()` is those before it.
            return type(root.__name__, (*reversed(chosen), root), {"__module__": root.__module__})
        except TypeError as error:
            names = ", ".join(_named(e) for e in chosen)
            raise CompositionError(f"These extensions of {_named(root)} do not go together: {names}.") from error

    def _extensions_of(self, root: type[Any]) -> list[type[Any]]:
        """Those of the service and, if it is of a model, those that name the model instead."""
        names = {root, root.__dict__.get("model") if issubclass(root, Records) else None}
        return [extension for extended, extension in self._extensions if extended in names]


def _root(service: type[Any]) -> type[Any]:
    """What is extended in the end, over extensions of extensions."""
    while EXTENDS in service.__dict__:
        service = service.__dict__[EXTENDS]
    return service


def _named(cls: type[Any]) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"
