"""Probable duplicates in a real browser: the warning while one types, and merging with the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from addons.customer.models import Customer
from tests.browser.conftest import Enter, Live
from tests.browser.test_every_page import violations


@pytest.mark.parametrize("phone", [False, True])
def test_form_says_what_resembles_it_and_saves_all_the_same(enter: Enter, live: Live, phone: bool) -> None:
    mine = live.customer(f"宏昇測試{phone}股份有限公司")
    live.customer("他人的秘密客戶有限公司", owner="gm", phone="02-2987-654" + str(int(phone)))
    page = enter("sales", "/customer/new", phone=phone)
    warning = page.locator(".duplicates")
    expect(warning).to_have_text("")

    page.get_by_label("Customer name").fill(f"宏昇測試{phone}")
    expect(warning.get_by_role("link")).to_have_attribute("href", f"/customer/{mine}")
    page.get_by_label("Phone", exact=True).fill("+886 2 2987 654" + str(int(phone)))
    expect(warning).to_contain_text("他人○○公司")
    expect(warning).not_to_contain_text("秘密")

    assert violations(page) == []
    page.locator("[data-form-submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"宏昇測試{phone}")


def _chosen(page: Page, name: str) -> str:
    return str(page.locator(f"[name={name}]:checked").get_attribute("value"))


def test_merging_with_the_keyboard(enter: Enter, live: Live) -> None:
    kept = live.customer("鍵盤甲", phone="02-2345-6701")
    other = live.customer("鍵盤乙", phone="02-2345-6702", note="乙的備註")
    page = enter("gm", f"/customer/merge?ids={kept}|{other}")
    page.locator(f"[name=value-phone][value='{kept}']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")

    page.locator(f"[name=survivor][value='{kept}']").focus()
    page.keyboard.press("ArrowRight")
    # Fields follow the record that stays, but for the one that somebody has chosen.
    assert (_chosen(page, "value-name"), _chosen(page, "value-phone")) == (str(other), str(kept))
    page.get_by_role("button", name="Merge 2 records").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Merge").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("鍵盤乙")
    assert live.read(Customer, other, "name", "phone", "note") == ["鍵盤乙", "02-2345-6701", "乙的備註"]

    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Merge undone").first).to_be_visible()
    assert live.read(Customer, other, "phone") == ["02-2345-6702"]


def test_bulk_bar_offers_merging_for_two_to_five(enter: Enter) -> None:
    page = enter("gm", "/customer")
    ticks, merge = page.locator("tbody .tick input"), page.locator(".bulk").get_by_role("button", name="Merge")

    shown = []
    for place in range(6):
        ticks.nth(place).check()
        shown.append(merge.is_visible())

    assert shown == [False, True, True, True, True, False]


def test_groups_stand_below_their_title(enter: Enter, live: Live) -> None:
    for _twin in range(2):
        live.customer("對齊測試股份有限公司", phone="02-2345-6799")
    page = enter("gm", "/customer/duplicates")

    edges = [page.locator(name).first.bounding_box() for name in (".page-head", ".twins")]

    assert edges[0] is not None
    assert edges[1] is not None
    assert (edges[0]["x"], edges[0]["width"]) == (edges[1]["x"], edges[1]["width"])
