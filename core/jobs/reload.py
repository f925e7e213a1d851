"""Starting the processes anew when a file of the code has changed, for those who develop."""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from shutil import which

from core.addons.boot import plan
from core.addons.discovery import BUNDLED, find
from core.addons.purged import purged
from core.addons.trial import Trial
from core.config import Settings
from core.jobs.child import Child

log = logging.getLogger(__name__)

CODE = frozenset({".py", ".html", ".txt", ".po", ".toml", ".typ"})
ASSETS = frozenset({".js", ".mjs", ".css", ".svg"})
UNWATCHED = frozenset({"__pycache__", "build", "dist", "node_modules", "tests", "var"})
"""Folders that hold nothing of the running code. Hidden ones are passed over too."""

LOOK_SECONDS = 0.4
STOP_SECONDS = 2.0
"""What a process gets to finish what it is doing; a job that takes longer runs again."""

CORE = Path(__file__).resolve().parents[1]
BUILD = CORE / "web" / "frontend" / "build.mjs"

State = dict[str, tuple[int, int]]


class Watch:
    """The files below some folders, as they were at the last look."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = sorted({folder.resolve() for folder in folders})
        self._known = self._state()

    def changed(self) -> list[Path]:
        """What has been written, made or removed since the last look."""
        before, self._known = self._known, self._state()
        return sorted(Path(name) for name, _time in before.items() ^ self._known.items())

    def _state(self) -> State:
        return {entry.path: _mark(entry) for folder in self._folders for entry in _files(str(folder))}


class Reloader:
    """Ends the children after a change; their supervisor starts them again at once.

    `prepare` is called as soon as there is one, for what takes its time and need not wait for the ends.
    """

    def __init__(
        self,
        children: Sequence[Child],
        watch: Watch,
        build: Callable[[], subprocess.Popen[bytes] | None],
        prepare: Callable[[], object] = lambda: None,
    ):
        self._children, self._watch, self._start_build, self._prepare = children, watch, build, prepare
        self._build: subprocess.Popen[bytes] | None = None
        self._look_at = 0.0

    def look(self) -> bool:
        """Whether the children have been ended just now. Looks a few times a second, however often it is called."""
        if time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + LOOK_SECONDS
        changed = self._watch.changed()
        if any(path.suffix in ASSETS for path in changed):
            self._build = self._start_build()
        names = [path.name for path in changed if path.suffix in CODE]
        if self._is_built():
            names.append("browser assets")
        if not names:
            return False
        log.warning("%s changed; starting anew.", ", ".join(dict.fromkeys(names[:5])))
        self._prepare()
        self._end()
        return True

    def _is_built(self) -> bool:
        """Whether a build has just ended. One that failed has said why, and what was built before stays."""
        if self._build is None or self._build.poll() is None:
            return False
        is_good, self._build = self._build.returncode == 0, None
        return is_good

    def _end(self) -> None:
        for child in self._children:
            child.ask_to_end()
        end = time.monotonic() + STOP_SECONDS
        for child in self._children:
            child.renew(end - time.monotonic())


def reloader_for(settings: Settings, children: Sequence[Child]) -> Reloader:
    """The reloader of an installation: core, the addons that come with it, folders, and installed packages."""
    packages = [manifest.path for manifest in find(settings.addons_path)[0]]
    watch = Watch([CORE, BUNDLED, *settings.addons_path, *packages])
    return Reloader(children, watch, build_assets, partial(try_ahead, settings))


def try_ahead(settings: Settings) -> None:
    """Tries the addons while the old processes end and the new ones load core, which then know the outcome."""
    if settings.safe:
        return
    trial = Trial(settings.data, settings.addons_path)
    work = partial(plan, settings.addons_path, without=purged(settings.data), trial=trial)
    threading.Thread(target=work, name="trial", daemon=True).start()


def build_assets() -> subprocess.Popen[bytes] | None:
    """Builds the browser assets in a process of its own, in a source tree with Node; None elsewhere."""
    node = which("node")
    if node is None or not BUILD.exists() or not (CORE.parent / "node_modules").is_dir():
        log.warning("The browser assets are not built anew: this takes Node and a source tree.")
        return None
    return subprocess.Popen([node, str(BUILD)], cwd=CORE.parent, stdin=subprocess.DEVNULL)


def _files(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        # Editors and version control move folders about while we look.
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name in UNWATCHED:
            continue
        if entry.is_dir(follow_symlinks=True):
            yield from _files(entry.path)
        elif os.path.splitext(entry.name)[1] in CODE | ASSETS:
            yield entry


def _mark(entry: os.DirEntry[str]) -> tuple[int, int]:
    try:
        found = entry.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
