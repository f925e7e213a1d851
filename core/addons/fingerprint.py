"""A short mark of all that decides whether addons can be loaded: their files, core's, and what is installed."""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

from core import __version__
from core.addons.manifest import Manifest

CORE = Path(__file__).resolve().parents[1]
SUFFIXES = (".py", ".toml", ".html", ".po")
SKIPPED = frozenset({"__pycache__", "node_modules", "static", "frontend"})


def fingerprint(manifests: Sequence[Manifest]) -> str:
    """The same for as long as no file changes and nothing is installed or removed."""
    mark = hashlib.sha256()
    packages = Path(sysconfig.get_path("purelib"))
    # Installing or removing a package changes the folder that it is in.
    installed = packages.stat().st_mtime_ns if packages.is_dir() else 0
    mark.update(repr((__version__, sys.version, installed)).encode())
    for manifest in manifests:
        mark.update(repr((manifest.name, manifest.version, manifest.package)).encode())
    for folder in (CORE, *(manifest.path for manifest in manifests)):
        for line in _files(str(folder)):
            mark.update(line.encode())
    return mark.hexdigest()


def _files(folder: str) -> Iterator[str]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in SKIPPED and not entry.name.startswith("."):
                yield from _files(entry.path)
        elif entry.name.endswith(SUFFIXES):
            stat = entry.stat()
            yield f"{entry.path} {stat.st_mtime_ns} {stat.st_size}\n"
