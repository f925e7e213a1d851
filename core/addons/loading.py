"""Importing addons: the same way in the processes of a site and in the throw-away one that tries them first."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

PARTS = ("models", "lists", "access", "services", "workflow", "pages", "jobs", "hookspecs", "hooks", "start", "demo")
"""The modules of an addon that are imported if they exist, in this order."""


def import_core_models() -> None:
    """Maps core's own tables, which those of addons refer to."""
    import core.access.models
    import core.bulk.models
    import core.exchange.imports.models
    import core.files.models
    import core.handover.models
    import core.jobs.models
    import core.mail.models
    import core.merging.models
    import core.notifications.models
    import core.orm.preferences
    import core.orm.tables
    import core.saved_views.models
    import core.web.models
    import core.workflow.tables  # noqa: F401


def make_importable(folders: Iterable[Path]) -> None:
    """Puts partners' folders on the path of the package `addons`."""
    import addons

    for folder in folders:
        if str(folder) not in addons.__path__:
            addons.__path__.append(str(folder))


def import_part(package: str, part: str) -> ModuleType | None:
    """The module or package `part` of the addon, None where it has none."""
    name = f"{package}.{part}"
    return importlib.import_module(name) if importlib.util.find_spec(name) is not None else None
