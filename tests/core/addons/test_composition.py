"""Services made of what several addons say, and what is said to those that do not go together."""

from __future__ import annotations

import types
from typing import Any

import pytest

from addons.customer.models import Contact, Customer, Visit
from core.addons import origin
from core.addons.composition import Composition, CompositionError, extends_service
from core.records import Records


class Greetings:
    def greet(self) -> list[str]:
        return ["base"]


@pytest.fixture(autouse=True)
def claims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origin, "_claims", {f"addons.{name}": name for name in ("one", "two", "three")})


def greeter(addon: str, *bases: type[Any], of: type[Any] = Greetings) -> type[Any]:
    def greet(self: Any) -> list[str]:
        return [*super(found, self).greet(), addon]

    body = {"greet": greet, "__module__": f"addons.{addon}.services"}
    found: type[Any] = type(f"Of{addon.title()}", bases or (Greetings,), body)
    return extends_service(of)(found)


def taken(*classes: type[Any]) -> Composition:
    composition = Composition()
    for found in classes:
        module = types.ModuleType(found.__module__)
        setattr(module, found.__name__, found)
        composition.take(origin.addon_of(found.__module__), module)
    return composition


def test_extensions_are_composed_in_order_with_super() -> None:
    composition = taken(greeter("one"), greeter("two"), greeter("three"))

    def greetings(*enabled: str) -> list[str]:
        return composition.composed(Greetings, frozenset(enabled))().greet()

    assert greetings("one", "two", "three") == ["base", "one", "two", "three"]
    assert greetings("three", "one") == ["base", "one", "three"]
    assert greetings() == ["base"]


def test_class_is_made_once_per_set() -> None:
    composition = taken(greeter("one"), greeter("two"))

    first = composition.composed(Greetings, frozenset({"one"}))

    assert composition.composed(Greetings, frozenset({"one"})) is first
    assert composition.composed(Greetings, frozenset({"one", "two"})) is not first
    assert composition.composed(Greetings, frozenset()) is Greetings


def test_extension_of_an_extension_is_one_of_the_service() -> None:
    one = greeter("one")
    two = greeter("two", one, of=one)
    composition = taken(one, two)

    found = composition.composed(Greetings, frozenset({"one", "two"}))

    assert found().greet() == ["base", "one", "two"]
    assert composition.composed(two, frozenset({"one", "two"})) is composition.composed(one, frozenset({"one", "two"}))


def test_extension_of_an_addon_that_is_off_is_refused() -> None:
    one = greeter("one")

    with pytest.raises(CompositionError, match=r"OfOne belongs to an addon that is off\."):
        taken(one).composed(one, frozenset())


def test_extension_must_subclass_what_it_extends() -> None:
    with pytest.raises(CompositionError, match=r"extends Greetings and must be a subclass: class Odd\(Greetings\)\."):
        extends_service(Greetings)(type("Odd", (), {}))


def test_model_without_a_service_is_extended_by_its_name() -> None:
    def extension(addon: str) -> type[Any]:
        return extends_service(Contact)(type(addon, (Records,), {"__module__": f"addons.{addon}.services"}))

    one, two = extension("one"), extension("two")
    composition = taken(one, two)

    found = composition.composed(composition.records_class(Contact), frozenset({"one", "two"}))

    assert found.__mro__[1:3] == (two, one)
    assert found.model is Contact


def test_extension_by_model_joins_those_of_its_service() -> None:
    service = type("Theirs", (Records,), {"model": Customer, "__module__": "addons.one.services"})
    by_model = extends_service(Customer)(type("A", (Records,), {"__module__": "addons.two.services"}))
    by_class = extends_service(service)(type("B", (service,), {"__module__": "addons.three.services"}))
    composition = taken(service, by_model, by_class)

    found = composition.composed(composition.records_class(Customer), frozenset({"one", "two", "three"}))

    assert found.__mro__[1:4] == (by_class, by_model, service)


def test_second_service_of_a_model_is_refused() -> None:
    first = type("First", (Records,), {"model": Visit, "__module__": "addons.one.services"})
    second = type("Second", (Records,), {"model": Visit, "__module__": "addons.two.services"})

    with pytest.raises(
        CompositionError, match=r"Second is a second service of Visit, beside .*First\. Extend that one"
    ):
        taken(first, second)


def test_extensions_that_do_not_go_together_are_named() -> None:
    one = greeter("one")
    two = greeter("two", one)
    composition = taken(two, one)

    with pytest.raises(CompositionError, match=r"do not go together: .*OfTwo, .*OfOne\."):
        composition.composed(Greetings, frozenset({"one", "two"}))
