"""Contents, each kept once under its SHA-256 in the data folder: there completely, or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.config import Settings
from core.errors import Invalid
from core.files import pictures
from core.files.kinds import PICTURES, kind_of
from core.i18n import _

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """What has been stored. `width` and `height` are a picture's, in pixels."""

    sha256: str
    size: int
    mime: str
    width: int | None = None
    height: int | None = None


def keep(settings: Settings, stream: IO[bytes]) -> Content:
    """Stores what the stream holds. Needs no transaction: a content that no record has is removed later.

    Raises `Invalid` for what is empty, too large, or a picture that cannot be read.
    """
    with _temporary(settings) as raw:
        _receive(stream, raw, settings.max_upload_mb)
        kind = kind_of(raw)
        if kind not in PICTURES:
            return _take(settings, raw, kind, None)
        with _temporary(settings) as remade:
            size = pictures.remake(raw, kind, remade)
            return _take(settings, remade, kind, size)


def path_of(settings: Settings, sha256: str) -> Path:
    """Where a content lies."""
    return settings.data / "files" / sha256[:2] / sha256[2:4] / sha256


def _receive(stream: IO[bytes], into: Path, limit_mb: int) -> None:
    left = limit_mb * 1024 * 1024
    with into.open("wb") as file:
        while chunk := stream.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise Invalid({"file": _("The file is too large; at most {limit} MB.", limit=limit_mb)})
            file.write(chunk)
        if file.tell() == 0:
            raise Invalid({"file": _("The file is empty.")})


def _take(settings: Settings, path: Path, kind: str, size: tuple[int, int] | None) -> Content:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    length = path.stat().st_size
    target = path_of(settings, digest)
    if target.exists():
        # Its age protects it from being tidied away before the record has it.
        os.utime(target)
    else:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.rename(target)
        _sync_folder(target.parent)
    return Content(digest, length, kind, *(size or (None, None)))


@contextmanager
def _temporary(settings: Settings) -> Iterator[Path]:
    """A private file on the same disk, gone at the end unless it was given its place."""
    folder = settings.data / "files" / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
