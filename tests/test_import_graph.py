"""Imports point down: core knows no addon and no word of the CRM, an addon what its addon.toml declares."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
ADDONS = sorted(path.parent.name for path in (ROOT / "addons").glob("*/addon.toml"))

LAYERS = ("models", "services", "pages")
"""Within an addon a module may import those before it, never those after."""

CRM_WORDS = re.compile(
    r"\b(customers?|contacts?|opportunit(?:y|ies)|quotations?|receivables?|receipts?|warehouses?)\b",
    re.IGNORECASE,
)


def sources(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts)


def imported(path: Path) -> Iterator[str]:
    """The modules that a file names in its imports, those inside functions and for types alone included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = path.relative_to(ROOT).with_suffix("").parts[: -node.level]
                base = ".".join([*package, *([base] if base else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def declared(addon: str) -> set[str]:
    manifest = tomllib.loads((ROOT / "addons" / addon / "addon.toml").read_text("utf-8"))
    wanted = [entry for key in ("depends", "optional") for entry in manifest.get(key, [])]
    return {Requirement(entry).name for entry in wanted}


def test_core_imports_no_addon() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources("core")
        for name in imported(path)
        if name.startswith("addons.")
    ]

    assert wrong == []


@pytest.mark.parametrize("addon", ADDONS)
def test_addon_imports_only_what_it_declares(addon: str) -> None:
    allowed = {addon, *declared(addon)}

    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(f"addons/{addon}")
        for name in imported(path)
        if name.startswith("addons.") and name.split(".")[1] not in allowed
    ]

    assert wrong == []


@pytest.mark.parametrize("addon", ADDONS)
def test_addon_imports_nothing_private_of_core(addon: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(f"addons/{addon}")
        for name in imported(path)
        if name.startswith("core.") and not name.startswith(_public(path))
    ]

    assert wrong == []


def _public(path: Path) -> tuple[str, ...]:
    if "migrations" in path.parts:
        return ("core.orm.types", "core.orm.ddl")
    return ("core.api.", "core.administration.")


@pytest.mark.parametrize("addon", ADDONS)
def test_modules_of_an_addon_import_downwards(addon: str) -> None:
    wrong = []
    for path in sources(f"addons/{addon}"):
        part = path.relative_to(ROOT / "addons" / addon).parts[0].removesuffix(".py")
        if part not in LAYERS:
            continue
        above = LAYERS[LAYERS.index(part) + 1 :]
        wrong += [
            f"{path.relative_to(ROOT)} imports {name}"
            for name in imported(path)
            if name.startswith(f"addons.{addon}.") and name.split(".")[2] in above
        ]

    assert wrong == []


def test_core_says_no_word_of_the_crm() -> None:
    """Names of the business belong to addons: whatever says them in core could not serve another business."""
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in sources("core")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (match := CRM_WORDS.search(line))
    ]

    assert wrong == []
