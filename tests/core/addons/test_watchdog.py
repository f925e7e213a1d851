"""A function that takes too long is interrupted, and nothing else is."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from core.addons import breaker
from core.addons.calling import TransactionLost
from core.addons.policy import Policy, hook
from core.addons.watchdog import STUCK, WATCHDOG, TimeLimit, Watched
from core.env import Env
from core.orm.settings import write_settings
from core.site import Site
from tests.core.addons.hooking import install

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.filterwarnings("error")


def watched(limit: float, interrupt: Callable[[], object] = lambda: None) -> Watched:
    return Watched(limit, interrupt, lambda: pytest.fail("This process would have ended."))


def spin(seconds: float) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return "done"


def test_a_function_in_time_is_left_alone() -> None:
    assert WATCHDOG.run(watched(5), lambda: "done") == "done"


def test_a_function_that_goes_on_for_ever_is_interrupted() -> None:
    started = time.monotonic()

    with pytest.raises(TimeLimit):
        WATCHDOG.run(watched(0.5), lambda: spin(60))

    assert time.monotonic() - started < 10


def test_a_function_that_hides_the_interruption_is_late_all_the_same() -> None:
    def hides() -> str:
        try:
            return spin(60)
        except BaseException:
            return "hidden"

    with pytest.raises(TimeLimit):
        WATCHDOG.run(watched(0.5), hides)


def test_a_statement_is_interrupted_first() -> None:
    asked = threading.Event()

    def waits() -> None:
        if asked.wait(60):
            raise RuntimeError("interrupted")

    with pytest.raises(TimeLimit) as caught:
        WATCHDOG.run(watched(0.5, asked.set), waits)

    assert isinstance(caught.value.__cause__, RuntimeError)


def test_the_inner_call_is_the_one_to_blame() -> None:
    def outer() -> str:
        with pytest.raises(TimeLimit):
            WATCHDOG.run(watched(0.5), lambda: spin(60))
        return "outer"

    assert WATCHDOG.run(watched(30), outer) == "outer"


def test_nothing_strikes_after_the_end() -> None:
    """Calls that end at about the time of their interruption, which must hit them or nothing."""
    outcomes: set[str] = set()

    def many() -> None:
        rough = random.Random(threading.get_ident())
        for _ in range(12):
            try:
                outcomes.add(WATCHDOG.run(watched(0.05), lambda: spin(rough.uniform(0.45, 0.65))))
            except TimeLimit:
                outcomes.add("late")
            spin(0.05)
        outcomes.add("whole")

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {"late", "whole"} <= outcomes <= {"late", "whole", "done"}
    assert WATCHDOG._running == {}


@hook(policy=Policy.COLLECTED)
def gathered(env: Env) -> list[str]:
    """A hook for tests."""


def _spins(env: Env) -> None:
    write_settings(env.connection_of_core, {"test.half": 1})
    spin(60)


def _reads_for_ever(env: Env) -> None:
    if env.connection_of_core.dialect.name == "sqlite":
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    else:
        endless = "SELECT pg_sleep(60)"
    env.connection_of_core.execute(text(endless))


@pytest.mark.parametrize("slow", [_spins, _reads_for_ever])
def test_a_hook_that_does_not_return_is_switched_off_at_once(slow: Callable[[Env], None], site: Site) -> None:
    def implementation(env: Env) -> None:
        slow(env)

    implementation.__name__ = "gathered"
    site.settings = replace(site.settings, hook_seconds=0.5)
    install(site, "declaring", specs=[gathered])
    install(site, "slow", implementation, depends=["declaring"])

    with site.system("test") as env:
        write_settings(env.connection_of_core, {"test.before": 1})
        assert env.hooks.gathered() == []
        write_settings(env.connection_of_core, {"test.after": 1})

    with site.system("look", write=False) as env:
        assert [env.setting(f"test.{key}") for key in ("before", "half", "after")] == [1, None, 1]
        assert [(each.addon, each.hook) for each in breaker.switched_off(env)] == [("slow", "gathered")]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_an_interrupted_write_of_sqlite_takes_the_whole_unit_along(site: Site, backend: str) -> None:
    def implementation(env: Env) -> None:
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT 'k' || x, 1 FROM n"
        env.connection_of_core.execute(text(f"INSERT INTO core_version (key, number) {endless}"))

    implementation.__name__ = "gathered"
    site.settings = replace(site.settings, hook_seconds=0.5)
    install(site, "declaring", specs=[gathered])
    install(site, "slow", implementation, depends=["declaring"])

    with pytest.raises(TransactionLost), site.system("test") as env:
        write_settings(env.connection_of_core, {"test.before": 1})
        env.hooks.gathered()

    with site.system("look", write=False) as env:
        assert env.setting("test.before") is None
        assert len(breaker.switched_off(env)) == 1


def test_a_process_that_cannot_be_interrupted_ends(tmp_path: Path) -> None:
    script = """
import sys, time
from pathlib import Path
from sqlalchemy import create_engine
from core.addons.breaker import Breaker
from core.addons.watchdog import WATCHDOG, Watched
from functools import partial
breaker = Breaker(create_engine("sqlite://"), Path(sys.argv[1]))
WATCHDOG.run(Watched(0.3, lambda: None, partial(breaker.stuck, ("slow", "gathered"))), lambda: time.sleep(60))
"""
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "stuck")],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == STUCK
    assert ended.stderr == "The hook gathered of the addon slow does not return; this process ends.\n"
    assert [note.read_text() for note in (tmp_path / "stuck").iterdir()] == ['["slow", "gathered"]']
