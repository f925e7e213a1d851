"""Addons have a say in each row of a file."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from addons.customer.models import Contact, Customer
from core.errors import Conflict, Invalid
from core.i18n import Text
from core.site import Site
from core.testing.cast import Cast
from tests.core.addons.hooking import install
from tests.core.exchange.test_import_rights import imported, problems

COLUMNS = {0: "customer.name", 1: "customer.phone", 2: "contact.name"}
TEXT = "name,phone,person\n 台榮 精密 ,02-2345-6789,王小明\n黑名單,,\n不行,,\n"


def test_hook_import_row(site: Site, cast: Cast) -> None:
    heard: list[tuple[str, int, dict[str, Any]]] = []

    def import_row(model: Any, row: int, values: Mapping[str, Any]) -> dict[str, Any] | None:
        heard.append((model.key(), row, dict(values)))
        if model is not Customer:
            return None
        if values["name"] == "黑名單":
            raise Invalid({"name": Text("On the black list.")})
        if values["name"] == "不行":
            raise Conflict(Text("Not this one."))
        return {"name": values["name"].replace(" ", ""), "short_name": "台榮"}

    install(site, "one", import_row)
    done = imported(cast, "gm", TEXT, COLUMNS)

    assert [(model, row) for model, row, _values in heard] == [
        ("customer", 2),
        ("contact", 2),
        ("customer", 3),
        ("customer", 4),
    ]
    assert heard[1][2] == {"name": "王小明"}
    assert problems(site, done) == [{"0": "On the black list."}, {"": "Not this one."}]
    with cast.env("gm", write=False) as env:
        assert env.session.execute(select(Customer.name, Customer.short_name)).all() == [("台榮精密", "台榮")]
        assert env.session.scalars(select(Contact.name)).all() == ["王小明"]


def test_hook_import_row_is_checked_like_the_file(site: Site, cast: Cast) -> None:
    def import_row(values: Mapping[str, Any]) -> dict[str, Any]:
        return {"phone": "12", "level": "no such level", "nonsense": 1}

    install(site, "one", import_row)
    done = imported(cast, "gm", "name,phone\n台榮,02-2345-6789\n", {0: "customer.name", 1: "customer.phone"})

    [found] = problems(site, done)
    assert set(found) == {"1", ""}


def test_hook_import_row_answers_in_order_and_the_later_wins(site: Site, cast: Cast) -> None:
    def first(values: Mapping[str, Any]) -> dict[str, Any]:
        return {"note": "first", "short_name": "first"}

    def second(values: Mapping[str, Any]) -> dict[str, Any]:
        return {"note": "second"}

    for name, function in (("one", first), ("two", second)):
        function.__name__ = "import_row"
        install(site, name, function)
    imported(cast, "gm", "name\n台榮\n", {0: "customer.name"})

    with cast.env("gm", write=False) as env:
        assert env.session.execute(select(Customer.note, Customer.short_name)).all() == [("second", "first")]


def test_hook_import_row_that_breaks_stops_the_import(site: Site, cast: Cast) -> None:
    def import_row(values: Mapping[str, Any]) -> None:
        raise RuntimeError("broken")

    install(site, "one", import_row)

    with pytest.raises(AssertionError):
        imported(cast, "gm", "name\n台榮\n", {0: "customer.name"})
    with cast.env("gm", write=False) as env:
        assert env.session.scalars(select(Customer.name)).all() == []
