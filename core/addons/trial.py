"""Trying addons in a throw-away process, and remembering how it went for as long as nothing changes."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, ClassVar

from core.addons.discovery import ESSENTIAL
from core.addons.fingerprint import fingerprint
from core.addons.manifest import Manifest
from core.addons.problems import Problem
from core.addons.symptoms import ending, hanging
from core.i18n import SOURCE_LOCALE, use_locale

log = logging.getLogger(__name__)
Problems = dict[str, Problem]
LIMIT_SECONDS = 30.0
"""What each addon gets."""

TOLD = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one process found out: the first addon that fails and its problem, neither where all can be loaded.

    Not `is_sure` where the machine may be to blame: too slow, too full.
    """

    name: str = ""
    problem: Problem | None = None
    is_sure: bool = True


class Trial:
    """Finds out which addons can be loaded. `data` is the site's data folder, where the outcome is remembered."""

    _known: ClassVar[dict[str, Problems]] = {}
    """The outcomes that this process knows of, by fingerprint."""

    def __init__(self, data: Path, folders: Sequence[Path] = (), *, limit: float = LIMIT_SECONDS) -> None:
        self._folders, self._limit = list(folders), limit
        self._file = data / "cache" / "addons.json"

    def __call__(self, manifests: Sequence[Manifest]) -> Problems:
        """The problems of those that cannot be loaded, by name; what depends on them is not tried."""
        mark = fingerprint(manifests)
        if mark in self._known:
            return self._known[mark]
        with self._alone():
            found = self._remembered(mark)
            if found is None:
                found, is_sure = self._try(manifests)
                if is_sure:
                    self._remember(mark, found)
                elif not found:
                    # Nothing was tried, so there is nothing to know.
                    return found
        # A process stays with what it has found; where it is not sure, the next one tries again.
        return self._known.setdefault(mark, found)

    def _try(self, manifests: Sequence[Manifest]) -> tuple[Problems, bool]:
        """The problems, and whether another try would find the same."""
        waiting, found, is_sure = list(manifests), Problems(), True
        while True:
            verdict = self._verdict(waiting)
            is_sure = is_sure and verdict.is_sure
            if verdict.problem is None:
                return found, is_sure
            name, problem = verdict.name, verdict.problem
            with use_locale(SOURCE_LOCALE):
                log.error("The addon %s cannot be loaded: %s %s", name, problem.cause, problem.remedy)
            log.info("%s", problem.trace)
            if name in ESSENTIAL:
                return found, is_sure
            found[name] = problem
            waiting = _without(waiting, name)

    def _verdict(self, manifests: Sequence[Manifest]) -> Verdict:
        """The first addon that fails, with its problem."""
        with tempfile.TemporaryDirectory(prefix="9kcrm-trial-") as folder, tempfile.TemporaryFile() as said:
            task = {
                "folders": [str(path) for path in self._folders],
                "addons": [{"path": str(m.path), "package": m.package} for m in manifests],
                "data": folder,
            }
            with _started(task, said) as (process, report):
                return self._followed(process, report, said)

    def _followed(self, process: subprocess.Popen[bytes], report: int, said: IO[bytes]) -> Verdict:
        at = ""
        for line in _lines(report, self._limit):
            if line is None:
                return self._blame(at, hanging(self._limit), is_late=True)
            if "problem" in line:
                return Verdict(at, Problem.from_json(line["problem"]))
            if "done" in line:
                return Verdict()
            at = line["at"]
        return self._blame(at, ending(process.wait(), _last(said)))

    def _blame(self, name: str, problem: Problem, *, is_late: bool = False) -> Verdict:
        if not name:
            # Before the first addon: this machine's fault, not an addon's.
            log.error("The addons could not be tried: %s %s", problem.cause, problem.trace)
            return Verdict(is_sure=False)
        return Verdict(name, problem, is_sure=not is_late)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The processes of a site start together; one tries, the others wait for what it finds."""
        with suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            lock = os.open(self._file.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        except OSError:
            # A full disk is no reason not to start.
            yield
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _remembered(self, mark: str) -> Problems | None:
        try:
            found = json.loads(self._file.read_text("utf-8"))
            if found["fingerprint"] != mark:
                return None
            return {name: Problem.from_json(problem) for name, problem in found["problems"].items()}
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def _remember(self, mark: str, found: Problems) -> None:
        kept = {"fingerprint": mark, "problems": {name: problem.as_json() for name, problem in found.items()}}
        fresh = self._file.with_suffix(f".{os.getpid()}")
        try:
            fresh.write_text(json.dumps(kept), "utf-8")
            fresh.replace(self._file)
        except OSError as error:
            log.warning("What was found out about the addons could not be kept in %s: %s", self._file, error)


@contextmanager
def _started(task: Mapping[str, Any], said: IO[bytes]) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process with the end of the pipe on which it reports; it is gone at the end, with all that it started."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "core.addons.probe", str(writing)],
        stdin=subprocess.PIPE,
        stdout=said,
        stderr=said,
        pass_fds=[writing],
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    os.close(writing)
    try:
        assert process.stdin is not None
        with suppress(BrokenPipeError), process.stdin as stdin:
            stdin.write(json.dumps(task).encode())
        yield process, reading
    finally:
        os.close(reading)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _lines(report: int, limit: float) -> Iterator[dict[str, Any] | None]:
    """What the process reports, line by line; None when it has been silent for too long."""
    with selectors.DefaultSelector() as selector:
        selector.register(report, selectors.EVENT_READ)
        waiting, end = b"", time.monotonic() + limit
        while selector.select(max(end - time.monotonic(), 0.0)):
            read = os.read(report, 65536)
            if not read:
                return
            *lines, waiting = (waiting + read).split(b"\n")
            for line in lines:
                end = time.monotonic() + limit
                yield json.loads(line)
    yield None


def _without(manifests: Sequence[Manifest], name: str) -> list[Manifest]:
    gone = {name}
    for manifest in manifests:
        if gone.intersection(manifest.depends):
            gone.add(manifest.name)
    return [manifest for manifest in manifests if manifest.name not in gone]


def _last(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode("utf-8", "replace")[-TOLD:]
