"""Remembering a migration that failed, so that whoever looks after the site is told why it is in maintenance."""

from __future__ import annotations

import json
import logging
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

log = logging.getLogger(__name__)
FILE = "migration-failed.json"
LONGEST = 500


class MigrationFailed(Exception):
    """A step of an addon's migrations could not be done. Nothing of it was kept; the steps before it were."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.cause)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Failure:
    """Which addon's step failed, and what the database or the script said. `folder` holds the addon's scripts."""

    addon: str
    revision: str
    error: str
    folder: str

    @property
    def cause(self) -> str:
        """One sentence for logs and the command line."""
        step = f"the migration {self.revision} of" if self.revision else "the migrations of"
        return f"{step} {self.addon} failed: {self.error}"

    @property
    def remedy(self) -> str:
        """What to do."""
        if self.addon == "core":
            return "Install the version of 9KCRM that made these tables, or restore a copy, and run: 9kcrm migrate"
        return (
            f"Put the script in {self.folder} right, or remove the addon {self.addon}, then run: 9kcrm migrate. "
            "The site comes back by itself."
        )


def failure_of(addon: str, revision: str, error: Exception, folder: Path) -> Failure:
    """The failure as it is remembered: of the database's words, the first lines, without statement and values."""
    said = str(getattr(error, "orig", None) or error)
    text = " ".join(f"{type(error).__name__}: {said}".split())
    return Failure(addon, revision, text[:LONGEST], str(folder))


def remember(data: Path, failure: Failure) -> None:
    """Keeps the failure in the data folder until a migration has gone well."""
    fresh = data / f"{FILE}.{os.getpid()}"
    try:
        fresh.write_text(json.dumps(asdict(failure)), "utf-8")
        fresh.replace(data / FILE)
    except OSError as error:
        log.warning("That %s could not be noted in %s: %s", failure.cause, data, error)


def last_failure(data: Path) -> Failure | None:
    """The failure that keeps the site in maintenance, if a migration has been tried."""
    try:
        return Failure(**json.loads((data / FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def forget(data: Path) -> None:
    """All migrations have been done."""
    with suppress(OSError):
        (data / FILE).unlink(missing_ok=True)
