"""The reference pages of `docs/reference/`, written from the code that they describe.

`9kcrm reference` writes them; a test fails while a page says something else than the code.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.addons.registry import Registry
from core.i18n import use_locale
from core.reference import commands, fields, hooks, manifest, models, names, nodes, permissions, settings, surface
from core.reference.markdown import document, table

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"

PAGES: dict[str, tuple[str, str, Callable[[Registry], str]]] = {
    "commands.md": ("Command line", "Every command of `9kcrm` with its options.", commands.build),
    "settings.md": ("Settings", "What an installation can be told, by file or environment.", settings.build),
    "permissions.md": ("Permissions", "What can be granted, and what the preset roles start with.", permissions.build),
    "models.md": ("Models", "Every model with its fields, and the editable lists.", models.build),
    "fields.md": ("Fields and filters", "Kinds of fields, column types, filter operators.", fields.build),
    "nodes.md": ("Page nodes", "What an addon may put into `PAGES`.", nodes.build),
    "hooks.md": ("Hooks", "When each hook fires and what it expects.", hooks.build),
    "api.md": (
        "Public signatures",
        "What addons may use, and what it takes.",
        surface.build,
    ),
    "addon-toml.md": ("addon.toml", "What an addon says of itself.", manifest.build),
    "names.md": ("Public names", "What `core.api` offers to addons.", names.build),
}
"""File → title, what it is about, and what writes it."""


def build() -> dict[str, str]:
    """File name → text of every reference page, in English."""
    registry = Registry.discover()
    with use_locale("en"):
        found = {name: document(title, about, make(registry)) for name, (title, about, make) in PAGES.items()}
        found["README.md"] = document("Reference", "Written from the code by `9kcrm reference`.", _index())
    return found


def write(folder: Path = FOLDER) -> list[str]:
    """Writes the pages and removes those that no longer exist. Returns the names of the files that changed."""
    wanted = build()
    changed = stale(folder, wanted)
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


def stale(folder: Path = FOLDER, wanted: dict[str, str] | None = None) -> list[str]:
    """The files that say something else than the code, are missing, or should not be there."""
    wanted = build() if wanted is None else wanted
    there = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.md"))}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def _index() -> str:
    rows = [(f"[{title}]({name})", about) for name, (title, about, _make) in PAGES.items()]
    return table(("Page", "What it lists"), rows)
