"""A new record that begins as a copy of another one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from addons.sheet.models import Sheet
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from tests.core.pages.conftest import restrict
from tests.lines.test_form import form_in, lines_of

Visit = Callable[..., Visitor]


@pytest.fixture
def sheet(cast: Cast) -> int:
    with cast.env("sales") as env:
        lines = [
            {"description": "one", "price": Decimal(10), "cost": Decimal(7)},
            {"description": "two", "quantity": Decimal(3)},
        ]
        given = {"name": "Offer", "code": "U-1", "note": "as agreed", "due_on": date(2026, 1, 31), "lines": lines}
        return int(env.records(Sheet).create(given).id)


def test_a_copy_begins_with_what_the_other_has(visit: Visit, cast: Cast, sheet: int) -> None:
    visitor = visit("sales")

    form = form_in(visitor.get(f"/sheet/new?copy={sheet}").text)
    answer = visitor.post("/sheet/new", form)

    id = int(answer.location.rsplit("/", 1)[1])
    with cast.env("sales") as env:
        copy = env.get(Sheet, id)
        assert (copy.name, copy.note, copy.code, copy.due_on) == ("Copy of Offer", "as agreed", None, None)
        assert copy.number != env.get(Sheet, sheet).number
    assert lines_of(cast, id, "description", "quantity", "price", "cost") == [
        ("one", Decimal(1), Decimal(10), Decimal(7)),
        ("two", Decimal(3), None, None),
    ]
    assert lines_of(cast, sheet, "description") == [("one",), ("two",)]


def test_what_the_reader_does_not_see_is_not_copied(visit: Visit, cast: Cast, sheet: int) -> None:
    restrict(cast.site, "salesperson", "sheet_line", "cost", "masked")
    restrict(cast.site, "salesperson", "sheet", "note", "hidden")
    visitor = visit("sales")

    answer = visitor.post("/sheet/new", form_in(visitor.get(f"/sheet/new?copy={sheet}").text))

    with cast.env("gm") as env:
        copy = env.get(Sheet, int(answer.location.rsplit("/", 1)[1]))
        assert copy.note is None
        assert [row.cost for row in env.parts(copy, "lines")] == [None, None]


def test_only_what_one_sees_can_be_copied(visit: Visit, sheet: int) -> None:
    assert visit("sales2").get(f"/sheet/new?copy={sheet}").status_code == 404
    assert visit("sales").get("/sheet/new?copy=nonsense").status_code == 404


def test_the_page_offers_it_to_those_who_may_create(visit: Visit, sheet: int) -> None:
    assert f'href="/sheet/new?copy={sheet}"' in visit("sales").get(f"/sheet/{sheet}").text


def test_the_api_has_no_such_action(api: Callable[[str], ApiClient], sheet: int) -> None:
    assert api("sales").post(f"/sheet/{sheet}/actions/copy").status_code == 404
