"""The board over stages: by finger, by keyboard, on a phone, and what a stage asks for on the way."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from addons.customer.models import Contact
from addons.opportunity.models import Opportunity, PipelineStage
from tests.browser.conftest import Enter, Live
from tests.browser.test_every_page import violations


def stage(live: Live, name: str) -> int:
    with live.env("gm") as env:
        return int(env.session.scalars(select(PipelineStage.id).where(PipelineStage.name == name)).one())


def deal(live: Live, name: str, **values: object) -> int:
    """A new opportunity at the first stage."""
    customer = live.customer(f"{name}客戶")
    with live.env("sales") as env:
        return int(env.records(Opportunity).create({"name": name, "customer_id": customer, **values}).id)


def at(live: Live, id: int) -> int:
    return int(live.read(Opportunity, id, "stage_id")[0])


def test_a_finger_drags_a_card(live: Live, enter: Enter) -> None:
    id = deal(live, "觸控銷售機會")
    with live.env("sales") as env:
        record = env.get(Opportunity, id)
        contact = env.records(Contact).create({"name": "林觸控", "customer_id": record.customer_id})
        env.records(Opportunity).update(record, {"contact_id": contact.id})
    page = enter("sales", "/opportunity/board?q=觸控", has_touch=True)
    expect(page.locator("[data-board-cards]").first).to_be_visible()

    drag(page, page.locator(f"#card-{id} .board-facts"), page.locator('.board-column[data-label="需求確認"] ul'))

    expect(page.locator(f'.board-column[data-label="需求確認"] #card-{id}')).to_be_visible()
    expect(page.locator('.board-column[data-label="需求確認"] .count')).to_have_text("1")
    assert at(live, id) == stage(live, "需求確認")


def test_the_menu_moves_by_keyboard_and_asks_for_what_is_missing(live: Live, enter: Enter) -> None:
    id = deal(live, "鍵盤銷售機會")
    page = enter("sales", "/opportunity/board?q=鍵盤")

    page.locator(f"#card-{id} [data-move]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".menu-item:focus")).to_have_text("報價議價")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Move to “報價議價”")
    dialog.get_by_label("Amount").fill("120000")
    dialog.get_by_label("Expected close").fill("2030-01-31")
    assert violations(page) == []
    dialog.get_by_role("button", name="Move").click()

    expect(page.locator(f'.board-column[data-label="報價議價"] #card-{id}')).to_be_visible()
    assert at(live, id) == stage(live, "報價議價")


def test_a_tap_moves_on_a_phone(live: Live, enter: Enter) -> None:
    id = deal(live, "電話銷售機會", amount=Decimal(5))
    page = enter("sales", "/opportunity/board?q=電話銷售機會", phone=True)

    page.locator(f"#card-{id} [data-move]").tap()
    page.get_by_role("menuitem", name="方案規劃").tap()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").tap()
    page.get_by_role("button", name="既有客戶加購").tap()

    expect(page.locator(".board-tabs a").first).to_contain_text("提出需求")


def drag(page: Page, card: Locator, column: Locator) -> None:
    """Holds a finger on the card, draws it to the column and lifts it."""
    start, end = card.bounding_box(), column.bounding_box()
    assert start is not None
    assert end is not None
    page.wait_for_timeout(500)
    session = page.context.new_cdp_session(page)

    def send(kind: str, *points: dict[str, float]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    send("touchStart", {"x": start["x"] + 4, "y": start["y"] + 4})
    page.wait_for_timeout(500)
    for step in range(1, 11):
        x, y = (start[side] + (end[side] + 40 - start[side]) * step / 10 for side in ("x", "y"))
        send("touchMove", {"x": x, "y": y})
        page.wait_for_timeout(30)
    send("touchEnd")
