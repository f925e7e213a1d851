"""Addons that listen to one hook, and the proof that it is called, in order, and fails as its policy says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from addons.customer.models import Customer
from core.addons.implementations import Implementations
from core.addons.policy import Policy
from core.site import Site
from core.testing.cast import Cast
from tests.core.addons.hooking import install, switch

HOOKS = Implementations([]).hooks


class Stumble(Exception):
    """A defect of an addon."""


@dataclass
class Listener:
    """An addon `name` that notes each call of a hook, and answers or fails."""

    name: str
    calls: list[tuple[str, dict[str, Any]]]
    answer: Callable[..., Any] | None = None
    fails: bool = False

    def implementation(self, hook: str) -> Any:
        names = ", ".join(HOOKS[hook].arguments)
        scope: dict[str, Any] = {"heard": self._heard}
        exec(f"def {hook}({names}): return heard(dict({', '.join(f'{n}={n}' for n in HOOKS[hook].arguments)}))", scope)
        return scope[hook]

    def _heard(self, arguments: dict[str, Any]) -> Any:
        self.calls.append((self.name, arguments))
        if self.fails:
            raise Stumble("broken")
        return self.answer(**arguments) if self.answer else None


def listen(site: Site, hook: str, *answers: Callable[..., Any] | None) -> list[tuple[str, dict[str, Any]]]:
    """Installs an addon per answer, `one`, `two`, …, that implements the hook; returns their calls as they come."""
    calls: list[tuple[str, dict[str, Any]]] = []
    for name, answer in zip(("one", "two", "three"), answers, strict=False):
        install(site, name, Listener(name, calls, answer).implementation(hook))
    return calls


def prove(site: Site, hook: str, fire: Callable[[], object]) -> None:
    """That the addons are called in order, disabled ones are not, and an error does what the policy says."""
    calls: list[tuple[str, dict[str, Any]]] = []
    listeners = [Listener(name, calls) for name in ("first", "second", "third")]
    for listener in listeners:
        install(site, listener.name, listener.implementation(hook))
    policy = HOOKS[hook].policy

    fire()
    assert list(dict.fromkeys(name for name, _arguments in calls)) == ["first", "second", "third"]

    switch(site, "first", on=False)
    calls.clear()
    fire()
    assert list(dict.fromkeys(name for name, _arguments in calls)) == ["second", "third"]

    listeners[1].fails = True
    calls.clear()
    if policy is Policy.VETO:
        with pytest.raises(Stumble):
            fire()
        assert {name for name, _arguments in calls} == {"second"}
    else:
        fire()
        assert list(dict.fromkeys(name for name, _arguments in calls)) == ["second", "third"]
    switch(site, "second", on=False)
    switch(site, "third", on=False)


def create(cast: Cast, who: str = "sales", **values: Any) -> int:
    with cast.env(who) as env:
        return int(env.records(Customer).create({"name": "台榮精密", **values}).id)


def update(cast: Cast, id: int, who: str = "sales", **values: Any) -> None:
    with cast.env(who) as env:
        env.records(Customer).update(env.get(Customer, id), values)


def name_of(cast: Cast, id: int) -> str:
    with cast.env("gm", write=False) as env:
        return env.get(Customer, id).name
