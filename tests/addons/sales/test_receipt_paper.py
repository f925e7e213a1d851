"""Receipts on paper."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from addons.customer.models import Customer
from addons.sales.models import Receipt
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.printing import reading


def test_receipt_says_what_was_received_of_whom(cast: Cast, visit: Callable[..., Visitor]) -> None:
    with cast.env("gm") as env:
        customer = env.records(Customer).create({"name": "台榮精密"})
        values = {"customer_id": customer.id, "amount": Decimal(12000), "received_on": env.today}
        id = env.records(Receipt).create(values).id

    paper = reading.shown(visit("gm", locale="zh-TW").get(f"/receipt/{id}/print?template=receipt"))

    wanted = ("收款單", "台榮精密", "12,000", "新臺幣壹萬貳仟元整", "經手人", "草稿")
    assert [word for word in wanted if word not in paper] == []
