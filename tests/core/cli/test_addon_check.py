"""`9kcrm addon check` says what is right and wrong with an addon, and what to do about it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MODEL = '''"""Machines."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from core.api import ByGrant, Model, _, field


class Machine(Model):
    """A machine."""

    __tablename__ = "machine"
    __title__ = _("Machine")
    __title_plural__ = _("Machines")
    __access__ = ByGrant()

    name: Mapped[str] = field(String(50), label=_("Name"), required=True)
'''
PAGES = '''"""Pages."""

from addons.machine.models import Machine
from core.api import ListPage, _
from core.records import Records

PAGES = [ListPage(model=Machine, columns=("name",))]
'''


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """A folder with an addon that breaks some promises."""
    addon = tmp_path / "addons" / "machine"
    (addon / "templates").mkdir(parents=True)
    (addon / "tests").mkdir()
    (tmp_path / "site.toml").write_text('[site]\ndata = "data"\n[addons]\npath = ["addons"]\n', "utf-8")
    for name, text in {
        "addon.toml": 'name = "machine"\ntitle = "Machines"\nversion = "0.1.0"\ndepends = ["base"]\n',
        "__init__.py": "",
        "models.py": MODEL,
        "pages.py": PAGES,
        "templates/page.html": '<p onclick="go()">',
        "tests/test_machine.py": "def test_it_turns():\n    assert 1 + 1 == 3\n\n\ndef test_it_stands():\n    pass\n",
    }.items():
        (addon / name).write_text(text, "utf-8")
    return tmp_path


def check(folder: Path, name: str) -> tuple[int, str]:
    """The exit code, and what was said."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NINEKCRM_")}
    done = subprocess.run(
        [sys.executable, "-c", "from core.cli import main; main()", "addon", "check", name],
        cwd=folder,
        env=environ | {"NINEKCRM_CONFIG": str(folder / "site.toml"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_what_is_wrong_is_told_with_its_remedy(workshop: Path) -> None:
    code, said = check(workshop, "machine")

    assert code == 1
    assert "pages.py:5: imports core.records.Records, which is private." in said
    assert "→ Import from core.api or core.administration." in said
    assert "page.html:1: has an event handler in an attribute" in said
    assert "has no translation of “Machines”" in said
    assert "make other tables than the models say" in said
    assert "wrong   It turns.\n        assert (1 + 1) == 3" in said
    assert "ok      It stands." in said
    assert "ok      Every module can be imported." in said


def test_an_addon_that_cannot_be_loaded_is_told_why(workshop: Path) -> None:
    (workshop / "addons/machine/models.py").write_text("(((\n", "utf-8")

    code, said = check(workshop, "machine")

    assert code == 1
    assert "models.py, line 1" in said
    assert "→ Correct the file" in said


def test_an_unknown_addon_is_told(workshop: Path) -> None:
    code, said = check(workshop, "nothing")

    assert code == 1
    known = "base, customer, data_exchange, machine, opportunity, product, sales, approval"
    assert f"There is no addon nothing. Found: {known}." in said
