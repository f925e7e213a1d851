"""Quotes and orders through the REST interface, from the first line to the order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.testing.web import ApiClient, Visitor
from tests.addons.sales.conftest import Shop

Api = Callable[[str], ApiClient]


def test_quote_goes_its_whole_way(shop: Shop, api: Api) -> None:
    sales, manager = api("sales"), api("manager")
    made = sales.post("/quote", {"customer_id": shop.customer, "lines": [{"product_id": shop.motor, "quantity": "2"}]})
    assert made.status_code == 201, made.text
    quote = made.json["data"]
    assert (quote["total"], quote["lines"][0]["amount"], quote["state"]) == ("2100", "2000", "draft")

    def act(who: ApiClient, model: str, id: int, name: str, **body: Any) -> Any:
        answer = who.post(f"/{model}/{id}/actions/{name}", body)
        assert answer.status_code == 200, answer.text
        return answer.json

    act(sales, "quote", quote["id"], "submit")
    act(manager, "quote", quote["id"], "approve")
    second = int(act(sales, "quote", quote["id"], "revise")["url"].rsplit("/", 1)[1])
    changed = sales.patch(f"/quote/{second}", {"discount_percent": "10"})
    assert changed.json["data"]["total"] == "1890"
    act(sales, "quote", second, "submit")
    act(manager, "quote", second, "approve")
    act(sales, "quote", second, "accept")
    order = act(sales, "quote", second, "convert")["url"]
    assert act(sales, "quote", second, "convert")["url"] == order
    found = sales.get(order).json["data"]
    assert (found["total"], found["lines"][0]["quantity"], found["state"]) == ("1890", "2", "draft")


def test_what_is_wrong_is_said_at_its_field(shop: Shop, api: Api) -> None:
    row = {"product_id": shop.motor, "quantity": -1}

    answer = api("sales").post("/quote", {"customer_id": shop.customer, "lines": [row]})

    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == ["lines.0.quantity"]


def test_others_meet_none_of_it(shop: Shop, api: Api) -> None:
    id = shop.quote("submit")

    assert api("sales2").get(f"/quote/{id}").status_code == 404
    assert api("sales2").post(f"/quote/{id}/actions/recall", {}).status_code == 404
    assert api("sales").post(f"/quote/{id}/actions/approve", {}).status_code == 403


def test_customer_and_opportunity_lead_to_a_form_with_what_is_known(shop: Shop, visit: Callable[..., Visitor]) -> None:
    sales = visit("sales")

    led = sales.post(f"/customer/{shop.customer}/actions/new_quote", {})

    assert led.status_code == 303
    assert led.location.startswith(f"/quote/new?customer_id={shop.customer}")
    assert "台榮精密" in sales.get(led.location).text
    assert sales.get("/quote").status_code == sales.get("/order").status_code == 200


def test_pages_say_what_is_next(shop: Shop, visit: Callable[..., Visitor]) -> None:
    sales, manager = visit("sales"), visit("manager")
    id = shop.quote("submit")

    assert "Waits for approval." in manager.get(f"/quote/{id}", Accept_Language="en").text
    shop.go(id, "approve")
    page = sales.get(f"/quote/{id}").text
    assert f"/quote/{id}/actions/revise" in page
    assert f"/quote/{id}/actions/order" not in page
    assert f"/quote/{id}/actions/expire" not in page
