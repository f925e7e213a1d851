"""Parts in the REST interface: within the record that they belong to."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select

from core.access.models import FieldGrant, Role
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient

Api = Callable[[str], ApiClient]


def _lines(api: ApiClient, quote: int) -> list[dict[str, Any]]:
    return api.get(f"/quote/{quote}").json["data"]["lines"]


def test_a_record_comes_with_its_parts_and_a_list_without(quote: int, api: Api) -> None:
    one = api("sales").get(f"/quote/{quote}").json["data"]
    many = api("sales").get("/quote").json["data"]

    assert [(line["position"], line["description"], line["quantity"]) for line in one["lines"]] == [
        (1, "鑽頭", "3"),
        (2, "銑刀", "2"),
        (3, "刀把", "1"),
    ]
    assert not {"quote_id", "version", "owner_id", "created_at"} & one["lines"][0].keys()
    assert "lines" not in many[0]


def test_parts_are_given_with_a_new_record(customer: int, api: Api) -> None:
    body = {
        "customer_id": customer,
        "name": "報價",
        "lines": [{"description": "刀", "quantity": "2", "unit_price": 50}],
    }

    made = api("sales").call("POST", "/quote", body)

    assert made.status_code == 201, made.json
    assert [line["quantity"] for line in made.json["data"]["lines"]] == ["2"]


def test_the_complete_list_is_given_with_a_change(quote: int, api: Api) -> None:
    first, second, _third = _lines(api("sales"), quote)
    rows = [{"id": second["id"]}, first | {"quantity": "9"}, {"description": "新", "unit_price": "1"}]

    found = api("sales").call("PATCH", f"/quote/{quote}", {"lines": rows, "version": 1})

    assert found.status_code == 200, found.json
    assert found.json["data"]["version"] == 2
    shown = [(line["id"], line["description"], line["quantity"]) for line in found.json["data"]["lines"]]
    assert shown[:2] == [(second["id"], "銑刀", "2"), (first["id"], "鑽頭", "9")]
    assert shown[2][1:] == ("新", "1")


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        (None, "lines"),
        ("many", "lines"),
        ({"id": 1}, "lines"),
        ([7], "lines.0"),
        ([[]], "lines.0"),
        ([{}], "lines.0.description"),
        ([{"id": True}], "lines.0.id"),
        ([{"id": "1"}], "lines.0.id"),
        ([{"id": 10**30}], "lines.0.id"),
        ([{"id": 4711}], "lines.0.id"),
        ([{"description": "x", "unit_price": 1, "quantity": "-1"}], "lines.0.quantity"),
        ([{"description": "x", "unit_price": "much"}], "lines.0.unit_price"),
        ([{"description": "x", "unit_price": 1, "colour": "red"}], "lines.0.colour"),
        ([{"description": "x", "unit_price": 1, "quote_id": 1}], "lines.0.quote_id"),
        ([{"description": "x", "unit_price": 1, "position": 7}], "lines.0.position"),
        ([{"description": "x", "unit_price": 1}] * 501, "lines"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(lines: object, field: str, quote: int, api: Api) -> None:
    before = _lines(api("sales"), quote)

    found = api("sales").call("PATCH", f"/quote/{quote}", {"lines": lines})

    assert found.status_code == 422, found.json
    assert field in found.json["error"]["fields"]
    assert _lines(api("sales"), quote) == before


def test_rows_of_another_record_and_repeated_ones_are_refused(quote: int, customer: int, api: Api) -> None:
    body = {"customer_id": customer, "name": "別的", "lines": [{"description": "別的", "unit_price": 1}]}
    other = api("sales").call("POST", "/quote", body).json["data"]["lines"][0]["id"]
    own = _lines(api("sales"), quote)[0]["id"]

    foreign = api("sales").call("PATCH", f"/quote/{quote}", {"lines": [{"id": other}]})
    twice = api("sales").call("PATCH", f"/quote/{quote}", {"lines": [{"id": own}, {"id": own}]})

    assert list(foreign.json["error"]["fields"]) == ["lines.0.id"]
    assert list(twice.json["error"]["fields"]) == ["lines.1.id"]


def test_parts_are_not_written_by_themselves(quote: int, api: Api) -> None:
    line = _lines(api("gm"), quote)[0]["id"]

    assert api("gm").get(f"/quote_line/{line}").json["data"]["description"] == "鑽頭"
    assert api("gm").call("POST", "/quote_line", {"quote_id": quote, "description": "x"}).status_code == 403
    assert api("gm").call("PATCH", f"/quote_line/{line}", {"description": "x"}).status_code == 403
    assert api("gm").call("DELETE", f"/quote_line/{line}").status_code == 403


def test_two_writers_of_the_lines_of_one_record(quote: int, api: Api) -> None:
    first, *_rest = _lines(api("sales"), quote)

    one = api("sales").call("PATCH", f"/quote/{quote}", {"lines": [{"id": first["id"]}], "version": 1})
    two = api("gm").call("PATCH", f"/quote/{quote}", {"lines": [{"id": first["id"], "quantity": 9}], "version": 1})

    assert (one.status_code, two.status_code) == (200, 409)
    assert two.json["error"]["comparison"]["lines"]["given"] == [{"id": first["id"], "quantity": "9"}]


def test_a_hidden_field_of_a_part_is_in_no_answer(quote: int, api: Api, cast: Cast, site: Site) -> None:
    line = _lines(api("sales"), quote)[0]
    with site.system("hide the price") as env:
        role = env.session.scalar(select(Role.id).where(Role.preset == "salesperson"))
        row = {"role_id": role, "model": "quote_line", "field": "unit_price", "level": "hidden"}
        env.connection_of_core.execute(insert(FieldGrant).values(row))
        bump(env.connection_of_core, "organisation")

    shown = _lines(api("sales"), quote)[0]
    change = {"lines": [{"id": line["id"], "unit_price": 1}]}
    refused = api("sales").call("PATCH", f"/quote/{quote}", change)
    kept = api("sales").call("PATCH", f"/quote/{quote}", {"lines": [{"id": line["id"], "quantity": 5}]})
    told = api("sales").get(f"/quote/{quote}/history")

    assert line["unit_price"] == "100"
    assert "unit_price" not in shown
    assert list(refused.json["error"]["fields"]) == ["lines.0.unit_price"]
    assert kept.status_code == 200
    assert "unit_price" not in told.text
    assert _lines(api("gm"), quote)[0]["unit_price"] == "100"


def test_the_history_tells_of_the_rows(quote: int, api: Api) -> None:
    first, second, third = _lines(api("sales"), quote)
    rows = [{"id": first["id"], "quantity": 9}, {"id": third["id"]}, {"description": "新", "unit_price": 1}]
    api("sales").call("PATCH", f"/quote/{quote}", {"lines": rows})

    changed, made = api("sales").get(f"/quote/{quote}/history").json["data"]

    pair = changed["changes"]["lines"]
    assert pair["before"][0] == {"id": first["id"], "position": 1, "quantity": "3"} | {
        name: value for name, value in pair["before"][0].items() if name.endswith("amount")
    }
    assert [row.get("id") for row in pair["before"]] == [first["id"], second["id"]]
    assert [(row.get("id"), row["quantity"]) for row in pair["after"]] == [(first["id"], "9"), (None, "1")]
    assert len(made["changes"]["lines"]["after"]) == 3


def test_the_description_knows_the_parts(quote: int, api: Api) -> None:
    found = api("sales").get("/openapi.json").json

    given = found["components"]["schemas"]["quote.new"]["properties"]["lines"]
    assert given["type"] == "array"
    assert found["components"]["schemas"]["quote"]["properties"]["lines"]["items"]["properties"]["quantity"]
    assert set(found["paths"]["/quote_line"]) == {"get"}
