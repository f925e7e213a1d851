"""Addons that fail while they are loaded are found out in a process of their own, and left out."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.addons.manifest import Manifest
from core.addons.symptoms import ending, hanging
from core.addons.trial import Trial, Verdict
from tests.core.addons.workshop import MODEL, write

LIMIT = 10
LOADING = """
import json, sys
from pathlib import Path
from core.addons.registry import Registry
from core.addons.trial import Trial
from core.i18n import use_locale

data, *folders = map(Path, sys.argv[1:])
registry = Registry.discover(folders, trial=Trial(data, folders, limit={limit}))
with use_locale("en"):
    found = {{q.name: [q.problem.cause, str(q.problem.remedy), q.because_of] for q in registry.quarantined}}
print(json.dumps([[addon.name for addon in registry.addons], found]))
"""

Told = dict[str, list[str]]


def load(data: Path, *folders: Path) -> tuple[list[str], Told]:
    """What a fresh process loads, and what it leaves out."""
    command = [sys.executable, "-c", LOADING.format(limit=LIMIT), str(data), *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found[0], found[1]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Told]:
    """An installation with one sound addon, and each that cannot be loaded, all at once."""
    folder = tmp_path_factory.mktemp("ours")
    write(folder, "a_syntax", services="def broken(:\n")
    write(folder, "b_lazy", views="return return\n")
    write(folder, "c_exits", models="import sys\nsys.exit(3)\n")
    write(folder, "d_ends", models="import os\nos._exit(7)\n")
    write(folder, "e_hangs", models="import time\ntime.sleep(600)\n")
    write(folder, "f_raises", pages="from core.api import Menu\n1 / 0\n")
    write(folder, "g_lacks", jobs="import no_such_package_of_theirs\n")
    write(folder, "h_table", models=MODEL.format(cls="Twin", table="core_user"))
    write(folder, "i_mapper", models=MODEL.format(cls="Lost", table="i_lost") + BAD_RELATION)
    write(folder, "j_hook", hooks="from core.api import hookimpl\n\n@hookimpl\ndef owners_changed(env, nobody): ...\n")
    write(folder, "k_template", templates__x_html="{% if %}")
    write(folder, "l_migration", migrations__0001_first="def upgrade(:\n")
    write(folder, "m_key", models=MODEL.format(cls="Key", table="m_key") + '    __key__ = "user"\n')
    write(folder, "n_behind", 'depends = ["f_raises"]')
    write(folder, "sound", 'depends = ["base"]', models=MODEL.format(cls="Sound", table="sound_thing"))
    return load(tmp_path_factory.mktemp("data"), folder)


BAD_RELATION = """
    others: Mapped[list["Nowhere"]] = __import__("sqlalchemy.orm", fromlist=["x"]).relationship("Nowhere")
