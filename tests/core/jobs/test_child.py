import subprocess
import sys
import time

import pytest

from core.jobs import child as module
from core.jobs.child import Child


def started(program: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", program], start_new_session=True)


def kept_until_it_ends(child: Child) -> int:
    for _ in range(200):
        code = child.keep_running()
        if code is not None:
            return code
        time.sleep(0.02)
    raise AssertionError("The child does not end.")


def test_a_child_that_dies_is_started_again_after_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    child = Child("x", lambda: started("raise SystemExit(3)"))

    codes = [kept_until_it_ends(child) for _ in range(3)]

    assert codes == [3, 3, 3]
    assert child.failures == 3
    assert child.pause == pytest.approx(0.04)


def test_pause_has_a_limit() -> None:
    child = Child("x", lambda: started(""))
    child.failures = 50

    assert child.pause == module.LONGEST_PAUSE


def test_a_long_life_clears_the_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    child = Child("x", lambda: started(""))
    child.failures = 4
    monkeypatch.setattr(module, "HEALTHY_SECONDS", 0.0)

    kept_until_it_ends(child)

    assert child.failures == 1


def test_a_child_that_does_not_end_is_killed() -> None:
    child = Child("x", lambda: started("import signal, time; signal.signal(15, lambda *a: None); time.sleep(60)"))
    child.keep_running()
    time.sleep(0.2)

    child.ask_to_end()
    child.wait(0.3)

    assert not child.is_running
