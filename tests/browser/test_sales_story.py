"""A sale as those who make it see it: from the opportunity over two revisions to the money, and who sees none of it."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from addons.sales.models import Order, Quote, Receipt, Receivable
from tests.browser.conftest import Enter, Live

NAME = "全程示範精機股份有限公司"


def cell(page: Page, row: int, name: str) -> Locator:
    """What is typed into: the control of a column in the line of that number."""
    return page.locator(
        f"[data-line] >> nth={row - 1} >> [data-cell={name}] :is(input:not([type=hidden]), select, textarea)"
    )


def act(page: Page, label: str) -> None:
    """Presses a button of the record."""
    page.locator(".page-actions, .stage-actions").get_by_text(label, exact=True).first.click()


def approved(enter: Enter, username: str, path: str) -> None:
    """Somebody opens the document and approves it."""
    page = enter(username, path)
    act(page, "Approve")
    expect(page.locator(".detail-name .pill").first).to_have_text("Approved")


def id_of(page: Page, model: str) -> int:
    page.wait_for_url(re.compile(rf"/{model}/\d+"))
    found = re.search(rf"/{model}/(\d+)", page.url)
    assert found is not None
    return int(found[1])


def test_from_the_opportunity_to_the_money(enter: Enter, live: Live) -> None:
    customer = live.customer(NAME)
    page = enter("sales", f"/customer/{customer}")
    keys = page.keyboard

    # Two clicks lead from the customer to the quote.
    act(page, "New opportunity")
    page.get_by_label("Opportunity name").fill("輸送線擴充")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("main").get_by_role("link", name="輸送線擴充").first.click()
    id_of(page, "opportunity")
    act(page, "New quote")
    expect(page.get_by_label("Subject")).to_have_value("輸送線擴充")
    cell(page, 1, "product_id").focus()
    keys.type("MC-CV10")
    keys.press("Enter")
    expect(cell(page, 1, "description")).to_have_value("輸送機 1 公尺")
    cell(page, 1, "quantity").fill("4")
    cell(page, 1, "quantity").press("Enter")
    expect(page.locator('.lines-totals [data-derived="total"]')).not_to_have_text("NT$0")
    keys.press("Control+s")
    page.wait_for_url("**/tab/quotes")
    page.locator("main").get_by_role("link", name="輸送線擴充").last.click()
    quote = id_of(page, "quote")
    act(page, "Submit")
    expect(page.locator(".detail-name .pill").first).to_have_text("Under review")

    # Twice the customer wants something else.
    amounts = [*live.read(Quote, quote, "total")]
    for revision, quantity in ((2, "5"), (3, "6")):
        approved(enter, "manager", f"/quote/{quote}")
        page.reload()
        act(page, "Mark as sent")
        expect(page.locator(".detail-name .pill").first).to_have_text("Sent")
        act(page, "Revise")
        page.wait_for_url(re.compile(rf"/quote/(?!{quote}\b)\d+"))
        quote = id_of(page, "quote")
        act(page, "Edit")
        cell(page, 1, "quantity").fill(quantity)
        keys.press("Control+s")
        page.wait_for_url(f"**/quote/{quote}")
        assert live.read(Quote, quote, "revision", "state") == [revision, "draft"]
        amounts += live.read(Quote, quote, "total")
        act(page, "Submit")
        expect(page.locator(".detail-name .pill").first).to_have_text("Under review")
    approved(enter, "manager", f"/quote/{quote}")
    page.reload()
    act(page, "Customer accepts")
    expect(page.locator(".detail-name .pill").first).to_have_text("Accepted")
    act(page, "Convert into an order")
    order = id_of(page, "order")
    act(page, "Submit")
    expect(page.locator(".detail-name .pill").first).to_have_text("Under review")
    approved(enter, "manager", f"/order/{order}")
    (total,) = live.read(Order, order, "total")
    assert [amount / amounts[0] for amount in amounts] == [1, Decimal("1.25"), Decimal("1.5")]
    assert total == amounts[-1] > 0

    receipt = received(enter, live, order)
    approved(enter, "gm", f"/receipt/{receipt}")

    assert live.read(Receipt, receipt, "state", "amount") == ["approved", Decimal(50_000)]
    left = total - 50_000
    assert live.read(Order, order, "received_total", "outstanding_total") == [Decimal(50_000), left]
    for path in (f"/order/{order}", f"/customer/{customer}"):
        expect(enter("gm", path).locator("#detail")).to_contain_text(f"NT${left:,.0f}")
    nothing_seen(enter, customer, quote, order, receipt)


def received(enter: Enter, live: Live, order: int) -> int:
    """The accountant records a part of what is owed, and hands it in."""
    with live.env("gm") as env:
        (owed,) = env.session.scalars(select(Receivable.id).where(Receivable.order_id == order))
    page = enter("accountant", f"/receivable/{owed}")
    act(page, "Record a receipt")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("50000")
    dialog.get_by_label("Received on").fill(live.today.isoformat())
    dialog.get_by_role("button", name="Record a receipt").click()
    receipt = id_of(page, "receipt")
    act(page, "Submit")
    expect(page.locator(".detail-name .pill").first).to_have_text("Under review")
    return receipt


def nothing_seen(enter: Enter, customer: int, quote: int, order: int, receipt: int) -> None:
    """Who sells in the South finds neither page nor row nor answer."""
    page = enter("sales2", "/quote?q=輸送線擴充全程示範")
    expect(page.locator("#list, main").first).not_to_contain_text(NAME)
    seeing = enter("gm", "/")
    for path in (f"quote/{quote}", f"order/{order}", f"receipt/{receipt}", f"customer/{customer}"):
        for address in (f"/{path}", f"/api/v1/{path}"):
            assert [who.request.get(address).status for who in (seeing, page)] == [200, 404]
    found = [str(who.request.get(f"/palette?q={NAME}").json()) for who in (seeing, page)]
    assert [NAME in what for what in found] == [True, False]
