"""Extensions that cannot be are refused when their class is made, and leave the model as it was."""

import types
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Integer, String
from sqlalchemy.orm import mapped_column

from addons.customer.models import Customer, Visit
from core.access.models import User
from core.addons import origin
from core.orm.extension import Extension, ExtensionError
from core.orm.field import field
from core.orm.model import Model, describe

Make = Callable[..., type[Any]]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes an extension in addon `perks`, which depends on `customer`."""
    monkeypatch.setattr(origin, "_claims", {"addons.perks": "perks"})
    monkeypatch.setattr(origin, "_depends", {"perks": frozenset({"customer"})})

    def made(base: Any, module: str = "addons.perks.models", **attributes: Any) -> type[Any]:
        return types.new_class("Perk", (base,), {}, lambda body: body.update(attributes, __module__=module))

    return made


def points(**options: Any) -> Any:
    return field(Integer, label="Points", **options)


def refusal(make: Make, *args: Any, **attributes: Any) -> str:
    before = set(Customer.__table__.c.keys())
    with pytest.raises(ExtensionError) as refused:
        make(*args, **attributes)

    assert set(Customer.__table__.c.keys()) == before
    assert not any(name.startswith("perks_") for name in describe(Customer).fields)
    return str(refused.value)


def test_extension_without_a_model_is_refused(make: Make) -> None:
    assert "must say what it extends: class Perk(Extension[TheModel])" in refusal(make, Extension, points=points())


@pytest.mark.parametrize(("target", "name"), [(str, "str"), (Model, "Model"), (int | None, "int | None")])
def test_extension_of_what_is_no_model_is_refused(make: Make, target: Any, name: str) -> None:
    message = refusal(make, Extension[target], points=points())

    assert message == f"addons.perks.models.Perk extends {name}, which is no model with a table."


def test_extension_of_a_model_of_its_own_addon_is_refused(make: Make) -> None:
    message = refusal(make, Extension[Customer], module="addons.customer.models", points=points())

    assert message.endswith("extends Customer of its own addon. Declare the fields there.")


def test_extension_of_an_addon_that_is_not_declared_is_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origin, "_depends", {"perks": frozenset({"base"})})

    message = refusal(make, Extension[Visit], points=points())

    assert 'Add "customer" to depends in the addon.toml of perks.' in message


def test_core_needs_no_declaration(make: Make) -> None:
    extension = make(Extension[User])

    assert extension.__target__ is User


def test_column_must_take_null_or_have_a_server_default(make: Make) -> None:
    message = refusal(make, Extension[Customer], fine=points(), points=points(required=True))

    assert message.startswith("addons.perks.models.Perk.points takes no NULL and has no server default")


def test_column_without_a_type_is_refused(make: Make) -> None:
    assert "Perk.code: say its type" in refusal(make, Extension[Customer], code=mapped_column())


def test_name_that_is_taken_is_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origin, "_claims", {"addons.perks": "short"})
    monkeypatch.setattr(origin, "_depends", {"short": frozenset({"customer"})})

    message = refusal(make, Extension[Customer], name=field(String(20), label="Name"))

    assert message == "addons.perks.models.Perk.name: Customer has short_name already. Choose another name."


@pytest.mark.parametrize("name", ["of", "record"])
def test_name_that_every_extension_uses_is_refused(make: Make, name: str) -> None:
    assert "the name is taken by every extension" in refusal(make, Extension[Customer], **{name: points()})


def test_name_that_is_too_long_for_an_index_is_refused(make: Make) -> None:
    message = refusal(make, Extension[Customer], **{"points_in_the_whole_of_last_fiscal_year": points(sort=True)})

    assert message.endswith("the name of its index is 3 characters too long.")
