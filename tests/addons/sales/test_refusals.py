"""What absurd or clever people ask for: a clear answer, and nothing is told or changed that should not be."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from addons.product.models import Product
from addons.sales.models import CreditNote, Order
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient
from tests.addons.sales.conftest import Make, Shop

Api = Callable[[str], ApiClient]
Look = Callable[[int], list[tuple[Any, ...]]]

pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def backend() -> str:
    return "sqlite"


def refused(answer: Any) -> dict[str, list[str]]:
    """The messages of an answer that says that something is invalid."""
    assert answer.status_code == 422, answer.text
    fields: dict[str, list[str]] = answer.json["error"]["fields"]
    return fields


def test_nothing_is_told_of_orders_that_one_may_not_see(api: Api, make_order: Make) -> None:
    order = make_order(100)
    said = []

    for id in (order, 999_999):
        given = {"order_id": id, "amount": "101", "reason": "x"}
        said.append(refused(api("sales2").post("/credit_note", given)))

    assert said[0] == said[1]
    assert list(said[0]) == ["order_id"]


def test_nothing_finer_than_the_currency_is_paid(
    api: Api, make_customer: Make, make_order: Make, make_receipt: Make, owed: Look
) -> None:
    customer, accountant = make_customer(), api("accountant")
    receivable = owed(make_order(100, customer=customer))[0][0]
    rest = make_receipt(customer, 100)
    body = {"customer_id": customer, "amount": "80", "method": "cash"}
    rows = [{"receivable_id": receivable, "amount": "33.3333"}]

    assert list(refused(api("sales").post("/receipt", body | {"allocations": rows}))) == ["allocations.0.amount"]
    refused(accountant.post(f"/receipt/{rest}/actions/allocate", {"receivable_id": receivable, "amount": "33.3333"}))
    assert list(refused(accountant.post(f"/receivable/{receivable}/actions/split", {"amount": "10.5"}))) == ["amount"]
    assert [row[1:3] for row in owed(owed_order(api, receivable))] == [(100, 100)]


def owed_order(api: Api, receivable: int) -> int:
    return int(api("accountant").get(f"/receivable/{receivable}").json["data"]["order_id"])


def test_what_was_credited_of_a_void_order_is_not_owed_again(
    site: Site, api: Api, make_order: Make, owed: Look, figures: Callable[[int], Any]
) -> None:
    order = make_order(100)
    with site.system("a credit note for a test") as env:
        note = env.records(CreditNote).create({"order_id": order, "amount": Decimal(100), "reason": "x"})
        for name in ("submit", "approve"):
            env.workflow.perform(note, name)
        id = note.id

    voided = api("gm").post(f"/order/{order}/actions/void", {"reason": "x"})
    api("gm").post(f"/credit_note/{id}/actions/void", {"reason": "x"})

    assert voided.status_code == 200
    assert [row[2:] for row in owed(order)] == [(0, "void")]
    assert figures(order)[2:5] == (0, 0, 0)


def test_note_of_a_void_receipt_is_written(site: Site, api: Api, make_customer: Make, make_receipt: Make) -> None:
    receipt = make_receipt(make_customer(), 100)
    assert api("gm").post(f"/receipt/{receipt}/actions/void", {"reason": "退票"}).status_code == 200

    noted = api("gm").patch(f"/receipt/{receipt}", {"note": "已通知客戶"})

    assert noted.status_code == 200
    assert [noted.json["data"][name] for name in ("note", "unallocated_total")] == ["已通知客戶", "0"]


def test_who_has_submitted_a_receipt_of_somebody_else_does_not_approve_it(shop: Shop, api: Api) -> None:
    body = {"customer_id": shop.customer, "amount": "5", "method": "cash"}
    receipt = api("sales").post("/receipt", body).json["data"]["id"]
    assert api("gm").post(f"/receipt/{receipt}/actions/submit", {}).status_code == 200

    own = api("gm").post(f"/receipt/{receipt}/actions/approve", {})
    others = api("accountant").post(f"/receipt/{receipt}/actions/approve", {})

    assert (own.status_code, own.json["error"]["code"], others.status_code) == (409, "transition_refused", 200)


def test_a_list_price_that_cannot_be_stored_is_refused(shop: Shop, api: Api, cast: Cast) -> None:
    worthless = api("gm").post("/currency", {"code": "XTS", "rate": "0.00000001"}).json["data"]["id"]
    with cast.env("gm") as env:
        dear = env.records(Product).create({"code": "D-1", "name": "加工中心", "list_price": Decimal(900_000_000)}).id
    row = {"product_id": dear, "quantity": "1", "unit_price": "5"}

    answer = api("sales").post("/quote", {"customer_id": shop.customer, "currency_id": worthless, "lines": [row]})

    assert list(refused(answer)) == ["lines"]


def test_a_currency_that_documents_are_in_stays_what_it_is(api: Api, make_order: Make, currency: int) -> None:
    make_order(100)

    for name, value in (("code", "XTS"), ("decimals", 2)):
        assert list(refused(api("gm").patch(f"/currency/{currency}", {name: value}))) == [name]
    assert api("gm").patch(f"/currency/{currency}", {"is_active": True, "rate": "1"}).status_code == 200


def test_an_invoice_is_of_one_customer(api: Api, make_customer: Make, make_order: Make, owed: Look) -> None:
    customer, sales, gm = make_customer(), api("sales"), api("gm")
    own = [make_order(100, customer=customer) for _ in range(2)]
    other = make_order(100)
    number = {"invoice_number": "AB12345678"}

    assert [sales.patch(f"/order/{id}", number).status_code for id in own] == [200, 200]
    assert gm.patch(f"/receivable/{owed(own[0])[0][0]}", number).status_code == 200
    assert list(refused(sales.patch(f"/order/{other}", number))) == ["invoice_number"]
    assert list(refused(gm.patch(f"/receivable/{owed(other)[0][0]}", number))) == ["invoice_number"]


def test_a_copy_of_an_order_has_no_invoice_yet(cast: Cast, api: Api, make_order: Make) -> None:
    order = make_order(100)
    api("sales").patch(f"/order/{order}", {"invoice_number": "AB12345678", "invoiced_on": "2026-11-01"})

    with cast.env("sales") as env:
        copied = env.records(Order).copied(env.get(Order, order))

    assert [copied[name] for name in ("invoice_number", "invoiced_on", "promised_on")] == [None] * 3


def test_an_order_has_one_open_request_however_it_is_asked_for(api: Api, make_order: Make) -> None:
    row = {"description": "x", "quantity": "1", "unit_price": "10"}
    body = {"order_id": make_order(100), "reason": "少一台", "lines": [row]}

    first, second = (api("sales").post("/order_change", body) for _twice in range(2))

    assert first.status_code == 201
    assert list(refused(second)) == ["order_id"]


def test_what_follows_a_quote_stays_with_its_customer(shop: Shop, api: Api, make_customer: Make) -> None:
    other, sales = make_customer("大同"), api("sales")
    quotes = shop.quote("submit", "approve"), shop.quote("submit", "approve", "accept")
    revision = sales.post(f"/quote/{quotes[0]}/actions/revise", {}).json["data"]["id"]
    order = sales.post(f"/quote/{quotes[1]}/actions/convert", {}).json["data"]["id"]

    for address in (f"/quote/{revision}", f"/order/{order}"):
        assert list(refused(sales.patch(address, {"customer_id": other}))) == ["customer_id"]
