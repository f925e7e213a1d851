"""Calling hooks: `env.hooks.<name>(…)`, each by its policy."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from core.addons.answers import Saved
from core.addons.breaker import Key, known_failures
from core.addons.implementations import Hook, Implementation
from core.addons.policy import Policy
from core.addons.watchdog import WATCHDOG, TimeLimit, Watched
from core.errors import AppError

if TYPE_CHECKING:
    from core.addons.registry import Registry
    from core.env import Env

log = logging.getLogger(__name__)
Arguments = dict[str, Any]

_telling = threading.local()
REMEMBERED = 1000
"""So many calls of a unit of work are kept in its trace, the latest ones."""


@dataclass(frozen=True, slots=True)
class Ran:
    """An implementation that was called, how long it took in seconds, and how that ended: "" or the error's name."""

    hook: str
    addon: str
    seconds: float
    error: str


class TransactionLost(RuntimeError):
    """An implementation failed in such a way that nothing of its unit of work can be kept."""


class Hooks:
    """The hooks of a unit of work. `env.hooks.name(argument=…)` calls the implementations of enabled addons.

    `trace` tells which implementations ran; the log does so too with `addons.trace_hooks`, else at level debug.
    """

    def __init__(self, env: Env) -> None:
        self.trace: deque[Ran] = deque(maxlen=REMEMBERED)
        self._env = env
        self._off: set[Key] = set()
        self.refresh()

    def refresh(self) -> None:
        """To be called when this very unit of work has enabled or disabled something."""
        known = known_failures(self._env)
        self._failing = set(known.failing)
        self._hooks = self._env.site.registry.hooks.among(self._env.enabled, known.off)

    def listens(self, *names: str) -> bool:
        """Whether anybody implements one of the hooks, for callers to whom gathering the arguments is dear."""
        return any(self._hooks[name].implementations for name in names)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        hook = self._hooks.get(name)
        if hook is None:
            raise AttributeError(f"There is no hook {name}.")
        if not hook.implementations:
            return hook.unanswered
        return partial(_CALLS[hook.policy], self, hook)

    def tell_saved(self, saved: Sequence[Saved]) -> None:
        """Calls `after_commit`, unless this unit is itself part of an answer to it: that could go on for ever."""
        if getattr(_telling, "saved", False):
            return
        _telling.saved = True
        try:
            self.after_commit(saved=saved)
        finally:
            _telling.saved = False

    def veto(self, hook: Hook, implementation: Implementation, arguments: Arguments) -> Any:
        """The result. An exception goes on; what is no veto but a defect is logged."""
        started = time.perf_counter()
        try:
            result = _result(self._env, hook, implementation, arguments)
        except Exception as error:
            self._note(hook, implementation, started, error)
            if not isinstance(error, AppError):
                log.exception("The hook %s of the addon %s failed.", hook.name, implementation.addon)
            raise
        self._note(hook, implementation, started)
        return result

    def alone(self, hook: Hook, implementation: Implementation, arguments: Arguments) -> Any:
        """The result, None if it failed: then what it did itself is undone, and nothing else."""
        key = (implementation.addon, hook.name)
        if key in self._off:
            return None
        if hook.savepoint:
            # What the caller has not written yet must not fail in the implementation's name.
            self._env.flush()
        started, watched = time.perf_counter(), self._watched(key)
        try:
            with self._around(hook):
                result = WATCHDOG.run(watched, partial(_result, self._env, hook, implementation, arguments))
        except (Exception, TimeLimit) as error:
            self._note(hook, implementation, started, error)
            self._failed(hook, key, error, is_late=watched.is_late)
            return None
        self._note(hook, implementation, started)
        if key in self._failing:
            self._failing.discard(key)
            self._env.site.breaker.worked(key)
        return result

    def _around(self, hook: Hook) -> AbstractContextManager[None]:
        return self._env.savepoint() if hook.savepoint else nullcontext()

    def _watched(self, key: Key) -> Watched:
        site = self._env.site
        interrupt = partial(_interrupt, self._env.connection_of_core)
        return Watched(site.settings.hook_seconds, interrupt, partial(site.breaker.stuck, key))

    def _failed(self, hook: Hook, key: Key, error: BaseException, *, is_late: bool) -> None:
        if getattr(error, "connection_invalidated", False):
            # The database has gone away, which is not the implementation's doing.
            raise error
        log.error("The hook %s of the addon %s failed; it was left out.", key[1], key[0], exc_info=error)
        self._failing.add(key)
        if self._env.site.breaker.failed(key, TimeLimit("It did not return.") if is_late else error, at_once=is_late):
            self._off.add(key)
        connection = self._env.connection_of_core
        if not connection.closed and not _is_in_transaction(connection):
            raise TransactionLost(f"The hook {key[1]} of the addon {key[0]} left no transaction behind.") from error

    def _note(
        self, hook: Hook, implementation: Implementation, started: float, error: BaseException | None = None
    ) -> None:
        ran = Ran(hook.name, implementation.addon, time.perf_counter() - started, type(error).__name__ if error else "")
        self.trace.append(ran)
        level = logging.INFO if self._env.site.settings.trace_hooks else logging.DEBUG
        if log.isEnabledFor(level):
            log.log(level, "Hook %s, addon %s: %.2f ms %s", ran.hook, ran.addon, ran.seconds * 1000, ran.error)


