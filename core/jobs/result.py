"""What a job that somebody waits for ends with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.i18n import Text


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file to download. `stored` is its name in the data folder, `size` in bytes.

    `grant` is (model, action): it must still be given when the file is fetched, and `access` unchanged, a digest of
    what the user could reach when it was made.
    """

    stored: str
    name: str
    mime: str
    size: int
    grant: tuple[str, str]
    access: str


@dataclass(frozen=True, slots=True)
class JobResult:
    """Returned by a job's function: a sentence, where to go on, a file, a way back, and lines with details."""

    text: Text
    url: str = ""
    file: ResultFile | None = None
    undo_url: str = ""
    """Undoes it by POST."""
    lines: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """What the database keeps."""
        file = None if self.file is None else {name: getattr(self.file, name) for name in ResultFile.__slots__}
        parts = {"text": self.text.as_json(), "url": self.url, "undo_url": self.undo_url, "lines": list(self.lines)}
        return {name: part for name, part in (parts | {"file": file}).items() if part}

    @classmethod
    def from_json(cls, parts: Mapping[str, Any]) -> JobResult:
        """The result that `as_json` told of."""
        file = parts.get("file")
        return cls(
            text=Text.from_json(parts["text"]),
            url=parts.get("url", ""),
            file=None if file is None else ResultFile(**{**file, "grant": tuple(file["grant"])}),
            undo_url=parts.get("undo_url", ""),
            lines=parts.get("lines", ()),
        )
