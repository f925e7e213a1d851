"""What an addon imports: of core the public surface, of other addons those that it declares."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from core.addons.manifest import Manifest
from core.addons.origin import CORE, addon_of
from core.testing.contract.problems import Problem

PUBLIC = ("core.api", "core.administration")
IN_MIGRATIONS = ("core.orm.types", "core.orm.ddl")
IN_TESTS = (*PUBLIC, "core.testing")
NOT_THE_ADDON = frozenset({"tests", "node_modules", "build", "dist", ".venv", "__pycache__"})
"""Folders of an addon's repository that hold none of its modules."""


def modules(folder: Path) -> list[Path]:
    """The addon's own Python files, its migrations included, its tests not."""
    found = sorted(folder.rglob("*.py"))
    return [path for path in found if NOT_THE_ADDON.isdisjoint(path.relative_to(folder).parts)]


def unimportable(manifest: Manifest) -> Iterator[Problem]:
    """Modules that cannot be imported, whether the product would import them by itself or not."""
    for path in modules(manifest.path):
        parts = path.relative_to(manifest.path).with_suffix("").parts
        if "migrations" in parts:
            continue
        name = ".".join([manifest.package, *(part for part in parts if part != "__init__")])
        try:
            importlib.import_module(name)
        except Exception as error:  # A module is free to fail in any way while it is imported.
            yield Problem(str(path), f"cannot be imported: {error!r}", "Run it alone and read the traceback.")


def forbidden_imports(manifest: Manifest) -> Iterator[Problem]:
    """Imports of private parts of core, and of addons that addon.toml does not name."""
    allowed = {CORE, manifest.name, *manifest.depends, *getattr(manifest, "optional", ())}
    for path in modules(manifest.path):
        is_migration = "migrations" in path.relative_to(manifest.path).parts
        public = IN_MIGRATIONS if is_migration else PUBLIC
        for line, name in imported(path, manifest):
            where = f"{path}:{line}"
            if _is_below(name, "core") and not any(_is_below(name, module) for module in public):
                yield Problem(where, f"imports {name}, which is private.", f"Import from {' or '.join(public)}.")
            elif addon_of(name) not in allowed:
                remedy = f'Add "{addon_of(name)}" to depends in {manifest.path / "addon.toml"}.'
                yield Problem(where, f"imports {name} of the addon {addon_of(name)}.", remedy)


def imported(path: Path, manifest: Manifest) -> Iterator[tuple[int, str]]:
    """(line, module) of all imports of a file, those inside functions and for types alone included."""
    package = [*manifest.package.split("."), *path.relative_to(manifest.path).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [node.module] if node.module else []
            if node.level:
                base = [*package[: len(package) - node.level + 1], *base]
            yield from ((node.lineno, ".".join([*base, alias.name])) for alias in node.names)


def _is_below(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")
