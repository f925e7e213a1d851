"""The addons whose data was purged from this site: left out from the next start on, although their code is there."""

from __future__ import annotations

import json
import os
from pathlib import Path

FILE = "purged.json"


def purged(data: Path) -> frozenset[str]:
    """The addons that were purged from the site with this data folder and are to be left out."""
    try:
        return frozenset(json.loads((data / FILE).read_text("utf-8")))
    except (OSError, ValueError):
        return frozenset()


def leave_out(data: Path, name: str) -> None:
    """Does not load the addon from the next start on."""
    _write(data, purged(data) | {name})


def bring_back(data: Path, name: str) -> None:
    """Lets the addon be loaded again from the next start on, with empty tables."""
    _write(data, purged(data) - {name})


def _write(data: Path, names: frozenset[str]) -> None:
    fresh = data / f"{FILE}.{os.getpid()}"
    fresh.write_text(json.dumps(sorted(names)), "utf-8")
    fresh.replace(data / FILE)
