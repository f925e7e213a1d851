"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import zipfile
from pathlib import Path

PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
"""The kinds that browsers may show in place, because they have been made anew here → Pillow's name."""

HEAD = 4096
"""How many bytes are looked at."""

UNKNOWN, TEXT = "application/octet-stream", "text/plain"

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1f\x8b", "application/gzip"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "application/ogg"),
)
_FTYP = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"avif": "image/avif",
    b"M4A ": "audio/mp4",
}
_OFFICE = "application/vnd.openxmlformats-officedocument"
_PACKAGES = (
    ("word/", f"{_OFFICE}.wordprocessingml.document"),
    ("xl/", f"{_OFFICE}.spreadsheetml.sheet"),
    ("ppt/", f"{_OFFICE}.presentationml.presentation"),
)


def kind_of(path: Path) -> str:
    """The media type of the file's content, `application/octet-stream` where it is not known."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _FTYP.get(head[8:12], "video/mp4")
    if head.startswith(b"PK\x03\x04"):
        return _package(path)
    return TEXT if _is_text(head) else UNKNOWN


def _package(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:1000]
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return _open_document(archive.read("mimetype"))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return "application/zip"
    for folder, kind in _PACKAGES:
        if any(name.startswith(folder) for name in names):
            return kind
    return "application/zip"


def _open_document(declared: bytes) -> str:
    text = declared.decode("ascii", "replace").strip()
    return text if text.startswith("application/vnd.oasis.opendocument.") else "application/zip"


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters; a character cut off at the end does not count."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(head) < HEAD or error.start < HEAD - 3:
            return False
        text = head[: error.start].decode("utf-8")
    return bool(text) and not any(c < " " and c not in "\t\n\r\f" for c in text)
