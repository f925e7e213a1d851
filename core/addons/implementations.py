"""Which hooks there are and who implements them: checked once, at boot."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from core import hookspecs
from core.addons.origin import CORE
from core.addons.policy import POLICY, PROJECT, Policy

if TYPE_CHECKING:
    from core.addons.registry import Addon

MARKED_SPEC, MARKED_IMPL = f"{PROJECT}_spec", f"{PROJECT}_impl"


class HookError(Exception):
    """A hook that is declared or implemented wrongly; `addon` is whose fault that is."""

    def __init__(self, addon: str, message: str) -> None:
        super().__init__(f"The addon {addon}: {message}")
        self.addon = addon


@dataclass(frozen=True, slots=True)
class Implementation:
    """One addon's function for a hook, and those of the hook's arguments that it wants."""

    addon: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook as declared by `addon`, with its implementations in the order of calling. `arguments` are without env."""

    name: str
    addon: str
    policy: Policy
    savepoint: bool
    gives: type
    arguments: frozenset[str]
    specification: Callable[..., Any]
    implementations: tuple[Implementation, ...] = ()

    def check(self, arguments: Mapping[str, Any]) -> None:
        """Raises TypeError for arguments that are not those of the hook."""
        if arguments.keys() != self.arguments:
            wanted = ", ".join(sorted(self.arguments))
            raise TypeError(f"The hook {self.name} takes {wanted}, not {', '.join(arguments)}.")

    def checked(self, result: Any) -> Any:
        """The result of an implementation. Raises TypeError if it is not what the hook gives."""
        for answer in result if isinstance(result, list) else [] if result is None else [result]:
            if not isinstance(answer, self.gives):
                raise TypeError(f"The hook {self.name} gives {self.gives.__name__}, not {type(answer).__name__}.")
        return result

    def unanswered(self, **arguments: Any) -> list[Any] | None:
        """What a call gives that nobody implements."""
        self.check(arguments)
        return [] if self.policy in (Policy.VETO, Policy.COLLECTED) else None


class Implementations:
    """The hooks of core and of the installed addons. Raises `HookError` for what does not fit together."""

    def __init__(self, addons: Iterable[Addon]) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self.hooks: dict[str, Hook] = {}
        self._reach: dict[str, set[str]] = {}
        self._declare(CORE, hookspecs)
        for addon in addons:
            needs = addon.manifest.depends
            self._reach[addon.name] = {addon.name, CORE, *needs}.union(*(self._reach.get(name, ()) for name in needs))
            if "hookspecs" in addon.modules:
                self._declare(addon.name, addon.modules["hookspecs"])
            if "hooks" in addon.modules:
                self._register(addon.name, addon.modules["hooks"])
        self._manager.check_pending()
        order = list(self._reach)
        self.hooks = {name: replace(hook, implementations=self._of(name, order)) for name, hook in self.hooks.items()}
        self._chosen: dict[tuple[frozenset[str], frozenset[tuple[str, str]]], Mapping[str, Hook]] = {}

    def among(self, enabled: frozenset[str], off: frozenset[tuple[str, str]] = frozenset()) -> Mapping[str, Hook]:
        """The hooks with the implementations of the enabled addons, less those in `off`, (addon, hook)."""
        key = (enabled, off)
        if key not in self._chosen:
            self._chosen[key] = {name: _less(hook, enabled, off) for name, hook in self.hooks.items()}
        return self._chosen[key]

    def _declare(self, addon: str, module: ModuleType) -> None:
        for name, function in _marked(module, MARKED_SPEC):
            arguments = list(inspect.signature(function).parameters)
            # A few of core's are called where there is no unit of work.
            if arguments[:1] != ["env"] and addon != CORE:
                raise HookError(addon, f"the hook {name} must take env as its first argument.")
            if not hasattr(function, POLICY):
                raise HookError(addon, f"the hook {name} has no policy; declare it with @hook(policy=…).")
            if name in self.hooks:
                raise HookError(addon, f"the hook {name} is declared by {self.hooks[name].addon} already.")
            policy, savepoint, gives = getattr(function, POLICY)
            self.hooks[name] = Hook(name, addon, policy, savepoint, gives, frozenset({*arguments} - {"env"}), function)
        if any(True for _ in _marked(module, MARKED_SPEC)):
            self._manager.add_hookspecs(module)

    def _register(self, addon: str, module: ModuleType) -> None:
        for name, function in _marked(module, MARKED_IMPL):
            self._check(addon, name, function)
        self._manager.register(module, name=addon)

    def _check(self, addon: str, name: str, function: Callable[..., Any]) -> None:
        options = getattr(function, MARKED_IMPL)
        name = options["specname"] or name
        hook = self.hooks.get(name)
        if options["wrapper"] or options["hookwrapper"]:
            raise HookError(addon, f"{name} in hooks.py is a wrapper; implementations only add to each other.")
        if hook is None:
            if options["optionalhook"]:
                return
            near = difflib.get_close_matches(name, self.hooks, n=1)
            raise HookError(addon, f"{name} in hooks.py is no hook" + (f"; is it {near[0]}?" if near else "."))
        if hook.addon not in self._reach[addon] and not options["optionalhook"]:
            raise HookError(
                addon, f"{name} in hooks.py is a hook of {hook.addon}, which addon.toml does not depend on."
            )
        wrong = [wanted for wanted in inspect.signature(function).parameters if wanted not in {"env", *hook.arguments}]
        if wrong:
            known = ", ".join(inspect.signature(hook.specification).parameters)
            raise HookError(addon, f"{name} in hooks.py takes {', '.join(wrong)}; the hook has only {known}.")

    def _of(self, name: str, order: list[str]) -> tuple[Implementation, ...]:
        caller = getattr(self._manager.hook, name)
        found = sorted(
            caller.get_hookimpls(),
            key=lambda each: (each.trylast - each.tryfirst, order.index(each.plugin_name)),
        )
        return tuple(Implementation(each.plugin_name, each.function, tuple(each.argnames)) for each in found)


def _marked(module: ModuleType, mark: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, found in vars(module).items():
        if inspect.isfunction(found) and hasattr(found, mark):
            yield name, found


def _less(hook: Hook, enabled: frozenset[str], off: frozenset[tuple[str, str]]) -> Hook:
    kept = tuple(i for i in hook.implementations if i.addon in enabled and (i.addon, hook.name) not in off)
    return replace(hook, implementations=kept)
