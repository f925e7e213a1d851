"""Scripts may fail to load; signing in, finding and saving still work."""

from __future__ import annotations

from playwright.sync_api import expect

from addons.customer.models import Customer
from tests.browser.conftest import Enter, Live


def test_sign_in(enter: Enter) -> None:
    page = enter("", "/signin", java_script_enabled=False)
    page.get_by_label("Sign-in name").fill("sales")
    page.get_by_label("Password").fill("demo")

    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("林怡君")


def test_search_sort_and_pages(enter: Enter) -> None:
    page = enter("manager", "/visit", java_script_enabled=False)

    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".pager-summary")).to_contain_text("51–100 of")
    page.get_by_role("searchbox").fill("報價")
    page.get_by_role("searchbox").press("Enter")

    expect(page.locator(".chip")).to_have_text("報價")
    expect(page.locator(".pager-summary")).to_contain_text("1–")


def test_filter_form(enter: Enter) -> None:
    page = enter("manager", "/customer", java_script_enabled=False)
    page.get_by_role("button", name="Filter").click()

    page.get_by_label("Field").select_option(label="Level")
    page.get_by_role("textbox", name="Value").fill("A")
    page.get_by_role("button", name="Apply").click()

    expect(page.locator(".chip")).to_have_count(1)
    assert set(page.locator("tbody td:nth-child(3)").all_inner_texts()) == {"A"}


def test_saving_a_form_with_a_mistake_first(enter: Enter, live: Live) -> None:
    id = live.customer("無腳本測試有限公司")
    page = enter("sales", f"/customer/{id}/edit", java_script_enabled=False)
    page.get_by_label("Customer name").fill("")
    page.get_by_label("Phone").fill("02-2345-7777")

    page.get_by_role("button", name="Save").click()
    expect(page.locator("#f-name-error")).to_contain_text("Please fill in this field.")
    page.get_by_label("Customer name").fill("無腳本測試二有限公司")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("無腳本測試二有限公司")
    assert live.read(Customer, id, "name", "phone") == ["無腳本測試二有限公司", "02-2345-7777"]
