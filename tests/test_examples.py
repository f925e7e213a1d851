"""The examples work, and so does core with addons installed that extend others. Each in a process of its own: what an
addon adds to a model cannot be taken from it again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run_tests(*paths: str, addons: str, timeout: float = 900) -> None:
    """Runs the tests in `paths` with the addons of a folder installed and enabled."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", f"ninekcrm_addons_path={addons}"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("NINEKCRM_", "PYTEST_"))}
    done = subprocess.run(
        [*command, *paths], cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=timeout
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("example", sorted(path.parent.name for path in (ROOT / "examples").glob("*/addon.toml")))
def test_example_passes_its_tests(example: str) -> None:
    run_tests(f"examples/{example}/tests", addons="examples")


@pytest.mark.slow
def test_core_bears_extensions() -> None:
    models = "tests/core/orm/test_migrations.py::test_a_migrated_site_is_what_the_models_say"
    run_tests("tests/extended", models, addons="examples")


@pytest.mark.slow
def test_five_addons_compose_in_every_combination() -> None:
    run_tests("tests/composition", addons="tests/composition/addons")


@pytest.mark.slow
def test_parts_are_typed_in_a_table() -> None:
    run_tests("tests/lines", addons="tests/lines/addons")


@pytest.mark.slow
def test_examples_pass_the_trial_before_they_are_loaded(tmp_path: Path) -> None:
    config = tmp_path / "site.toml"
    config.write_text(f'[site]\ndata = "{tmp_path}"\n[addons]\npath = ["{ROOT / "examples"}"]\n', "utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NINEKCRM_")}

    done = subprocess.run(
        [sys.executable, "-c", "from core.cli import main; main()", "init"],
        cwd=ROOT,
        env=environ | {"NINEKCRM_CONFIG": str(config), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "cannot be loaded" not in done.stdout + done.stderr
    known = "core, customer, equipment, loyalty, opportunity, product, sales, approval"
    assert f"The tables of {known} are up to date." in done.stdout
