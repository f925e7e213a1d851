"""Tests of core that need an addon which extends another one. They run in a process of their own, with the examples."""

from pathlib import Path

import pytest

from core.testing.plugin import ADDONS_PATH


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path.suffix == ".py" and not config.getini(ADDONS_PATH) else None
