"""One's own language, theme and password stay."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter


def test_language_and_theme_last(enter: Enter) -> None:
    page = enter("gm", "/preferences", locale="zh-TW")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant-TW")

    page.get_by_label("語言").select_option("en")
    page.get_by_role("radio", name="深色").check()
    page.get_by_role("button", name="儲存").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Preferences")
    expect(page.locator(".toast")).to_contain_text("Saved")
    page.goto("/customer")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_theme_switch_is_remembered(enter: Enter) -> None:
    page = enter("accountant", "/")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")

    with page.expect_response("**/preferences/theme"):
        page.get_by_role("button", name="Use the dark theme").click()
    page.reload()

    expect(root).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Use the light theme")).to_be_visible()


def test_menu_stays_folded(enter: Enter) -> None:
    page = enter("manager", "/customer")

    page.get_by_role("button", name="Fold the menu").click()
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-menu", "folded")
    page.get_by_role("navigation", name="Main menu").locator("summary").filter(has_text="Customers").click()
    page.get_by_role("link", name="Contacts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Contacts")


def test_wrong_present_password_is_refused(enter: Enter) -> None:
    page = enter("sales2", "/password")
    present, new, again = (page.locator("input[type=password]").nth(n) for n in range(3))
    present.fill("not mine")
    new.fill("a brand new secret")
    again.fill("a brand new secret")

    page.locator("main").get_by_role("button", name="Change password").click()

    expect(page.locator(".has-error")).to_contain_text("This is not your present password.")


@pytest.mark.parametrize(("locale", "lang"), [("zh-TW", "zh-Hant-TW"), ("zh-CN", "zh-Hans-CN"), ("en-US", "en")])
def test_language_of_the_browser_is_the_first_choice(enter: Enter, locale: str, lang: str) -> None:
    page = enter("sales", "/customer", locale=locale)

    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        {"zh-TW": "客戶", "zh-CN": "客户", "en-US": "Customers"}[locale]
    )
