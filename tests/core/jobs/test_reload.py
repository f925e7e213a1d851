"""A change of the code is noticed, and what runs is started anew."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.config import Settings
from core.jobs import reload
from core.jobs.child import Child
from core.jobs.reload import Reloader, Watch
from tests.core.addons.workshop import write


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "machine"
    folder.mkdir()
    (folder / "models.py").write_text("VALUE = 1\n", "utf-8")
    return folder


@pytest.mark.parametrize(
    "name", ["models.py", "new.py", "templates/page.html", "translations/x/messages.po", "addon.toml", "static/a.css"]
)
def test_changes_are_noticed_once(code: Path, name: str) -> None:
    watch = Watch([code])

    (code / name).parent.mkdir(parents=True, exist_ok=True)
    (code / name).write_text("VALUE = 2 # longer\n", "utf-8")

    assert set(watch.changed()) == {code / name}
    assert watch.changed() == []


def test_a_file_that_is_removed_is_noticed(code: Path) -> None:
    watch = Watch([code])

    (code / "models.py").unlink()

    assert watch.changed() == [code / "models.py"]


@pytest.mark.parametrize("name", ["tests/test_x.py", "__pycache__/x.py", ".git/x.py", "node_modules/x.js", "notes.md"])
def test_what_does_not_run_is_passed_over(code: Path, name: str) -> None:
    watch = Watch([code])

    (code / name).parent.mkdir(parents=True, exist_ok=True)
    (code / name).write_text("x", "utf-8")

    assert watch.changed() == []


@pytest.fixture
def child(code: Path) -> Iterator[Child]:
    """A process that says what it found when it started."""
    program = "import time, models, pathlib; pathlib.Path('said').write_text(str(models.VALUE)); time.sleep(60)"
    environ = {**os.environ, "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}
    made = Child(
        "web",
        lambda: subprocess.Popen(
            [sys.executable, "-c", program], cwd=code, env=environ, stderr=subprocess.DEVNULL, start_new_session=True
        ),
    )
    yield made
    made.wait(0)


def said(code: Path, text: str) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if (code / "said").exists() and (code / "said").read_text("utf-8") == text:
            return True
        time.sleep(0.05)
    return False


def no_build() -> None:
    return None


def test_a_child_runs_the_new_code_and_survives_an_error(code: Path, child: Child) -> None:
    reloader = Reloader([child], Watch([code]), no_build)
    child.keep_running()
    assert said(code, "1")

    for text, expected in (("VALUE = (\n", False), ("VALUE = 22\n", True)):
        (code / "models.py").write_text(text, "utf-8")
        reloader._look_at = 0
        assert reloader.look()
        child.keep_running()
        child_ends(child, ends=not expected)

    assert said(code, "22")


def child_ends(child: Child, *, ends: bool) -> None:
    end = time.monotonic() + 20
    while ends and child.is_running and time.monotonic() < end:
        time.sleep(0.05)
    assert child.is_running is not ends


def test_what_takes_its_time_begins_before_the_children_end(code: Path, child: Child) -> None:
    began: list[bool] = []
    reloader = Reloader([child], Watch([code]), no_build, lambda: began.append(child.is_running))
    child.keep_running()
    assert said(code, "1")

    (code / "models.py").write_text("VALUE = 333\n", "utf-8")
    reloader._look_at = 0
    reloader.look()

    assert began == [True]
    assert not child.is_running


def test_addons_are_tried_ahead(tmp_path: Path) -> None:
    write(tmp_path / "ours", "raises", models="1 / 0\n")
    settings = replace(Settings.load(), data=tmp_path, addons_path=(tmp_path / "ours",))

    reload.try_ahead(settings)

    outcome = tmp_path / "cache" / "addons.json"
    end = time.monotonic() + 60
    while not outcome.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert list(json.loads(outcome.read_text("utf-8"))["problems"]) == ["raises"]


def test_without_a_change_nothing_is_ended(code: Path, child: Child) -> None:
    reloader = Reloader([child], Watch([code]), no_build)
    child.keep_running()

    assert not reloader.look()
    assert child.is_running


def test_browser_assets_are_built_before_the_new_start(code: Path, child: Child) -> None:
    built: list[str] = []

    def build() -> "subprocess.Popen[bytes]":
        built.append("once")
        return subprocess.Popen([sys.executable, "-c", ""])

    reloader = Reloader([child], Watch([code]), build)
    child.keep_running()
    (code / "page.css").write_text("p {}", "utf-8")

    assert looks(reloader)
    assert built == ["once"]


def looks(reloader: Reloader) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        reloader._look_at = 0
        if reloader.look():
            return True
        time.sleep(0.05)
    return False


def test_a_build_without_node_is_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(reload, "which", lambda name: None)

    assert reload.build_assets() is None
    assert "this takes Node" in caplog.text
