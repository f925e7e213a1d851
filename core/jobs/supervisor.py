"""The parent of all processes of a site on this machine: queue, web, workers, scheduler.

It starts them, starts again whichever dies, and ends them all when it ends, however it ends.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from core.config import Settings
from core.jobs import lifeline, queue, valkey
from core.jobs.child import Child
from core.jobs.reload import reloader_for

log = logging.getLogger(__name__)

TICK_SECONDS = 0.2
STOP_SECONDS = 15.0
QUEUE_SECONDS = 10.0
PORT_SECONDS = 5.0
WSGI = Path(__file__).resolve().parents[1] / "web" / "wsgi.py"
GIVE_UP_AFTER = 5
"""How often the web server may die before it was ever ready: then something is wrong that stays wrong."""

WEB_FIRST_SECONDS = 15.0
"""How long the other processes wait at most for the web server after a change of the code."""

HOLD_AFTER = 2
"""How often in a row a process may die while code is being written before it waits for the next change."""


class CannotStart(Exception):
    """The site cannot be started. The message says what to do."""


class Supervisor:
    """Runs the children until it is told to stop. `ready` is called once, when the site answers.

    With `reload` the children are started anew whenever a file of the code changes.
    """

    def __init__(
        self, settings: Settings, *, web: bool = True, reload: bool = False, ready: Callable[[], None] = lambda: None
    ) -> None:
        self._settings, self._web, self._ready = settings, web, ready
        embedded = web and settings.redis_url is None
        self._queue = Child("queue", self._start_queue) if embedded else None
        self._children = _children(settings, web=web)
        self._reloader = reloader_for(settings, self._children) if reload else None
        self._is_ready = False
        self._looked, self._look_at, self._web_first_until = 0, 0.0, 0.0
        self._stops = 0

    def run(self) -> int:
        """Returns the exit code. Raises CannotStart before anything is started."""
        if self._web:
            _check_port(self._settings)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._start_embedded_queue()
            return self._watch()
        finally:
            self._end_all()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stops += 1

    def _start_queue(self) -> subprocess.Popen[bytes]:
        return valkey.start(queue.folder(self._settings))

    def _start_embedded_queue(self) -> None:
        """Waits for the queue, but not for ever: the site also runs without, and jobs wait."""
        if self._queue is None:
            return
        try:
            self._queue.keep_running()
        except valkey.QueueServerError as error:
            raise CannotStart(str(error)) from error
        end = time.monotonic() + QUEUE_SECONDS
        while self._queue.is_running and time.monotonic() < end and not self._stops:
            if queue.is_reachable(self._settings):
                return
            time.sleep(0.05)

    def _watch(self) -> int:
        while not self._stops:
            if self._queue is not None:
                self._keep_queue(self._queue)
            if self._reloader is not None and self._reloader.look():
                self._web_first_until = time.monotonic() + WEB_FIRST_SECONDS
            for child in self._children if not self._is_web_first() else self._children[:1]:
                self._keep(child)
                if (
                    self._reloader is None
                    and child.name == "web"
                    and not self._is_ready
                    and child.failures >= GIVE_UP_AFTER
                ):
                    log.error("The web server does not start; the reason is above.")
                    return 1
            self._look_whether_ready()
            time.sleep(TICK_SECONDS)
        return 0

    def _is_web_first(self) -> bool:
        """Whether the others wait for the web server: after a change of the code, somebody looks at a page."""
        if not self._web or time.monotonic() > self._web_first_until:
            return False
        if _state(self._settings) in ("ok", "maintenance"):
            self._web_first_until = 0.0
            return False
        return True

    def _look_whether_ready(self) -> None:
        """Ever more rarely: while the database is away, each look leaves a line in the log."""
        now = time.monotonic()
        if self._is_ready or now < self._look_at:
            return
        state = _state(self._settings) if self._web else "ok"
        if state == "maintenance":
            # The site does answer; that its tables are behind is not cured by starting it again.
            _tell_systemd("READY=1")
        if state != "ok":
            self._looked += 1
            self._look_at = now + min(TICK_SECONDS * 1.2**self._looked, 10.0)
            return
        self._is_ready = True
        _tell_systemd("READY=1")
        self._ready()

    def _keep(self, child: Child) -> bool:
        """Returns whether the child has just ended by itself."""
        code = child.keep_running()
        if code is None or self._stops:
            return False
        if self._reloader is not None and child is not self._queue and child.failures >= HOLD_AFTER:
            log.warning("%s ended (%s). It is started again when a file changes.", child.name, _reason(code))
            child.hold()
            return True
        log.warning("%s ended (%s) and is started again in %.1f s.", child.name, _reason(code), child.pause)
        return True

    def _keep_queue(self, child: Child) -> None:
        try:
            if self._keep(child) and child.failures == GIVE_UP_AFTER:
                log.warning("The queue's data seems damaged and is set aside; jobs are safe in the outbox.")
                valkey.set_aside(queue.folder(self._settings))
        except (valkey.QueueServerError, OSError) as error:
            log.warning("The queue cannot be started; jobs wait in the outbox. %s", error)

    def _end_all(self) -> None:
        """Ends the children, the queue last: workers still tell it what they finished."""
        _tell_systemd("STOPPING=1")
        end = time.monotonic() + STOP_SECONDS
        for child in self._children:
            child.ask_to_end()
        for child in self._children:
            while child.is_running and time.monotonic() < end and self._stops < 2:
                time.sleep(0.05)
            child.wait(0.0)
        if self._queue is not None:
            self._queue.ask_to_end()
            self._queue.wait(QUEUE_SECONDS)


def _children(settings: Settings, *, web: bool) -> list[Child]:
    workers = [
        Child(f"worker {number}", _starter(_python("core.jobs.worker"), signal.SIGKILL))
        for number in range(1, settings.job_workers + 1)
    ]
    scheduler = Child("scheduler", _starter(_python("core.jobs.scheduler"), signal.SIGTERM))
    return [
        *([Child("web", _starter(_granian(settings), signal.SIGTERM))] if web else []),
        *workers,
        scheduler,
    ]


def _starter(command: list[str], stop: signal.Signals) -> Callable[[], subprocess.Popen[bytes]]:
    """`stop` is what the child gets if this process is killed. A job killed with its worker runs again."""
    return lambda: subprocess.Popen(lifeline.tied(command, stop=stop), start_new_session=True, stdin=subprocess.DEVNULL)


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _granian(settings: Settings) -> list[str]:
    options = {
        "--interface": "wsgi",
        "--host": settings.host,
        "--port": str(settings.port),
        "--workers": str(settings.web_workers),
        "--blocking-threads": str(settings.web_threads),
        "--workers-kill-timeout": "10",
        "--log-level": "warning",
    }
    given = [part for option in options.items() for part in option]
    flags = ["--no-ws", "--respawn-failed-workers"]
    # As a file: a name would be looked for beside any __init__.py in the folder in which this was started.
    return [sys.executable, "-m", "granian", *given, *flags, f"{WSGI}:app"]


def _check_port(settings: Settings) -> None:
    """An earlier server may need a moment to end."""
    end = time.monotonic() + PORT_SECONDS
    while True:
        try:
            family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((settings.host, settings.port))
            return
        except OSError as error:
            if time.monotonic() > end:
                raise CannotStart(
                    f"{settings.host}:{settings.port} cannot be used: {error.strerror}. "
                    f"Stop the program that listens there, or choose another: PORT={settings.port + 1}"
                ) from error
            time.sleep(0.2)


def local_address(settings: Settings) -> str:
    """Where this machine itself reaches the site."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    host = everywhere.get(settings.host, settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def _state(settings: Settings) -> str:
    """What the web server says of itself: "ok", "maintenance" or something else; empty as long as it is silent."""
    try:
        with urllib.request.urlopen(f"{local_address(settings)}/healthz", timeout=2) as answer:
            return _status(answer.read())
    except urllib.error.HTTPError as error:
        return _status(error.read())
    except OSError:
        return ""


def _status(body: bytes) -> str:
    try:
        return str(json.loads(body)["status"])
    except (ValueError, LookupError, TypeError):
        return ""


def _tell_systemd(state: str) -> None:
    """Says so to systemd where it started us with Type=notify."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.connect("\0" + address[1:] if address.startswith("@") else address)
            notify.send(state.encode())


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
