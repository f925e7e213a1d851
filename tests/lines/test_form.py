"""Parts typed in a form: what is parsed, stored, refused and compared."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from addons.sheet.models import Sheet, SheetLine, Thing
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.pages.conftest import restrict, sent_form

Visit = Callable[..., Visitor]


@pytest.fixture
def thing(cast: Cast) -> int:
    with cast.env("gm") as env:
        return int(env.records(Thing).create({"name": "Motor", "code": "A-1", "price": Decimal(120)}).id)


@pytest.fixture
def sheet(cast: Cast) -> int:
    with cast.env("sales") as env:
        lines = [{"description": "one", "price": 10, "cost": 7}, {"description": "two", "price": 20}]
        return int(env.records(Sheet).create({"name": "Offer", "lines": lines}).id)


def lines_of(cast: Cast, id: int, *names: str) -> list[tuple[Any, ...]]:
    with cast.env("sales") as env:
        return [tuple(getattr(row, name) for name in names) for row in env.parts(env.get(Sheet, id), "lines")]


def form_in(html: str) -> dict[str, str]:
    """The form of a page as a browser would send it."""
    return dict(sent_form(html).to_dict())


def new_form(visitor: Visitor) -> dict[str, str]:
    form = form_in(visitor.get("/sheet/new").text)
    form["name"] = "Offer"
    return form


def test_a_new_record_is_stored_with_the_rows_that_were_filled_in(visit: Visit, cast: Cast) -> None:
    visitor = visit("sales")
    form = new_form(visitor)
    form["lines-0-description"], form["lines-0-price"], form["lines-0-quantity"] = "Motor", "1,200", "2"
    form["lines-2-description"] = "Cable"

    answer = visitor.post("/sheet/new", form)

    id = int(answer.location.rsplit("/", 1)[1])
    assert lines_of(cast, id, "position", "description", "price", "quantity", "amount") == [
        (1, "Motor", Decimal(1200), Decimal(2), Decimal(2400)),
        (2, "Cable", None, Decimal(1), Decimal(0)),
    ]


def test_rows_are_stored_in_the_order_of_the_page(visit: Visit, cast: Cast, sheet: int) -> None:
    visitor = visit("sales")
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text)
    moved = {name: value for name, value in form.items() if not name.startswith("lines-0-")}
    moved |= {name: value for name, value in form.items() if name.startswith("lines-0-")}

    visitor.post(f"/sheet/{sheet}/edit", moved)

    assert lines_of(cast, sheet, "description", "cost") == [("two", None), ("one", Decimal(7))]


def test_what_is_not_touched_is_not_written(visit: Visit, cast: Cast, sheet: int) -> None:
    visitor = visit("sales")
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text)

    visitor.post(f"/sheet/{sheet}/edit", form)

    with cast.env("sales") as env:
        assert env.get(Sheet, sheet).version == 1


def test_a_box_removes_a_row_without_scripts(visit: Visit, cast: Cast, sheet: int) -> None:
    visitor = visit("sales")
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text)
    form["lines-0-remove"] = "1"

    visitor.post(f"/sheet/{sheet}/edit", form)

    assert lines_of(cast, sheet, "position", "description") == [(1, "two")]


def test_a_message_stands_at_the_cell_and_nothing_typed_is_lost(visit: Visit, cast: Cast, sheet: int) -> None:
    visitor = visit("sales")
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text)
    form["lines-1-quantity"], form["lines-2-description"], form["lines-2-price"] = "many", "three", "5"

    answer = visitor.post(f"/sheet/{sheet}/edit", form)

    back = form_in(answer.text)
    assert answer.status_code == 422
    assert re.search(r'id="f-lines-1-quantity-error">.*?Please enter a number', answer.text)
    assert '<a href="#f-lines-1-quantity">Lines, row 2, Quantity: Please enter a number.</a>' in answer.text
    assert (back["lines-1-quantity"], back["lines-2-description"], back["lines-2-price"]) == ("many", "three", "5")


def test_the_summary_is_set_as_the_language_is(visit: Visit, sheet: int) -> None:
    visitor = visit("sales", locale="zh-TW")
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text) | {"lines-1-quantity": "many"}

    answer = visitor.post(f"/sheet/{sheet}/edit", form)

    assert re.search(r'<a href="#f-lines-1-quantity">[^<]*第 2 列，[^<,]+：', answer.text)


def test_a_rule_of_the_service_is_said_at_the_row_that_is_meant(visit: Visit, sheet: int) -> None:
    visitor = visit("sales")
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text)
    form["lines-0-remove"], form["lines-1-quantity"] = "1", "1001"

    answer = visitor.post(f"/sheet/{sheet}/edit", form)

    assert re.search(r'id="f-lines-1-quantity-error">.*?At most a thousand', answer.text)


def test_what_is_wrong_with_all_rows_is_said_above_them(visit: Visit) -> None:
    visitor = visit("sales")
    form = new_form(visitor)
    form["name"] = "full"

    answer = visitor.post("/sheet/new", form)

    assert '<a href="#f-lines">Lines: A full sheet has lines.</a>' in answer.text


def test_a_hidden_column_is_not_shown_and_keeps_its_values(visit: Visit, cast: Cast, sheet: int) -> None:
    restrict(cast.site, "salesperson", "sheet_line", "cost", "hidden")
    visitor = visit("sales")
    html = visitor.get(f"/sheet/{sheet}/edit").text
    form = form_in(html)
    form["lines-0-description"] = "first"

    visitor.post(f"/sheet/{sheet}/edit", form)

    with cast.env("gm") as env:
        rows = [(row.description, row.cost) for row in env.parts(env.get(Sheet, sheet), "lines")]
    assert "cost" not in html
    assert rows == [("first", Decimal(7)), ("two", None)]


def change_meanwhile(cast: Cast, sheet: int) -> None:
    with cast.env("gm") as env:
        record = env.get(Sheet, sheet)
        rows = env.parts(record, "lines")
        env.records(Sheet).update(record, {"lines": [{"id": rows[1].id, "price": Decimal(25)}]})


def conflicting(visitor: Visitor, cast: Cast, sheet: int) -> str:
    """The page that comes back when gm has removed the first row and changed the second meanwhile."""
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text)
    form["lines-0-description"] = "mine"
    change_meanwhile(cast, sheet)
    answer = visitor.post(f"/sheet/{sheet}/edit", form)
    assert answer.status_code == 409
    return answer.text


def test_somebody_who_saved_first_is_named_and_all_rows_are_compared(visit: Visit, cast: Cast, sheet: int) -> None:
    html = conflicting(visit("sales"), cast, sheet)

    lists = re.findall(r'<ol class="conflict-lines">(.*?)</ol>', html)
    texts = [re.sub(r"<[^>]*>", " ", each) for each in lists]
    assert "Changed by both" in html
    assert ["one" in text for text in texts] == [True, False, False]
    assert ["mine" in text for text in texts] == [False, False, True]
    assert ["25" in text for text in texts] == [False, True, False]
    assert form_in(html)["lines-0-description"] == "mine"


@pytest.mark.parametrize(
    ("keep", "stored"),
    [
        ("yours", [("mine", Decimal(10)), ("two", Decimal(20))]),
        ("theirs", [("two", Decimal(25))]),
    ],
)
def test_one_of_both_is_kept(visit: Visit, cast: Cast, sheet: int, keep: str, stored: list[Any]) -> None:
    visitor = visit("sales")
    form = form_in(conflicting(visitor, cast, sheet))
    form["keep-lines"] = keep

    visitor.post(f"/sheet/{sheet}/edit", form)

    assert lines_of(cast, sheet, "description", "price") == stored


def test_a_closed_record_shows_its_rows_and_takes_none(visit: Visit, cast: Cast, sheet: int) -> None:
    with cast.env("gm") as env:
        env.workflow.perform(env.get(Sheet, sheet), "close")
    visitor = visit("sales")
    html = visitor.get(f"/sheet/{sheet}/edit").text

    visitor.post(f"/sheet/{sheet}/edit", form_in(html) | {"lines-0-description": "other", "note": "seen"})

    assert "data-lines-blank" not in html
    assert "one" in html
    assert lines_of(cast, sheet, "description") == [("one",), ("two",)]


def derived(visitor: Visitor, form: Any, *changed: str, id: int | None = None) -> Any:
    url = "/sheet/form/derive" + (f"?record={id}" if id else "")
    answer = visitor.post(url, form | {"changed": list(changed)})
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)


def test_a_thing_that_is_chosen_fills_in_the_rest_of_its_row(visit: Visit, thing: int) -> None:
    visitor = visit("sales")
    form = new_form(visitor) | {"lines-1-thing_id": str(thing), "lines-1-quantity": "3"}

    said = derived(visitor, form, "lines-1-thing_id")

    assert said["fill"]["lines-1-description"] == {"text": "Motor", "label": ""}
    assert said["fill"]["lines-1-price"]["text"] == "120"
    assert ">NT$360</span>" in said["shown"]["lines-1-amount"]
    assert ">NT$360</span>" in said["shown"]["total"]


def test_what_was_just_typed_is_not_filled_over(visit: Visit, thing: int) -> None:
    visitor = visit("sales")
    form = new_form(visitor) | {"lines-0-thing_id": str(thing), "lines-0-price": "99"}

    said = derived(visitor, form, "lines-0-thing_id", "lines-0-price")

    assert "lines-0-price" not in said["fill"]
    assert ">NT$99</span>" in said["shown"]["total"]


@pytest.mark.parametrize("text", ["a-1", "Motor"])
def test_a_code_or_a_name_from_a_spreadsheet_means_the_thing(visit: Visit, thing: int, text: str) -> None:
    visitor = visit("sales")
    form = new_form(visitor) | {"lines-0-thing_id": f"?{text}"}

    said = derived(visitor, form, "lines-0-thing_id")

    assert said["fill"]["lines-0-thing_id"] == {"text": str(thing), "label": "Motor"}
    assert said["fill"]["lines-0-price"]["text"] == "120"


def test_what_is_wrong_is_said_at_the_cell_while_one_types(visit: Visit, sheet: int) -> None:
    visitor = visit("sales")
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text)
    form["lines-0-quantity"], form["lines-1-price"], form["lines-2-thing_id"] = "1001", "-3", "?Nothing"
    form["name"] = ""

    said = derived(visitor, form, id=sheet)

    assert said["problems"] == {
        "lines-0-quantity": ["At most a thousand."],
        "lines-1-price": ["At least 0."],
        "lines-2-thing_id": ["Please choose an existing record."],
    }


def test_what_an_addon_has_against_it_is_said_at_the_cell_while_one_types(visit: Visit, sheet: int) -> None:
    visitor = visit("sales")
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text) | {"lines-1-is_gift": "1"}

    said = derived(visitor, form, "lines-1-is_gift", id=sheet)

    assert said["problems"] == {"lines-1-price": ["A gift costs nothing."]}


def test_nonsense_in_the_place_of_what_was_shown_at_first_counts_as_nothing(
    visit: Visit, cast: Cast, sheet: int
) -> None:
    visitor = visit("sales")
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text) | {"original": "[" * 100_000, "lines-0-price": "11"}

    visitor.post(f"/sheet/{sheet}/edit", form)

    assert lines_of(cast, sheet, "price") == [(Decimal(11),), (Decimal(20),)]


def test_thousands_of_rows_are_refused_before_they_are_read(visit: Visit) -> None:
    visitor = visit("sales")
    form = new_form(visitor) | {f"lines-{number}-quantity": "2" for number in range(3000)}

    answers = [visitor.post(url, form) for url in ("/sheet/form/derive", "/sheet/new")]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert "At most 200 rows are possible." in answers[1].text
    assert "lines-2999-quantity" not in answers[1].text


def test_nothing_is_stored_by_asking(visit: Visit, cast: Cast, sheet: int) -> None:
    visitor = visit("sales")
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text) | {"lines-0-price": "1000"}

    derived(visitor, form, "lines-0-price", id=sheet)

    assert lines_of(cast, sheet, "price") == [(Decimal(10),), (Decimal(20),)]


def test_a_hidden_field_is_not_derived(visit: Visit, cast: Cast, sheet: int) -> None:
    restrict(cast.site, "salesperson", "sheet_line", "amount", "hidden")
    restrict(cast.site, "salesperson", "sheet", "total", "hidden")
    visitor = visit("sales")
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text)

    said = derived(visitor, form, id=sheet)

    assert sorted(said["shown"]) == ["owner_id", "subtotal"]


def test_only_who_may_edit_may_ask(visit: Visit, cast: Cast, sheet: int) -> None:
    form = {"name": "Offer"}

    assert visit("sales2").post(f"/sheet/form/derive?record={sheet}", form).status_code == 404
    assert visit("accountant").post("/sheet/form/derive", form).status_code == 403
    assert visit("sales").post("/customer/form/derive", {}).status_code == 200


def test_the_page_of_a_record_shows_its_rows_with_the_totals(visit: Visit, cast: Cast, sheet: int) -> None:
    restrict(cast.site, "salesperson", "sheet_line", "cost", "masked")

    html = visit("sales").get(f"/sheet/{sheet}").text

    block = html[html.index('class="lines-block"') : html.index("</section>", html.index('class="lines-block"'))]
    assert [f">{text}" in block for text in ("one", "two", "NT$30")] == [True, True, True]
    assert "NT$7<" not in block
    assert 'class="masked"' in block
    assert 'class="lines-block"' not in visit("sales").get(f"/sheet/{sheet}/tab/history").text


def test_what_a_sheet_links_to_is_looked_up_together(visit: Visit, cast: Cast, thing: int) -> None:
    from core.testing.queries import queries

    def counted(number: int) -> int:
        with cast.env("sales") as env:
            rows = [{"thing_id": thing, "description": str(n)} for n in range(number)]
            id = env.records(Sheet).create({"name": "Offer", "lines": rows}).id
        visitor = visit("sales")
        visitor.get(f"/sheet/{id}")
        with queries(cast.site) as found:
            visitor.get(f"/sheet/{id}")
            visitor.get(f"/sheet/{id}/edit")
        return found.number

    assert counted(1) == counted(20)


def test_a_row_belongs_to_its_own_sheet(visit: Visit, cast: Cast, sheet: int) -> None:
    with cast.env("sales2") as env:
        other = env.records(Sheet).create({"name": "Secret", "lines": [{"description": "theirs"}]})
        secret = env.parts(other, "lines")[0].id
    visitor = visit("sales")
    form = form_in(visitor.get(f"/sheet/{sheet}/edit").text)
    form["lines-2-id"], form["lines-2-description"] = str(secret), "stolen"

    visitor.post(f"/sheet/{sheet}/edit", form)

    assert lines_of(cast, sheet, "description") == [("one",), ("two",), ("stolen",)]
    with cast.env("sales2") as env:
        assert env.get(SheetLine, secret).description == "theirs"
