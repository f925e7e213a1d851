"""Receipts through the REST interface: allocated, submitted, approved, void, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.testing.web import ApiClient
from tests.addons.sales.conftest import Make

Api = Callable[[str], ApiClient]
Look = Callable[[int], list[tuple[Any, ...]]]

pytestmark = pytest.mark.usefixtures("books")


def allocated(customer: int, amount: str, *to: tuple[int, str]) -> dict[str, Any]:
    """The body of a receipt."""
    rows = [{"receivable_id": id, "amount": part} for id, part in to]
    return {"customer_id": customer, "amount": amount, "method": "transfer", "allocations": rows}


def act(who: ApiClient, id: int, name: str, **body: Any) -> Any:
    return who.post(f"/receipt/{id}/actions/{name}", body)


def test_a_receipt_goes_its_whole_way(
    api: Api, make_customer: Make, make_order: Make, owed: Look, figures: Callable[[int], Any]
) -> None:
    customer, sales, accountant = make_customer(), api("sales"), api("accountant")
    order = make_order(100, customer=customer)
    receivable = owed(order)[0][0]

    made = sales.post("/receipt", allocated(customer, "80", (receivable, "60")))
    assert made.status_code == 201, made.text
    receipt = made.json["data"]
    assert (receipt["state"], receipt["allocated_total"], receipt["unallocated_total"]) == ("draft", "60", "20")
    assert [row["receivable_id"] for row in receipt["allocations"]] == [receivable]
    assert act(sales, receipt["id"], "submit").status_code == 200
    assert act(sales, receipt["id"], "approve").status_code == 403
    assert figures(order)[:3] == (0, 0, 100)
    assert act(accountant, receipt["id"], "approve").status_code == 200
    found = accountant.get(f"/receivable/{receivable}").json["data"]
    assert (found["received"], found["balance"], found["state"]) == ("60", "40", "partial")
    assert accountant.patch(f"/receipt/{receipt['id']}", {"amount": "1"}).status_code == 409
    assert act(accountant, receipt["id"], "void").status_code == 422
    assert act(accountant, receipt["id"], "void", reason="退票").status_code == 200
    assert figures(order)[:3] == (0, 0, 100)


def test_what_is_wrong_with_an_allocation_is_said_at_its_cell(
    api: Api, make_customer: Make, make_order: Make, owed: Look
) -> None:
    customer, sales = make_customer(), api("sales")
    own = owed(make_order(100, customer=customer))[0][0]
    others = owed(make_order(100, customer=make_customer("大同")))[0][0]
    cases: dict[str, tuple[list[tuple[int, str]], str]] = {
        "allocations.0.receivable_id": ([(others, "10")], "another customer"),
        "allocations.0.amount": ([(own, "101")], "Only 100 is owed"),
        "allocations.1.receivable_id": ([(own, "10"), (own, "20")], "stands here twice"),
        "allocations": ([(own, "100"), (own, "100")], "More is allocated than was received"),
    }

    for place, (rows, said) in cases.items():
        answer = sales.post("/receipt", allocated(customer, "150", *rows), Accept_Language="en")
        assert answer.status_code == 422
        assert said in " ".join(answer.json["error"]["fields"][place])


@pytest.mark.parametrize("amount", ["-1", "0"])
def test_nothing_and_less_is_no_allocation(
    api: Api, make_customer: Make, make_order: Make, owed: Look, amount: str
) -> None:
    customer = make_customer()
    receivable = owed(make_order(100, customer=customer))[0][0]

    answer = api("sales").post("/receipt", allocated(customer, "150", (receivable, amount)))

    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, ["allocations.0.amount"])


def test_another_currency_pays_nothing(api: Api, make_customer: Make, make_order: Make, owed: Look) -> None:
    customer = make_customer()
    receivable = owed(make_order(100, customer=customer))[0][0]
    dollars = api("gm").post("/currency", {"code": "XUS", "decimals": 2, "rate": "30"}).json["data"]["id"]

    answer = api("sales").post(
        "/receipt", allocated(customer, "150", (receivable, "10")) | {"currency_id": dollars}, Accept_Language="en"
    )

    assert answer.status_code == 422
    assert answer.json["error"]["fields"]["allocations.0.receivable_id"] == ["This receivable is in another currency."]


def test_of_two_receipts_the_second_is_told_what_is_left(
    api: Api, make_customer: Make, make_order: Make, owed: Look, figures: Callable[[int], Any]
) -> None:
    customer, sales, accountant = make_customer(), api("sales"), api("accountant")
    order = make_order(100, customer=customer)
    body = allocated(customer, "60", (owed(order)[0][0], "60"))
    ids = [sales.post("/receipt", body).json["data"]["id"] for _ in range(2)]
    for id in ids:
        assert act(sales, id, "submit").status_code == 200

    answers = [act(accountant, id, "approve") for id in ids]

    assert [answer.status_code for answer in answers] == [200, 409]
    error = answers[1].json["error"]
    assert (error["code"], list(error["fields"])) == ("overdrawn", ["allocations.0.amount"])
    assert figures(order)[:3] == (60, 0, 40)