def _each(call: Callable[..., Any], hooks: Hooks, hook: Hook, arguments: Arguments) -> list[Any]:
    """All results that are not None; lists among them are flattened."""
    hook.check(arguments)
    found: list[Any] = []
    for implementation in hook.implementations:
        result = call(hooks, hook, implementation, arguments)
        if isinstance(result, list):
            found.extend(result)
        elif result is not None:
            found.append(result)
    return found


def _veto(hooks: Hooks, hook: Hook, /, **arguments: Any) -> list[Any]:
    return _each(Hooks.veto, hooks, hook, arguments)


def _isolated(hooks: Hooks, hook: Hook, /, **arguments: Any) -> None:
    _each(Hooks.alone, hooks, hook, arguments)


def _collected(hooks: Hooks, hook: Hook, /, **arguments: Any) -> list[Any]:
    return _each(Hooks.alone, hooks, hook, arguments)


def _first(hooks: Hooks, hook: Hook, /, **arguments: Any) -> Any:
    hook.check(arguments)
    for implementation in hook.implementations:
        result = hooks.alone(hook, implementation, arguments)
        if result is not None:
            return result
    return None


_CALLS: Mapping[Policy, Callable[..., Any]] = {
    Policy.VETO: _veto,
    Policy.ISOLATED: _isolated,
    Policy.COLLECTED: _collected,
    Policy.FIRST: _first,
}


def tell_process(registry: Registry, name: str, **arguments: Any) -> None:
    """Calls an isolated hook that has no unit of work, of all installed addons."""
    hook = registry.hooks.hooks[name]
    for implementation in hook.implementations:
        try:
            _result(None, hook, implementation, arguments)
        except Exception:
            log.exception("The hook %s of the addon %s failed; it was left out.", name, implementation.addon)


def ask_plainly(hook: Hook, **arguments: Any) -> list[Any]:
    """The results, without None, of a hook with a veto that has no unit of work."""
    found: list[Any] = []
    for implementation in hook.implementations:
        try:
            result = _result(None, hook, implementation, arguments)
        except Exception:
            log.exception("The hook %s of the addon %s failed.", hook.name, implementation.addon)
            raise
        found += [] if result is None else [result]
    return found


def _result(env: Env | None, hook: Hook, implementation: Implementation, arguments: Arguments) -> Any:
    given = {"env": env, **arguments}
    return hook.checked(implementation.function(*[given[name] for name in implementation.arguments]))


def _interrupt(connection: Connection) -> None:
    """Ends the statement that runs on the connection, if one does; called from another thread."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.interrupt()
    else:
        driver.cancel_safe(timeout=2)


def _is_in_transaction(connection: Connection) -> bool:
    """Whether the database itself still is in the transaction: an interrupted write may have ended it."""
    if connection.invalidated or not connection.in_transaction():
        return False
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return bool(driver.in_transaction)
    return bool(driver.info.transaction_status.name == "INTRANS")
