"""One child process of the supervisor: started, watched, started again after a growing pause, ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
HEALTHY_SECONDS = 30.0
"""A child that lived so long starts with a clean sheet."""


class Child:
    """A process that is to run for as long as the supervisor does.

    `start` makes it, in a session of its own, so that Ctrl-C in the terminal reaches the supervisor alone.
    `failures` counts how often in a row it has ended by itself.
    """

    def __init__(self, name: str, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self.name, self._start = name, start
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = self._start_after = 0.0
        self.failures = 0

    @property
    def is_running(self) -> bool:
        """Whether it runs at this moment."""
        return self._process is not None and self._process.poll() is None

    def keep_running(self) -> int | None:
        """Starts it when it is time to; returns its exit code if it has just ended, else None."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._start_after:
                self._process, self._started_at = self._start(), now
            return None
        code = self._process.poll()
        if code is None:
            return None
        self.failures = 1 if now - self._started_at > HEALTHY_SECONDS else self.failures + 1
        self._start_after = now + self.pause
        self._process = None
        return code

    @property
    def pause(self) -> float:
        """Seconds until it is started again."""
        return min(FIRST_PAUSE * 2.0 ** (self.failures - 1), LONGEST_PAUSE)

    def ask_to_end(self) -> None:
        """Asks it to finish what it is doing and end."""
        if self._process is not None and self.is_running:
            self._process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> None:
        """Waits for its end, and kills it with all that it started when that takes longer."""
        if self._process is None:
            return
        try:
            self._process.wait(max(seconds, 0.0))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def hold(self) -> None:
        """Does not start it until it is renewed."""
        self._start_after = float("inf")

    def renew(self, seconds: float) -> None:
        """Waits for its end like `wait`, and lets it be started again at once, with a clean sheet."""
        self.wait(seconds)
        self._process = None
        self.failures, self._start_after = 0, 0.0
