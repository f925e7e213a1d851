"""Receipts on paper, in three languages, and how they go out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from addons.customer.models import Customer
from addons.sales.models import Receipt
from core.mail.messages import MESSAGES
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.addons.sales.conftest import Make
from tests.core.printing import reading

Visit = Callable[..., Visitor]
ADDRESS = "finance@example.com"


@pytest.fixture
def receipt(cast: Cast, make_order: Make, owed: Callable[[int], list[tuple[int, ...]]]) -> int:
    """12,000 by cheque, of which 10,500 pay an order and 1,500 are kept."""
    with cast.env("sales") as env:
        customer = env.records(Customer).create({"name": "台榮精密", "tax_id": "22099131", "email": ADDRESS}).id
    ((receivable, *_rest),) = owed(make_order(10500, customer=customer))
    values = {
        "customer_id": customer,
        "received_on": date(2026, 1, 2),
        "amount": Decimal(12000),
        "method": "cheque",
        "cheque_number": "AB1234567",
        "cheque_due_on": date(2030, 1, 31),
        "allocations": [{"receivable_id": receivable, "amount": Decimal(10500)}],
    }
    with cast.env("sales") as env:
        id = int(env.records(Receipt).create(values).id)
        env.workflow.perform(env.get(Receipt, id), "submit")
    with cast.env("accountant") as env:
        env.workflow.perform(env.get(Receipt, id), "approve")
    return id


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        (
            "zh-TW",
            [
                "收款單",
                "統一編號22099131",
                "支票",
                "新臺幣壹萬貳仟元整",
                "預收款1,500",
                "總計TWD12,000",
                "經手人",
                "會計",
            ],
        ),
        ("zh-CN", ["收款单", "支票", "新台币壹万贰仟元整", "1,500", "12,000", "经手人"]),
        ("en", ["Receipt", "Cheque", "Receivedwiththanks", "Prepaid1,500", "TotalTWD12,000", "Company'sstamp"]),
    ],
)
def test_receipt_says_what_was_received_of_whom_and_for_what(
    receipt: int, visit: Visit, locale: str, told: list[str]
) -> None:
    paper = reading.shown(visit("sales", locale=locale).get(f"/receipt/{receipt}/print?template=receipt"))

    every = [*told, "台榮精密", "AB1234567", "RC-", "SO-", "10,500", "TWD12,000", "2030", "2026"]
    assert [word for word in every if word not in paper] == []
    assert [word for word in ("草稿", "DRAFT", "作廢") if word in paper] == []


def test_draft_without_anything_to_pay_says_so_and_all_is_kept(cast: Cast, visit: Visit) -> None:
    with cast.env("gm") as env:
        customer = env.records(Customer).create({"name": "台榮精密"})
        values = {"customer_id": customer.id, "amount": Decimal(12000), "received_on": env.today, "note": "內部備註"}
        id = env.records(Receipt).create(values).id

    paper = reading.shown(visit("gm", locale="zh-TW").get(f"/receipt/{id}/print?template=receipt"))

    assert [word for word in ("收款單", "12,000", "新臺幣壹萬貳仟元整", "草稿") if word not in paper] == []
    assert [word for word in ("支票", "SO-", "內部備註") if word in paper] == []


def test_receipt_goes_out_once_it_is_approved(cast: Cast, site: Site, receipt: int, visit: Visit) -> None:
    browser = visit("sales", locale="zh-TW")
    assert f"台榮精密 &lt;{ADDRESS}&gt;" in browser.get(f"/receipt/{receipt}/mail").text

    form = {"known": ADDRESS, "subject": "收款單", "text": "您好", "template": "receipt@en"}
    answer = browser.post(f"/receipt/{receipt}/mail", form, **{"HX-Request": "true"})

    assert answer.status_code == 204, answer.text
    with site.engine.connect() as connection:
        told = connection.execute(select(MESSAGES.c.model, MESSAGES.c.record_id, MESSAGES.c.template)).one()
    assert told == ("receipt", receipt, "receipt@en")
    assert ADDRESS in browser.get(f"/receipt/{receipt}/tab/sent").text
    assert "Receivedwiththanks" in reading.text(browser.get(f"/receipt/{receipt}/mail/1").data)
    with cast.env("accountant") as env:
        env.workflow.perform(env.get(Receipt, receipt), "void", reason="退票")
    assert f"/receipt/{receipt}/mail" not in browser.get(f"/receipt/{receipt}").text
