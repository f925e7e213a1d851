"""Printing lists as they are shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from addons.customer.models import Customer
from core.access.models import FieldGrant, Role
from core.orm.tables import Change
from core.orm.versions import bump
from core.printing import engine
from core.site import Site
from core.testing.cast import Cast
from core.testing.queries import assert_constant
from core.testing.web import Visitor
from tests.core.printing import reading


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def customers(cast: Cast) -> None:
    with cast.env("sales") as env:
        for name, level in (("台榮", "A"), ("瑞豐", "B"), ("久客", "A")):
            env.records(Customer).create({"name": name, "level": level, "phone": "02-2345-6789"})


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is typeset, in the place of doing it."""
    found: list[dict[str, Any]] = []

    def typeset(folder: Any, source: str, data: dict[str, Any], **_: Any) -> bytes:
        found.append(data)
        return b"%PDF"

    monkeypatch.setattr(engine, "typeset", typeset)
    return found


def test_list_is_printed_with_its_filter_and_order(customers: None, visit: Callable[..., Visitor]) -> None:
    text = reading.shown(visit("sales").get("/print/customer?filter=level:is:A&sort=-name"))

    assert text.index("台榮") < text.index("久客")
    assert "瑞豐" not in text
    assert "LevelisA" in text
    assert "2rows" in text
    assert "Page1of1" in text


def test_head_is_repeated_on_each_page(cast: Cast, visit: Callable[..., Visitor]) -> None:
    with cast.env("sales") as env:
        for number in range(60):
            env.records(Customer).create({"name": f"N{number}"})

    found = reading.pages(visit("sales").get("/print/customer").data)

    assert len(found) > 1
    assert all("Customername" in page for page in found)


def test_list_has_the_columns_that_were_chosen(
    customers: None, told: list[dict[str, Any]], visit: Callable[..., Visitor]
) -> None:
    visit("sales").get("/print/customer?columns=name,phone")

    assert [column["name"] for column in told[0]["records"][0]["columns"]] == ["name", "phone"]
    assert told[0]["records"][0]["rows"][0][1] == "02-2345-6789"


@pytest.mark.parametrize("level", ["masked", "masked_list", "hidden"])
def test_list_masks_what_lists_mask(
    level: str, site: Site, customers: None, told: list[dict[str, Any]], visit: Callable[..., Visitor]
) -> None:
    with site.system("restrict a field") as env:
        role = env.session.scalars(select(Role.id).where(Role.preset == "salesperson")).one()
        env.session.add(FieldGrant(role_id=role, model="customer", field="phone", level=level))
        bump(env.connection_of_core, "organisation")

    visit("sales").get("/print/customer")

    assert "2345" not in json.dumps(told[0])
    assert "台榮" in str(told[0])


def test_long_list_says_that_it_goes_on(
    customers: None, told: list[dict[str, Any]], visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.printing.lists.MOST", 2)

    visit("sales").get("/print/customer")

    assert len(told[0]["records"][0]["rows"]) == 2
    assert told[0]["records"][0]["more"] == "The first 2 rows; there are more."


def test_list_of_what_is_deleted_is_not_printed(
    cast: Cast, customers: None, told: list[dict[str, Any]], visit: Callable[..., Visitor]
) -> None:
    with cast.env("gm") as env:
        gone = env.session.scalars(select(Customer).where(Customer.name == "瑞豐")).one()
        env.records(Customer).delete(gone)

    visit("gm").get("/print/customer?bin=1")

    assert sorted(row[0] for row in told[0]["records"][0]["rows"]) == ["久客", "台榮"]


def test_printing_a_list_is_noted(
    cast: Cast, customers: None, told: list[dict[str, Any]], visit: Callable[..., Visitor]
) -> None:
    visit("sales").get("/print/customer?filter=level:is:A")

    with cast.site.system("read the log", write=False) as env:
        noted = env.session.scalars(select(Change).where(Change.action == "print")).one()
    assert (noted.model, noted.record_id, noted.user_id) == ("customer", 0, cast.sales)
    stored = {name: value for name, (_before, value) in noted.changes.items()}
    assert "Customer name" in stored.pop("columns")
    assert stored == {"template": "list", "rows": 2, "filters": ["level:is:A"], "search": ""}


def test_lists_ask_as_often_for_many_rows(
    site: Site, cast: Cast, told: list[dict[str, Any]], visit: Callable[..., Visitor]
) -> None:
    visitor = visit("gm")

    def grow() -> None:
        with cast.env("sales") as env:
            for number in range(30):
                env.records(Customer).create({"name": f"N{number}"})

    with cast.env("sales") as env:
        env.records(Customer).create({"name": "first"})
    assert_constant(site, lambda: visitor.get("/print/customer"), grow)
