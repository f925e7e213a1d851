"""The description of the API is valid, and says to each reader what is theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from core.site import Site
from core.testing.web import ApiClient, Visitor

Api = Callable[[str], ApiClient]


def spec_for(client: ApiClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json is not None
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.parametrize("backend", ["sqlite"])  # It is made of models and rights, not of what is stored.
@pytest.mark.parametrize("username", ["sales", "manager", "gm", "accountant", "admin"])
def test_the_description_is_valid_for_everybody(api: Api, username: str) -> None:
    spec = spec_for(api(username))

    OpenAPIV31SpecValidator(spec).validate()
    assert spec["openapi"] == "3.1.0"


def test_it_names_what_the_reader_may_do(api: Api) -> None:
    sales, accountant = spec_for(api("sales")), spec_for(api("accountant"))

    assert set(sales["paths"]["/customer"]) == {"get", "post"}
    assert set(sales["paths"]["/customer/{id}"]) == {"parameters", "get", "patch"}
    assert "delete" in spec_for(api("manager"))["paths"]["/customer/{id}"]
    assert "/customer/{id}/actions/plan" in sales["paths"]
    assert "/customer/{id}/actions/assign" not in sales["paths"]
    assert not [path for path in accountant["paths"] if path.startswith("/customer")]


def test_it_describes_fields(api: Api) -> None:
    spec = spec_for(api("sales"))

    customer = spec["components"]["schemas"]["customer"]["properties"]
    new = spec["components"]["schemas"]["customer.new"]
    assert customer["name"] == {"title": "Customer name", "maxLength": 200, "type": ["string", "null"]}
    assert customer["number"]["readOnly"] is True
    assert customer["next_contact_on"]["format"] == "date"
    assert customer["owner"]["properties"]["label"] == {"type": "string"}
    assert new["required"] == ["name"]
    assert "number" not in new["properties"]


def test_hidden_fields_are_not_described(api: Api, site: Site) -> None:
    from tests.core.rest.test_records import restrict

    restrict(site, "salesperson", "customer", phone="hidden", tax_id="masked")

    schemas = spec_for(api("sales"))["components"]["schemas"]

    assert "phone" not in schemas["customer"]["properties"]
    assert "phone" not in schemas["customer.new"]["properties"]
    assert "tax_id" not in schemas["customer.change"]["properties"]
    assert schemas["customer"]["properties"]["tax_id"]["readOnly"] is True


def test_an_answer_is_what_the_description_says(api: Api) -> None:
    from jsonschema import Draft202012Validator

    client = api("sales")
    client.post("/customer", {"name": "台榮精密機械", "next_contact_on": "2026-12-01"})
    spec, answer = spec_for(client), client.get("/customer/1").json

    assert answer is not None
    schema = {"$ref": "#/components/schemas/customer", "components": spec["components"]}
    assert [e.message for e in Draft202012Validator(schema).iter_errors(answer["data"])] == []
    described = set(spec["components"]["schemas"]["customer"]["properties"])
    assert set(answer["data"]) == described


def test_the_page_draws_it(visit: Callable[..., Visitor]) -> None:
    page = visit("sales").get("/api/docs")

    assert page.status_code == 200
    assert 'id="customer_create"' in page.text
    assert "/api/v1/customer" in page.text
    assert visit().get("/api/docs").headers["Location"] == "/signin?next=%2Fapi%2Fdocs"