"""


def test_what_is_sound_is_loaded(outcome: tuple[list[str], Told]) -> None:
    loaded, _told = outcome

    assert {"base", "sound"} <= set(loaded)
    assert not [name for name in loaded if name[1] == "_"]


@pytest.mark.parametrize(
    ("name", "cause", "remedy"),
    [
        ("a_syntax", "services.py, line 1: invalid syntax.", "Correct the file and restart the site."),
        ("b_lazy", "views.py, line 1: invalid syntax.", "Correct the file and restart the site."),
        (
            "c_exits",
            "Loading it ends the program. It happened in models.py, line 2.",
            "Take the call of sys.exit() out of its modules.",
        ),
        (
            "d_ends",
            "Loading it ended the process (exit code 7).",
            "Take the call that ends the process out of its modules, or look at the library that crashes.",
        ),
        (
            "e_hangs",
            f"Loading it did not come to an end within {LIMIT} seconds.",
            "Take what waits — for the network, a lock, an answer — out of the modules; functions may wait.",
        ),
        (
            "f_raises",
            "It cannot be loaded. ZeroDivisionError: division by zero. It happened in pages.py, line 2.",
            "Correct the addon and restart the site, or remove the addon.",
        ),
        (
            "g_lacks",
            "It needs the Python package no_such_package_of_theirs, which is not installed."
            " It happened in jobs.py, line 1.",
            "Install no_such_package_of_theirs beside 9KCRM and restart the site.",
        ),
        (
            "h_table",
            "The table core_user is there already; it belongs to core. It happened in models.py, line 8.",
            "Begin the names of its tables with h_table_, as nobody else does.",
        ),
        (
            "m_key",
            "There is a model user already; it belongs to core.",
            "Begin the names of its tables with m_key_, as nobody else does.",
        ),
        (
            "n_behind",
            "It depends on f_raises, which cannot be loaded either.",
            "Put f_raises right; this one then comes back by itself.",
        ),
    ],
)
def test_what_fails_is_named_with_cause_and_remedy(
    outcome: tuple[list[str], Told], name: str, cause: str, remedy: str
) -> None:
    _loaded, told = outcome

    assert told[name][:2] == [cause, remedy]


@pytest.mark.parametrize(
    ("name", "start", "word"),
    [
        ("i_mapper", "Its models cannot be mapped.", "Nowhere"),
        ("j_hook", "A hook does not fit.", "nobody"),
        ("k_template", "The template templates/x.html, line 1:", "expression"),
        ("l_migration", "migrations/0001_first.py, line 1:", "invalid syntax"),
    ],
)
def test_what_others_complain_about_is_passed_on(
    outcome: tuple[list[str], Told], name: str, start: str, word: str
) -> None:
    cause = outcome[1][name][0]

    assert cause.startswith(start)
    assert word in cause


def test_outcome_is_remembered_until_a_file_changes(tmp_path: Path) -> None:
    addon = write(
        tmp_path / "ours", "shy", models="from pathlib import Path\nPath(__file__ + '.log').open('a').write('x')\n"
    )
    log = addon / "models.py.log"

    def loaded() -> int:
        before = log.stat().st_size if log.exists() else 0
        assert "shy" in load(tmp_path / "data", tmp_path / "ours")[0]
        return log.stat().st_size - before

    first, second = loaded(), loaded()
    (addon / "hooks.py").write_text("# touched\n")
    third = loaded()

    assert (first, second, third) == (2, 1, 2)


def test_what_was_put_right_comes_back(tmp_path: Path) -> None:
    addon = write(tmp_path / "ours", "shaky", models="1 / 0\n")

    before = load(tmp_path / "data", tmp_path / "ours")
    (addon / "models.py").write_text("")
    after = load(tmp_path / "data", tmp_path / "ours")

    assert ("shaky" in before[0], "shaky" in before[1]) == (False, True)
    assert ("shaky" in after[0], "shaky" in after[1]) == (True, False)


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Manifest]:
    """An addon without a fault, for a trial in this process, which knows of nothing yet."""
    monkeypatch.setattr(Trial, "_known", {})
    return [Manifest.read(write(tmp_path / "ours", "sound"), "addons.sound")]


def test_a_trial_that_could_not_begin_is_made_again(
    tmp_path: Path, sound: list[Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def dies(self: Trial, *_: object) -> Verdict:
        tried.append(self)
        return self._blame("", ending(1, "No space left on device"))

    with monkeypatch.context() as patched:
        patched.setattr(Trial, "_followed", dies)
        assert [Trial(tmp_path / "data")(sound) for _ in range(2)] == [{}, {}]

    assert len(tried) == 2
    assert not (tmp_path / "data" / "cache" / "addons.json").exists()


def test_an_addon_that_was_slow_once_is_tried_again_after_a_restart(
    tmp_path: Path, sound: list[Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        verdicts = iter([Verdict("sound", hanging(LIMIT), is_sure=False), Verdict()])
        patched.setattr(Trial, "_followed", lambda *_: next(verdicts))
        slow = Trial(tmp_path / "data")(sound)
        again = Trial(tmp_path / "data")(sound)
    Trial._known.clear()
    monkeypatch.setattr(Trial, "_followed", lambda *_: Verdict())
    restarted = Trial(tmp_path / "data")(sound)

    assert [list(slow), list(again), list(restarted)] == [["sound"], ["sound"], []]
