"""Ends a process when its parent ends, even by `kill -9`, so that nothing of a site is left running alone.

On Linux the kernel does it (PR_SET_PDEATHSIG); elsewhere a thread or a small launcher watches the parent.

As a program, `python -m core.jobs.lifeline PARENT SIGNAL [--user NAME] -- COMMAND…` runs a foreign command,
such as Valkey, tied to the process PARENT. This module imports little: it runs before each child.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from typing import NoReturn

PR_SET_PDEATHSIG = 1


def tied(command: list[str], *, stop: signal.Signals = signal.SIGTERM, user: str | None = None) -> list[str]:
    """The command line that runs `command` until this process ends; `user` is who it runs as, for root."""
    account = ["--user", user] if user else []
    return [
        *(sys.executable, "-m", "core.jobs.lifeline", str(os.getpid()), stop.name, *account, "--"),
        *command,
    ]


def follow_parent(stop: signal.Signals = signal.SIGTERM, *, grace: float = 5.0) -> None:
    """Sends this process `stop` when its parent ends, and ends it for good `grace` seconds later."""
    parent = os.getppid()
    _ask_kernel(stop)
    watch = threading.Thread(target=_watch, args=(parent, stop, grace), name="lifeline", daemon=True)
    watch.start()


def _watch(parent: int, stop: signal.Signals, grace: float) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), stop)
    time.sleep(grace)
    os._exit(1)


def _ask_kernel(stop: signal.Signals) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(stop), 0, 0, 0)


def main(arguments: list[str]) -> NoReturn:
    """Runs the command of the command line in place of this process, or under it."""
    parent, stop = int(arguments[0]), signal.Signals[arguments[1]]
    options, command = _split(arguments[2:])
    if options:
        _become(options[1])
    if sys.platform != "linux":
        sys.exit(_stay_above(command, parent, stop))
    # After the change of user, which would clear it.
    _ask_kernel(stop)
    if os.getppid() != parent:
        # The parent ended before the kernel was asked.
        sys.exit(1)
    os.execvp(command[0], command)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    cut = arguments.index("--")
    return arguments[:cut], arguments[cut + 1 :]


def _become(user: str) -> None:
    import pwd

    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def _stay_above(command: list[str], parent: int, stop: signal.Signals) -> int:
    child = subprocess.Popen(command)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: child.send_signal(received))
    while True:
        try:
            return child.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                child.send_signal(stop)


if __name__ == "__main__":
    main(sys.argv[1:])
