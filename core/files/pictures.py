"""Pictures are made anew: what a camera noted about place and time is gone, and whatever hid in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from core.errors import Invalid
from core.files.kinds import PICTURES
from core.i18n import _

LARGEST_PIXELS = 50_000_000
LARGEST_MOVING = 100_000_000
"""Pixels of all frames together."""


def remake(path: Path, kind: str, into: Path) -> tuple[int, int]:
    """Writes the picture at `path` to `into`, upright and without metadata; returns its width and height.

    Raises `Invalid` for one that cannot be read or would not fit into memory. The size is known from the
    first bytes, before anything is unpacked.
    """
    name = PICTURES[kind]
    try:
        with Image.open(path, formats=[name]) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise _too_large()
            frames = getattr(picture, "n_frames", 1)
            if frames > 1 and frames * picture.width * picture.height > LARGEST_MOVING:
                raise _too_large()
            return _write(picture, name, into, moving=frames > 1)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise Invalid({"file": _("This picture cannot be read. Is the file damaged?")}) from error


def _too_large() -> Invalid:
    limit = LARGEST_PIXELS // 1_000_000
    return Invalid({"file": _("This picture has too many pixels; at most {limit} million.", limit=limit)})


def _write(picture: Image.Image, name: str, into: Path, *, moving: bool) -> tuple[int, int]:
    options: dict[str, Any] = {"format": name}
    if profile := picture.info.get("icc_profile"):
        options["icc_profile"] = profile
    if name == "JPEG":
        options |= {"quality": 90, "optimize": True}
    if name == "WEBP":
        options |= {"quality": 90, "method": 4}
    if moving:
        frames = [frame.copy() for frame in ImageSequence.Iterator(picture)]
        durations = [frame.info.get("duration", 100) for frame in frames]
        options |= {"save_all": True, "append_images": frames[1:], "duration": durations, "loop": 0}
        upright = frames[0]
    else:
        upright = ImageOps.exif_transpose(picture)
    for key in ("exif", "xmp", "comment", "photoshop", "XML:com.adobe.xmp"):
        upright.info.pop(key, None)
    upright.save(into, exif=b"", **options) if name != "GIF" else upright.save(into, **options)
    return upright.width, upright.height
