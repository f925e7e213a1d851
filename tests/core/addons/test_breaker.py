"""An implementation that keeps failing is switched off, in every worker, until somebody switches it on again."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.addons import breaker
from core.addons.breaker import TOLERATED, Breaker
from core.addons.policy import Policy, hook
from core.env import Env
from core.notifications import reading
from core.orm.settings import write_settings
from core.orm.tables import HookFailure
from core.site import Site
from core.testing.cast import Cast
from core.testing.plugin import open_site
from core.testing.web import Visitor
from tests.core.addons.hooking import install


@hook(policy=Policy.COLLECTED)
def gathered(env: Env) -> list[str]:
    """A hook for tests."""


class Fickle:
    """Implements `gathered`: fails while `fails` is true, and counts its calls."""

    def __init__(self) -> None:
        self.fails, self.calls = True, 0

    def implementation(self) -> Any:
        def gathered() -> str:
            self.calls += 1
            if self.fails:
                raise ZeroDivisionError("broken")
            return "fine"

        return gathered


@pytest.fixture
def fickle(site: Site) -> Fickle:
    made = Fickle()
    install(site, "declaring", specs=[gathered])
    install(site, "fickle", made.implementation(), depends=["declaring"])
    return made


def fire(site: Site, times: int = 1, *, write: bool = True) -> list[list[str]]:
    found = []
    for _ in range(times):
        with site.system("test", write=write) as env:
            found.append(env.hooks.gathered())
    return found


def off(site: Site) -> list[tuple[str, str, str]]:
    with site.system("look", write=False) as env:
        return [(each.addon, each.hook, each.error) for each in breaker.switched_off(env)]


@pytest.mark.parametrize("write", [True, False])
def test_the_fifth_failure_in_a_row_switches_off(
    write: bool, site: Site, fickle: Fickle, caplog: pytest.LogCaptureFixture
) -> None:
    fire(site, TOLERATED - 1, write=write)
    assert off(site) == []

    with caplog.at_level(logging.ERROR):
        fire(site, 3, write=write)

    assert fickle.calls == TOLERATED
    assert off(site) == [("fickle", "gathered", "ZeroDivisionError: broken")]
    assert "The hook gathered of the addon fickle keeps failing and has been switched off." in caplog.text


def test_within_one_unit_it_is_called_no_more_either(site: Site, fickle: Fickle) -> None:
    with site.system("test") as env:
        for _ in range(TOLERATED * 2):
            env.hooks.gathered()

    assert fickle.calls == TOLERATED
    assert len(off(site)) == 1


def test_a_success_begins_a_new_row(site: Site, fickle: Fickle) -> None:
    fire(site, TOLERATED - 1)
    fickle.fails = False
    assert fire(site) == [["fine"]]
    fickle.fails = True

    fire(site, TOLERATED - 1)

    assert off(site) == []
    assert fire(site, 2) == [[], []]
    assert len(off(site)) == 1


def test_success_costs_no_write(site: Site, fickle: Fickle) -> None:
    fickle.fails = False

    fire(site, 3)

    with site.system("look", write=False) as env:
        assert env.versions.get("hooks", 0) == 0


def test_failures_count_though_the_unit_is_undone(site: Site, fickle: Fickle) -> None:
    for _ in range(TOLERATED):
        with pytest.raises(RuntimeError), site.system("test") as env:
            write_settings(env.connection_of_core, {"test.undone": 1})
            env.hooks.gathered()
            raise RuntimeError

    assert len(off(site)) == 1
    with site.system("look", write=False) as env:
        assert env.setting("test.undone") is None


def test_other_workers_know(site: Site, fickle: Fickle, tmp_path: Path) -> None:
    other = open_site(site.engine.url.render_as_string(hide_password=False), tmp_path)
    other.registry = site.registry
    fire(other)

    fire(site, TOLERATED - 1)
    calls = fickle.calls
    found = fire(other)
    other.dispose()

    assert found == [[]]
    assert (calls, fickle.calls) == (TOLERATED, TOLERATED)


def test_switching_on_gives_a_clean_sheet(site: Site, fickle: Fickle) -> None:
    fire(site, TOLERATED)
    fickle.fails = False

    with site.system("switch on") as env:
        breaker.switch_on(env, "fickle")

    assert fire(site) == [["fine"]]
    assert off(site) == []


def test_switching_on_leaves_others_off(site: Site, fickle: Fickle) -> None:
    fire(site, TOLERATED)

    with site.system("switch on") as env:
        breaker.switch_on(env, "declaring")
        breaker.switch_on(env, "fickle", "owner_changed")

    assert len(off(site)) == 1


def test_a_unit_within_a_unit_waits_for_the_outer_one(site: Site, fickle: Fickle) -> None:
    """The outer one may hold the database of SQLite, so that writing would wait for ever."""
    with site.system("outer") as env:
        write_settings(env.connection_of_core, {"test.outer": 1})
        with site.system("inner", write=False) as inner:
            for _ in range(TOLERATED):
                inner.hooks.gathered()
        assert env.connection_of_core.scalar(select(HookFailure.is_off)) is None

    assert len(off(site)) == 1


def test_threads_count_together(site: Site, fickle: Fickle) -> None:
    threads = [threading.Thread(target=fire, args=(site,)) for _ in range(TOLERATED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(off(site)) == 1


def test_what_cannot_be_stored_is_stored_next_time(
    site: Site, fickle: Fickle, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(breaker, "_store", lambda *_: 1 / 0)
        fire(site, TOLERATED)

    with site.system("any other unit", write=False):
        pass

    assert "It could not be stored that hooks failed." in caplog.text
    assert off(site) == [("fickle", "gathered", "ZeroDivisionError: broken")]


def test_a_note_of_a_stuck_process_is_taken_over_by_the_next(site: Site, fickle: Fickle, tmp_path: Path) -> None:
    fickle.fails = False
    site.breaker.stuck(("fickle", "gathered"))
    site.breaker = Breaker(site.engine, tmp_path / "stuck")

    assert fire(site) == [[]]
    assert off(site) == [("fickle", "gathered", "TimeLimit: It did not return.")]
    assert list((tmp_path / "stuck").iterdir()) == []


def test_administrators_are_told_once(site: Site, cast: Cast, fickle: Fickle) -> None:
    fire(site, TOLERATED + 3)

    with cast.env("admin", write=False) as env:
        told = [(told.kind, told.text, told.url) for told in reading.latest(env, 10)]
    with cast.env("gm", write=False) as env:
        others = reading.unread(env)
    text = "gathered of the addon fickle kept failing and has been switched off."
    assert told == [("hook", text, "/settings/addons/fickle")]
    assert others == 0


def test_administrators_see_a_banner_until_they_switch_on_again(site: Site, visit: Callable[..., Visitor]) -> None:
    made = Fickle()
    install(site, "declaring", specs=[gathered])
    install(site, "fickle", made.implementation(), depends=["declaring"])
    banner = "A part of 1 addon kept failing and is switched off: fickle."

    fire(site, TOLERATED)

    assert banner in visit("admin").get("/").get_data(as_text=True)
    assert banner not in visit("sales").get("/").get_data(as_text=True)
    assert visit("admin").post("/settings/addons/fickle/hooks").status_code == 303
    assert off(site) == []
    assert banner not in visit("admin").get("/").get_data(as_text=True)
