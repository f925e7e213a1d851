"""A limit on the time that an addon's function may take: first its statement is interrupted, then the function, and
a process in which neither helps is ended."""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

GRACE = 0.5
"""Seconds between interrupting the statement that may be running and interrupting the function itself."""

LONGEST_NAP = 1.0
STUCK = 70
"""The exit code of a process that was ended because a function could not be interrupted."""


class TimeLimit(BaseException):
    """The function has taken too long. Not an `Exception`, so that the function itself does not catch it."""


@dataclass(slots=True, eq=False)
class Watched:
    """One call that is under way, in `thread`. What it does about its end is done in that thread alone."""

    limit: float
    interrupt: Callable[[], object]
    """Ends the statement that may be running, from another thread."""
    stuck: Callable[[], object]
    """Notes that this call could not be interrupted; the process ends afterwards."""
    thread: int = 0
    started: float = 0.0
    is_late: bool = False
    has_fired: bool = False


class Watchdog:
    """Watches the calls of this process, from a thread that starts with the first of them."""

    def __init__(self) -> None:
        self._forget()
        # A forked child has the memory but not the thread.
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[int, list[Watched]] = {}
        self._thread: threading.Thread | None = None

    def run(self, watched: Watched, function: Callable[[], T]) -> T:
        """What `function` returns. Raises `TimeLimit` in its place once `watched.limit` seconds are over."""
        try:
            try:
                self._begin(watched)
                result = function()
            finally:
                self._end(watched)
        except TimeLimit:
            # It may have struck in the lines above, after the function itself had come to its end.
            self._end(watched)
            raise
        except Exception as error:
            if watched.is_late:
                raise TimeLimit from error
            raise
        if watched.is_late:
            raise TimeLimit
        return result

    def _begin(self, watched: Watched) -> None:
        watched.thread, watched.started = threading.get_ident(), time.monotonic()
        with self._lock:
            self._running.setdefault(watched.thread, []).append(watched)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
                self._thread.start()

    def _end(self, watched: Watched) -> None:
        """From here on nothing strikes this call any more. May be called twice."""
        with self._lock:
            stack = self._running.get(watched.thread, [])
            if watched in stack:
                stack.remove(watched)
            if not stack:
                self._running.pop(watched.thread, None)
            if watched.has_fired:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(watched.thread), None)

    def _watch(self) -> None:
        nap = LONGEST_NAP
        while True:
            before = time.monotonic()
            time.sleep(nap)
            overslept = time.monotonic() - before - nap
            with self._lock:
                if overslept > LONGEST_NAP:
                    # The whole machine stood still: that is nobody's fault.
                    self._forgive(overslept)
                nap = self._look(time.monotonic())

    def _forgive(self, seconds: float) -> None:
        for stack in self._running.values():
            for watched in stack:
                watched.started += seconds

    def _look(self, now: float) -> float:
        """Acts on the calls that are late; returns the seconds until it is time to look again."""
        nap = LONGEST_NAP
        for stack in self._running.values():
            # Of calls within each other the innermost is the one that does not return.
            watched = stack[-1]
            taken = now - watched.started
            if taken > max(2 * watched.limit, watched.limit + 6 * GRACE):
                _end_process(watched)
            elif taken > watched.limit + GRACE and not watched.has_fired:
                watched.has_fired = True
                _raise_in(watched.thread)
            elif taken > watched.limit and not watched.is_late:
                watched.is_late = True
                with contextlib.suppress(Exception):
                    watched.interrupt()
            nap = min(nap, max(watched.limit / 10, 0.02))
        return nap


WATCHDOG = Watchdog()
"""The one of this process."""


def _raise_in(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TimeLimit))


def _end_process(watched: Watched) -> None:
    try:
        watched.stuck()
    finally:
        os._exit(STUCK)
