"""Working without a mouse."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, Live


def test_palette_finds_a_customer_and_opens_it(enter: Enter, live: Live) -> None:
    live.customer("鍵盤測試儀器有限公司")
    page = enter("sales", "/")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search or type a command")
    expect(box).to_be_focused()

    box.fill("鍵盤測試")
    expect(page.get_by_role("option", name="鍵盤測試儀器有限公司")).to_have_attribute("aria-selected", "true")
    box.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("鍵盤測試儀器有限公司")


def test_an_answer_that_is_given_up_while_it_comes_is_no_error(enter: Enter) -> None:
    page = enter("sales", "/")
    page.evaluate(
        """() => {
            const aborted = () => Promise.reject(new DOMException("The user aborted a request.", "AbortError"));
            Response.prototype.json = Response.prototype.text = aborted;
        }"""
    )

    page.keyboard.press("Control+k")

    expect(page.get_by_role("listbox", name="Results").get_by_role("option")).to_have_text(["Arrange"])


def test_enter_of_the_input_method_does_not_open_what_the_palette_found(enter: Enter) -> None:
    page = enter("sales", "/")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search or type a command")
    box.fill("客戶")
    expect(page.locator(".palette-item").first).to_be_visible()

    composing(page, "Enter")

    expect(box).to_be_visible()
    assert page.url.endswith("/")


def test_palette_names_what_is_not_ones_own_without_giving_it_away(enter: Enter, live: Live) -> None:
    live.customer("隔壁部門機密股份有限公司", owner="sales2")
    page = enter("sales", "/")
    page.keyboard.press("Control+k")

    page.get_by_role("combobox", name="Search or type a command").fill("隔壁部門")

    masked = page.get_by_role("option").filter(has_text="not yours to open")
    expect(masked).to_have_attribute("aria-disabled", "true")
    expect(masked).not_to_contain_text("機密")


def test_rows_are_walked_and_opened(enter: Enter) -> None:
    page = enter("sales", "/customer")
    names = page.locator("tbody td.lead").all_inner_texts()

    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    expect(page.locator("tr.is-current td.lead")).to_have_text(names[1])
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(names[1])


def test_row_is_ticked_and_edited(enter: Enter) -> None:
    page = enter("sales", "/customer")
    page.keyboard.press("j")

    page.keyboard.press("x")
    expect(page.locator(".bulk-count")).to_have_text("1 selected")
    page.keyboard.press("e")

    expect(page).to_have_url(re.compile(r"/customer/\d+/edit$"))


def test_slash_searches_and_c_creates(enter: Enter) -> None:
    page = enter("sales", "/customer")

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("c/j")
    expect(page.get_by_role("searchbox")).to_have_value("c/j")
    page.get_by_role("searchbox").blur()
    page.keyboard.press("c")

    expect(page.get_by_role("heading", level=1)).to_have_text("New Customer")


def test_question_mark_lists_the_keys_and_escape_closes(enter: Enter) -> None:
    page = enter("sales", "/customer")

    page.keyboard.press("?")

    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("tr.is-current")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_form_is_saved_from_the_keyboard(enter: Enter) -> None:
    page = enter("sales", "/customer/new")
    page.get_by_label("Customer name").fill("快速存檔有限公司")

    page.keyboard.press("Control+s")

    expect(page.get_by_role("heading", level=1)).to_have_text("快速存檔有限公司")


def test_enter_of_the_input_method_does_not_save_a_cell(enter: Enter, live: Live) -> None:
    id = live.customer("組字測試有限公司")
    page = enter("sales", f"/customer/{id}")
    fact = page.locator(".panel .fact").filter(has_text="Address")
    fact.get_by_role("button", name="Edit Address").focus()
    page.keyboard.press("Enter")
    expect(fact.get_by_role("textbox")).to_be_focused()

    composing(page, "Enter")
    expect(fact.get_by_role("textbox")).to_be_visible()
    page.keyboard.press("Escape")

    expect(fact.get_by_role("textbox")).to_have_count(0)
    expect(fact.get_by_role("button", name="Edit Address")).to_be_focused()


def test_first_tab_skips_to_the_content(enter: Enter) -> None:
    page = enter("sales", "/customer")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def composing(page: Page, key: str) -> None:
    """A key that belongs to the input method, as browsers report it."""
    page.evaluate(
        """key => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key, keyCode: 229, bubbles: true, cancelable: true, isComposing: true }))""",
        key,
    )
