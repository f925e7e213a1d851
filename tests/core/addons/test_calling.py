"""Calling hooks: who is called, in which order, and what an error does under each policy."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from core.addons.implementations import HookError, Implementations
from core.addons.policy import Policy, hook, hookimpl
from core.env import Env
from core.errors import Conflict
from core.orm.settings import write_settings
from core.site import Site
from tests.core.addons.hooking import addon, install, switch


@hook(policy=Policy.VETO)
def guarded(env: Env, number: int) -> None:
    """A hook for tests."""


@hook(policy=Policy.ISOLATED)
def told(env: Env, number: int) -> None:
    """A hook for tests."""


@hook(policy=Policy.COLLECTED)
def gathered(env: Env, number: int) -> None:
    """A hook for tests."""


@hook(policy=Policy.FIRST)
def chosen(env: Env, number: int) -> None:
    """A hook for tests."""


SPECS = (guarded, told, gathered, chosen)


@pytest.fixture
def declared(site: Site) -> Site:
    """The site with an addon that declares a hook of each policy."""
    install(site, "declaring", specs=SPECS)
    return site


def named(name: str, function: Callable[..., Any], **options: bool) -> Any:
    function.__name__ = name
    return hookimpl(**options)(function)


def test_implementations_are_called_in_dependency_order(declared: Site) -> None:
    install(declared, "one", named("gathered", lambda number: f"one {number}"), depends=["declaring"])
    install(declared, "two", named("gathered", lambda env, number: [env.user_id, number]), depends=["declaring"])
    install(declared, "last", named("gathered", lambda: "last", trylast=True), depends=["declaring"])
    install(declared, "first", named("gathered", lambda: "first", tryfirst=True), depends=["declaring"])
    install(declared, "silent", named("gathered", lambda: None), depends=["declaring"])

    with declared.system("test") as env:
        found = env.hooks.gathered(number=7)

    assert found == ["first", "one 7", None, 7, "last"]


def test_only_enabled_addons_are_called(declared: Site) -> None:
    install(declared, "one", named("gathered", lambda: "one"), depends=["declaring"])
    install(declared, "two", named("gathered", lambda: "two"), depends=["declaring"])

    switch(declared, "one", on=False)

    with declared.system("test") as env:
        assert env.hooks.gathered(number=7) == ["two"]


def _fails(number: int) -> None:
    raise ZeroDivisionError("broken")


def _writes_and_fails(env: Env) -> None:
    write_settings(env.connection_of_core, {"test.half": 1})
    raise ZeroDivisionError("broken")


def _fails_in_the_database(env: Env) -> None:
    env.connection_of_core.execute(text("SELECT * FROM nothing_of_this_name"))


def _writes(env: Env) -> str:
    write_settings(env.connection_of_core, {"test.whole": 1})
    return "done"


@pytest.mark.parametrize("failing", [_writes_and_fails, _fails_in_the_database])
@pytest.mark.parametrize(("policy", "result"), [("told", None), ("gathered", ["done"]), ("chosen", "done")])
def test_a_failing_isolated_implementation_undoes_only_itself(
    failing: Any, policy: str, result: object, declared: Site, caplog: pytest.LogCaptureFixture
) -> None:
    install(declared, "bad", named(policy, lambda env: failing(env)), depends=["declaring"])
    install(declared, "good", named(policy, lambda env: _writes(env)), depends=["declaring"])

    with caplog.at_level(logging.ERROR), declared.system("test") as env:
        write_settings(env.connection_of_core, {"test.before": 1})
        assert getattr(env.hooks, policy)(number=7) == result

    with declared.system("look", write=False) as env:
        assert [env.setting(f"test.{key}") for key in ("before", "half", "whole")] == [1, None, 1]
    assert f"The hook {policy} of the addon bad failed" in caplog.text


def test_a_failing_guard_undoes_everything(declared: Site, caplog: pytest.LogCaptureFixture) -> None:
    install(declared, "bad", named("guarded", lambda number: _fails(number)), depends=["declaring"])

    with (
        caplog.at_level(logging.ERROR),
        pytest.raises(ZeroDivisionError, match="broken"),
        declared.system("test") as env,
    ):
        write_settings(env.connection_of_core, {"test.before": 1})
        env.hooks.guarded(number=7)

    with declared.system("look", write=False) as env:
        assert env.setting("test.before") is None
    assert "The hook guarded of the addon bad failed" in caplog.text


def test_a_veto_is_no_failure(declared: Site, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(number: int) -> None:
        raise Conflict()

    install(declared, "strict", named("guarded", refuse), depends=["declaring"])

    with caplog.at_level(logging.ERROR), declared.system("test") as env, pytest.raises(Conflict):
        env.hooks.guarded(number=7)

    assert caplog.text == ""


def test_the_first_answer_ends_the_asking(declared: Site) -> None:
    asked: list[str] = []
    install(declared, "one", named("chosen", lambda: asked.append("one")), depends=["declaring"])
    install(declared, "two", named("chosen", lambda: asked.append("two") or 2), depends=["declaring"])
    install(declared, "three", named("chosen", lambda: asked.append("three") or 3), depends=["declaring"])

    with declared.system("test") as env:
        assert env.hooks.chosen(number=7) == 2

    assert asked == ["one", "two"]


def test_a_call_must_fit_the_hook(declared: Site) -> None:
    with declared.system("test") as env:
        with pytest.raises(TypeError, match="told takes number, not numbre"):
            env.hooks.told(numbre=7)
        with pytest.raises(AttributeError, match="There is no hook tolled"):
            env.hooks.tolled(number=7)


@pytest.mark.parametrize(
    ("function", "depends", "message"),
    [
        (named("gatherd", lambda: 1), ["declaring"], "The addon bad: gatherd in hooks.py is no hook; is it gathered?"),
        (
            named("gathered", lambda numbre: 1),
            ["declaring"],
            "The addon bad: gathered in hooks.py takes numbre; the hook has only env, number.",
        ),
        (
            named("gathered", lambda number: 1),
            [],
            "The addon bad: gathered in hooks.py is a hook of declaring, which addon.toml does not depend on.",
        ),
        (
            named("gathered", lambda number: (yield), wrapper=True),
            ["declaring"],
            "The addon bad: gathered in hooks.py is a wrapper; implementations only add to each other.",
        ),
    ],
)
def test_a_wrong_implementation_is_named_at_boot(function: Any, depends: list[str], message: str, site: Site) -> None:
    like = site.registry.addons[0]
    declaring = addon("declaring", specs=SPECS, like=like)

    with pytest.raises(HookError) as caught:
        Implementations([declaring, addon("bad", function, depends=depends, like=like)])

    assert str(caught.value) == message
    assert caught.value.addon == "bad"


def test_an_implementation_may_wait_for_an_addon_that_is_not_there(site: Site) -> None:
    install(site, "modest", named("of_somebody_else", lambda anything: 1, optionalhook=True))

    assert "of_somebody_else" not in site.registry.hooks.hooks


def test_a_wrong_declaration_is_named_at_boot(site: Site) -> None:
    like = site.registry.addons[0]

    @hook(policy=Policy.VETO)
    def nameless(number: int) -> None:
        """Lacks env."""

    @hook(policy=Policy.VETO)
    def owners_changed(env: Env) -> None:
        """Is there already."""

    with pytest.raises(HookError, match="the hook nameless must take env as its first argument"):
        Implementations([addon("bad", specs=[nameless], like=like)])
    with pytest.raises(HookError, match="the hook owners_changed is declared by core already"):
        Implementations([addon("bad", specs=[owners_changed], like=like)])


def test_trace_tells_what_ran(declared: Site, caplog: pytest.LogCaptureFixture) -> None:
    install(declared, "one", named("gathered", lambda: 1), depends=["declaring"])
    install(declared, "two", named("gathered", lambda number: _fails(number)), depends=["declaring"])
    install(declared, "three", named("guarded", lambda: 3), depends=["declaring"])

    with declared.system("test") as env:
        env.hooks.gathered(number=7)
        env.hooks.guarded(number=7)
        env.hooks.told(number=7)

    ran = [(each.hook, each.addon, each.error) for each in env.hooks.trace]
    assert ran == [("gathered", "one", ""), ("gathered", "two", "ZeroDivisionError"), ("guarded", "three", "")]
    assert all(0 <= each.seconds < 10 for each in env.hooks.trace)


@pytest.mark.parametrize("traces", [True, False])
def test_log_tells_what_ran_if_it_is_to(traces: bool, declared: Site, caplog: pytest.LogCaptureFixture) -> None:
    install(declared, "one", named("gathered", lambda: 1), depends=["declaring"])
    declared.settings = replace(declared.settings, trace_hooks=traces)

    with caplog.at_level(logging.INFO), declared.system("test") as env:
        env.hooks.gathered(number=7)

    assert ("Hook gathered, addon one: " in caplog.text) is traces


def test_an_answer_of_another_class_is_a_failure(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    install(site, "wrong", named("search_sources", lambda q: [f"a text {q}"]))
    install(site, "right", named("search_sources", lambda q: []))

    with caplog.at_level(logging.ERROR), site.system("test") as env:
        assert env.hooks.search_sources(q="x") == []

    assert "The hook search_sources gives SearchHit, not str." in caplog.text
