"""A form with a table of parts. These tests run in a process of their own, with the addon `sheet` installed."""

from pathlib import Path

import pytest

from core.testing.plugin import ADDONS_PATH

HERE = Path(__file__).resolve().parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_installed = HERE / "addons" in [path.resolve() for path in config.getini(ADDONS_PATH)]
    return True if collection_path.is_relative_to(HERE / "addons") or not is_installed else None


@pytest.fixture
def backend() -> str:
    """What is shown and typed does not depend on the database."""
    return "sqlite"
