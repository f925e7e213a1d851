"""Calling hooks: `env.hooks.<name>(…)`, each by its policy."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from core.addons.implementations import Hook, Implementation
from core.addons.policy import Policy
from core.errors import AppError

if TYPE_CHECKING:
    from core.env import Env

log = logging.getLogger(__name__)
Arguments = dict[str, Any]


class Hooks:
    """The hooks of a unit of work. `env.hooks.name(argument=…)` calls the implementations of enabled addons."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._hooks = env.site.registry.hooks.among(env.enabled)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        hook = self._hooks.get(name)
        if hook is None:
            raise AttributeError(f"There is no hook {name}.")
        return partial(_CALLS[hook.policy], self._env, hook)


def _veto(env: Env, hook: Hook, /, **arguments: Any) -> list[Any]:
    _check(hook, arguments)
    found: list[Any] = []
    for implementation in hook.implementations:
        try:
            _add(found, _result(env, implementation, arguments))
        except AppError:
            raise
        except Exception:
            log.exception("The hook %s of the addon %s failed.", hook.name, implementation.addon)
            raise
    return found


def _isolated(env: Env, hook: Hook, /, **arguments: Any) -> None:
    _check(hook, arguments)
    for implementation in hook.implementations:
        _alone(env, hook, implementation, arguments)


def _collected(env: Env, hook: Hook, /, **arguments: Any) -> list[Any]:
    _check(hook, arguments)
    found: list[Any] = []
    for implementation in hook.implementations:
        _add(found, _alone(env, hook, implementation, arguments))
    return found


def _first(env: Env, hook: Hook, /, **arguments: Any) -> Any:
    _check(hook, arguments)
    for implementation in hook.implementations:
        result = _alone(env, hook, implementation, arguments)
        if result is not None:
            return result
    return None


_CALLS: Mapping[Policy, Callable[..., Any]] = {
    Policy.VETO: _veto,
    Policy.ISOLATED: _isolated,
    Policy.COLLECTED: _collected,
    Policy.FIRST: _first,
}


def _check(hook: Hook, arguments: Arguments) -> None:
    if arguments.keys() != hook.arguments:
        raise TypeError(f"The hook {hook.name} takes {', '.join(sorted(hook.arguments))}, not {', '.join(arguments)}.")


def _result(env: Env, implementation: Implementation, arguments: Arguments) -> Any:
    given = {"env": env, **arguments}
    return implementation.function(*[given[name] for name in implementation.arguments])


def _alone(env: Env, hook: Hook, implementation: Implementation, arguments: Arguments) -> Any:
    """The result, None if it failed: then only what it did itself is undone."""
    try:
        with env.savepoint():
            return _result(env, implementation, arguments)
    except Exception:
        log.exception("The hook %s of the addon %s failed; it was left out.", hook.name, implementation.addon)
        return None


def _add(found: list[Any], result: Any) -> None:
    if isinstance(result, list):
        found.extend(result)
    elif result is not None:
        found.append(result)
