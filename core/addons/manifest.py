"""`addon.toml`, read and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class ManifestError(Exception):
    """An addon.toml that cannot be used; the message names the file, the key and the remedy."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an addon says of itself. `package` is its import name, `path` its folder."""

    name: str
    title: str
    version: str
    depends: tuple[str, ...]
    category: str
    summary: str
    path: Path
    package: str
    enabled_by_default: bool = False
    """Whether it is on where nobody has said anything of it."""

    @classmethod
    def read(cls, folder: Path, package: str) -> Manifest:
        """Reads `folder/addon.toml`. Raises `ManifestError`."""
        file = folder / "addon.toml"
        try:
            found = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ManifestError(f"{file} cannot be read: {error}") from error
        missing = [key for key in ("name", "title", "version") if not isinstance(found.get(key), str)]
        if missing:
            raise ManifestError(f"{file} lacks {', '.join(missing)}; each must be a text.")
        return cls(
            name=found["name"],
            title=found["title"],
            version=found["version"],
            depends=tuple(found.get("depends", ())),
            category=found.get("category", ""),
            summary=found.get("summary", ""),
            path=folder,
            package=package,
            enabled_by_default=found.get("enabled_by_default", False),
        )


def in_dependency_order(manifests: Iterable[Manifest]) -> list[Manifest]:
    """Each addon after all that it depends on, otherwise by name. Raises `ManifestError` for what is missing
    or circular."""
    waiting = {manifest.name: manifest for manifest in sorted(manifests, key=lambda m: m.name)}
    known, ordered = set(waiting), []
    placed: set[str] = set()
    for manifest in waiting.values():
        missing = set(manifest.depends) - known
        if missing:
            raise ManifestError(
                f"{manifest.path}: the addon depends on {', '.join(sorted(missing))}, which is not installed."
            )
    while waiting:
        ready = [m for m in waiting.values() if set(m.depends) <= placed]
        if not ready:
            raise ManifestError(f"These addons depend on each other in a circle: {', '.join(sorted(waiting))}.")
        for manifest in ready:
            ordered.append(waiting.pop(manifest.name))
            placed.add(manifest.name)
    return ordered
