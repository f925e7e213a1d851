"""Whether an addon's print templates are there, and can be typeset for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from core.addons.registry import Addon
from core.pages.nodes import PrintTemplate
from core.printing.context import Records, about
from core.printing.engine import typeset
from core.printing.errors import PrintFailed, PrintTooLarge
from core.testing.cast import Cast
from core.testing.contract.problems import Problem
from core.testing.contract.rows import owned_by

Make = Callable[..., Any]
BARE: Mapping[str, Any] = {"number": "", "pills": [], "fields": {}, "sections": [], "tables": [], "added": {}}
"""What is left of a record for a reader who sees next to nothing of it."""


def unprintable(addon: Addon, cast: Cast, make: Make) -> Iterator[Problem]:
    """Templates without their file, and those that cannot be typeset. `make(env, model, **values)` makes a record."""
    folder = addon.manifest.path / "print"
    for node in addon.contributed("pages", "PAGES", ()):
        if not isinstance(node, PrintTemplate):
            continue
        if not _is_inside(folder, node.source):
            remedy = f"Write it to {folder / node.source}, or correct the template's source."
            yield Problem(f"The template {node.key}", f"has no file {node.source} in print/.", remedy)
        else:
            yield from _broken(folder, node, cast, make)


def _is_inside(folder: Path, source: str) -> bool:
    path = (folder / source).resolve()
    return path.is_file() and path.is_relative_to(folder.resolve()) and path.suffix == ".typ"


def _broken(folder: Path, node: PrintTemplate, cast: Cast, make: Make) -> Iterator[Problem]:
    with cast.site.system("a record to print", locale="en") as env:
        record = make(env, node.model, **owned_by(cast, node.model))
        env.flush()
        shared = {**about(env, "", node.words, {}), "template": {"key": node.key, "label": str(node.label)}}
        full = next(iter(Records(env, node.model, node).of([record])))
    for whose, shown in (("of a record", full), ("for a reader who sees no field", {**full, **BARE})):
        try:
            typeset(folder, node.source, {**shared, "records": [shown]})
        except (PrintFailed, PrintTooLarge) as error:
            where = error.details.get("where") or error.message
            remedy = "Read docs/how-to/print.md: what a reader may not see is not there."
            yield Problem(f"{folder / node.source}", f"cannot be typeset {whose}: {where}", remedy)
