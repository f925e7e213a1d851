"""Small versions of pictures, made when first asked for and kept beside the contents."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

from core.config import Settings
from core.files.store import path_of

LONGEST = 320
"""Pixels of the longer side: sharp at half that size on fine screens."""

MIME = "image/webp"


def is_small(width: int | None, height: int | None) -> bool:
    """Whether a picture of that size needs no small version."""
    return max(width or 0, height or 0) <= LONGEST


def thumbnail_of(settings: Settings, sha256: str) -> Path:
    """The small version of a kept picture. Raises `FileNotFoundError` if there is no such content."""
    # Named like the content, so that both are tidied away together.
    target = settings.data / "files" / "thumbnails" / sha256[:2] / sha256
    if not target.exists():
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path_of(settings, sha256), target)
    return target


def _make(source: Path, target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent)
    os.close(handle)
    try:
        with Image.open(source) as picture:
            picture.draft("RGB", (LONGEST * 2, LONGEST * 2))
            small = ImageOps.exif_transpose(picture)
            small = small if small.mode in ("RGB", "RGBA") else small.convert("RGBA")
            small.thumbnail((LONGEST, LONGEST))
            small.save(name, "WEBP", quality=80)
        # Whoever else makes it at the same time writes the same.
        Path(name).rename(target)
    finally:
        Path(name).unlink(missing_ok=True)
