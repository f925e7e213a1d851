"""Quotes and orders through the REST interface, from the first line to the order."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from addons.customer.models import Contact
from addons.opportunity.models import Opportunity, Pipeline, PipelineStage
from addons.sales.models import Order, Quote
from core.testing.cast import Cast
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
    revision = act(sales, "quote", quote["id"], "revise")
    second = revision["data"]["id"]
    assert (revision["data"]["revision"], revision["data"]["state"], revision["url"]) == (
        2,
        "draft",
        f"/quote/{second}",
    )
    changed = sales.patch(f"/quote/{second}", {"discount_percent": "10"})
    assert changed.json["data"]["total"] == "1890"
    act(sales, "quote", second, "submit")
    act(manager, "quote", second, "approve")
    act(sales, "quote", second, "accept")
    made = act(sales, "quote", second, "convert")
    order = made["url"]
    assert (order, made["data"]["quote_id"]) == (f"/order/{made['data']['id']}", second)
    assert act(sales, "quote", second, "convert") == made
    found = sales.get(order).json["data"]
    assert (found["total"], found["lines"][0]["quantity"], found["state"]) == ("1890", "2", "draft")


def test_actions_that_make_another_record_answer_it_and_say_so(shop: Shop, api: Api) -> None:
    id = shop.quote("submit", "approve", "accept")
    order = api("sales").post(f"/quote/{id}/actions/convert", {}).json["data"]["id"]
    for name in ("submit", "approve"):
        shop.go(order, name, Order)

    first, again = (
        api("sales").post(f"/order/{order}/actions/change", {"reason": "少一台"}).json for _twice in range(2)
    )
    told = api("sales").get("/openapi.json").json

    assert (first["data"]["order_id"], first["data"]["state"]) == (order, "draft")
    assert first["url"] == f"/order_change/{first['data']['id']}/edit"
    assert again == first
    for model, action, made in (("quote", "convert", "order"), ("order", "change", "order_change")):
        answer = told["paths"][f"/{model}/{{id}}/actions/{action}"]["post"]["responses"]["200"]
        assert str(answer).count(f"'#/components/schemas/{made}'") == 1


def test_what_is_wrong_is_said_at_its_field(shop: Shop, api: Api) -> None:
    row = {"product_id": shop.motor, "quantity": -1}

    answer = api("sales").post("/quote", {"customer_id": shop.customer, "lines": [row]})

    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == ["lines.0.quantity"]


def test_a_product_that_is_not_there_is_the_only_thing_that_is_wrong(shop: Shop, api: Api) -> None:
    answer = api("sales").post("/quote", {"customer_id": shop.customer, "lines": [{"product_id": 999, "quantity": 1}]})

    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == ["lines.0.product_id"]


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


def test_the_tab_of_an_opportunity_offers_what_its_button_does(
    shop: Shop, cast: Cast, visit: Callable[..., Visitor]
) -> None:
    with cast.env("admin") as env:
        pipeline = env.records(Pipeline).create({"name": "新客戶"}).id
        stage = {"name": "洽談", "pipeline_id": pipeline, "probability": Decimal(10), "position": 1}
        env.records(PipelineStage).create(stage)
    with cast.env("sales") as env:
        contact = env.records(Contact).create({"name": "林採購", "customer_id": shop.customer}).id
        deal = env.records(Opportunity).create({"name": "換機案", "customer_id": shop.customer}).id
    sales = visit("sales")

    led = sales.post(f"/opportunity/{deal}/actions/new_quote", {}).location
    for tab, model in (("quotes", "quote"), ("orders", "order")):
        page = sales.get(f"/opportunity/{deal}/tab/{tab}").text
        offered = re.search(rf'href="(/{model}/new\?[^"]*)"', page)
        assert offered is not None
        known = dict(parse_qsl(urlsplit(html.unescape(offered[1])).query))
        assert known == {
            "customer_id": str(shop.customer),
            "opportunity_id": str(deal),
            "contact_id": str(contact),
            "name": "換機案",
            "next": f"/opportunity/{deal}/tab/{tab}",
        }
        if model == "quote":
            assert known == dict(parse_qsl(urlsplit(led).query))


def test_pages_say_what_is_next(shop: Shop, visit: Callable[..., Visitor]) -> None:
    sales, manager = visit("sales"), visit("manager")
    id = shop.quote("submit")

    assert "Waits for approval." in manager.get(f"/quote/{id}", Accept_Language="en").text
    shop.go(id, "approve")
    page = sales.get(f"/quote/{id}").text
    assert f"/quote/{id}/actions/revise" in page
    assert f"/quote/{id}/actions/order" not in page
    assert f"/quote/{id}/actions/expire" not in page


def test_who_has_submitted_is_told_why_somebody_else_approves(
    shop: Shop, cast: Cast, visit: Callable[..., Visitor]
) -> None:
    with cast.env("manager") as env:
        id = shop.write(env).id
        env.workflow.perform(env.get(Quote, id), "submit")

    why = "You have submitted this yourself: somebody else approves it."
    assert why in visit("manager").get(f"/quote/{id}").text
    assert why not in visit("gm").get(f"/quote/{id}").text
