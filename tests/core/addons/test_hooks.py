"""Every hook of core is declared, shown and proved; those of the process and of its addons."""

import logging
from pathlib import Path
from typing import Any

import pytest

from core import api, hookspecs
from core.addons import lifecycle
from core.config import Settings
from core.reference import hooks as hooks_page
from core.site import Site
from core.testing.cast import Cast
from tests.core.addons.hooking import install, switch
from tests.core.addons.listening import HOOKS, Listener, listen, prove

ROOT = Path(__file__).resolve().parents[3]


def test_every_hook_has_its_test() -> None:
    sources = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "examples").rglob("test_*.py")]
    found = "".join(path.read_text("utf-8") for path in sources)

    assert [name for name in HOOKS if f"def test_hook_{name}" not in found] == []


def test_every_hook_has_an_implementation_and_its_place_in_the_reference(site: Site) -> None:
    page = hooks_page.build(site.registry)

    unused = [n for n, h in site.registry.hooks.hooks.items() if not h.implementations and not hooks_page.shown_by(n)]
    assert unused == []
    assert [name for name in HOOKS if f"\n## {name}\n" not in page] == []
    assert "Implemented by `customer`, the example `loyalty`." in page
    assert "## equipment_retired\n" in page


def test_every_hook_says_what_it_does() -> None:
    for name, hook in HOOKS.items():
        told = hook.specification.__doc__ or ""
        assert "eturn" in told, name
        assert len(told) > 100, name


def test_hook_registered(site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    calls: list[tuple[str, dict[str, Any]]] = []
    failing = Listener("one", calls, fails=True)
    install(site, "one", failing.implementation("registered"))
    install(site, "two", Listener("two", calls).implementation("registered"))
    switch(site, "two", on=False)
    monkeypatch.setattr("core.site.Registry.discover", lambda *_, **__: site.registry)
    settings: Settings = site.settings

    with caplog.at_level(logging.ERROR):
        opened = Site.open(settings)

    assert calls == [("one", {"site": opened}), ("two", {"site": opened})]
    assert "The hook registered of the addon one failed" in caplog.text
    opened.dispose()


def test_hook_addon_enabled(site: Site, cast: Cast) -> None:
    install(site, "extra")
    switch(site, "extra", on=False)

    def fire() -> None:
        switch(site, "extra", on=False)
        with cast.env("admin") as env:
            assert lifecycle.enable(env, "extra") == ["extra"]

    prove(site, "addon_enabled", fire)
    calls = listen(site, "addon_enabled", None)
    fire()
    assert calls == [("one", {"addon": "extra"})]


def test_hook_addon_enabled_reaches_the_addon_itself(site: Site, cast: Cast) -> None:
    calls = listen(site, "addon_enabled", None)
    switch(site, "one", on=False)

    with cast.env("admin") as env:
        lifecycle.enable(env, "one")

    assert calls == [("one", {"addon": "one"})]


def test_hook_addon_disabled(site: Site, cast: Cast) -> None:
    install(site, "extra")

    def fire() -> None:
        switch(site, "extra", on=True)
        with cast.env("admin") as env:
            assert lifecycle.disable(env, "extra") == ["extra"]

    prove(site, "addon_disabled", fire)
    calls = listen(site, "addon_disabled", None)
    with cast.env("admin") as env:
        lifecycle.disable(env, "one")
    assert calls == [("one", {"addon": "one"})]


def test_names_of_answers_are_public() -> None:
    assert {"MailChange", "Saved", "SearchHit", "Policy", "hook", "hookimpl"} <= set(api.__all__)
    assert hookspecs.__doc__
