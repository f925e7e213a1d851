"""Finding records: searching, filtering, sorting and paging; the address holds it all."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from addons.customer.models import Customer
from tests.browser.conftest import Enter, Live


def test_two_characters_find_customers_while_they_are_typed(enter: Enter) -> None:
    page = enter("manager", "/customer")

    page.get_by_role("searchbox").fill("精密")

    expect(page.locator(".chip")).to_have_text("精密")
    names = texts(page, "tbody td.lead")
    assert names
    assert all("精密" in name for name in names)
    assert query(page) == {"q": ["精密"]}


def test_enter_during_composition_is_left_to_the_input_method(enter: Enter) -> None:
    page = enter("manager", "/customer")
    box = page.get_by_role("searchbox")
    box.focus()

    box.evaluate("""box => {
        box.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
        box.value = "ㄐㄧㄥ";
        box.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
        box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, isComposing: true }));
    }""")
    page.wait_for_timeout(400)  # longer than the search waits for more to be typed
    assert query(page) == {}
    box.evaluate("""box => {
        box.value = "精密";
        box.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: "精密" }));
    }""")

    expect(page.locator(".chip")).to_have_text("精密")


def test_filter_is_added_in_the_popover_and_removed_at_its_chip(enter: Enter) -> None:
    page = enter("manager", "/customer")
    everything = page.locator(".page-head .count").inner_text()
    page.get_by_role("button", name="Filter").click()

    page.get_by_label("Field").select_option(label="Level")
    page.get_by_label("Condition", exact=True).select_option("in")
    page.get_by_role("group", name="Value").get_by_label("A", exact=True).check()
    page.get_by_role("group", name="Value").get_by_label("C", exact=True).check()
    page.get_by_role("button", name="Apply").click()

    expect(page.locator(".chip")).to_have_count(1)
    assert set(texts(page, "tbody td[data-name=level], tbody td:nth-child(3)")) == {"A", "C"}
    assert query(page) == {"filter": ["level:in:A|C"]}
    page.get_by_role("link", name="Remove filter").click()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator(".page-head .count")).to_have_text(everything)


@pytest.mark.parametrize(
    ("condition", "asked"),
    [("overdue", "next_contact_on:overdue:"), ("notempty", "next_contact_on:notempty:")],
)
def test_condition_that_says_it_all_asks_for_no_value(enter: Enter, condition: str, asked: str) -> None:
    page = enter("manager", "/customer")
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Field").select_option(label="Next contact")

    page.get_by_label("Condition", exact=True).select_option(condition)
    expect(page.get_by_label("Value")).to_have_count(0)
    page.get_by_role("button", name="Apply").click()

    expect(page.locator(".chip")).to_have_count(1)
    assert query(page) == {"filter": [asked]}
    assert "" not in texts(page, "tbody td[data-name=next_contact_on]")


def test_days_between_two(enter: Enter, live: Live) -> None:
    live.customer("日期區間有限公司", next_contact_on=date(2031, 5, 6))
    live.customer("日期區間外有限公司", next_contact_on=date(2031, 5, 9))
    page = enter("manager", "/customer")
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Field").select_option(label="Next contact")
    page.get_by_label("Condition", exact=True).select_option("between")

    page.get_by_label("Value").fill("2031-05-01")
    page.get_by_label("and", exact=True).fill("2031-05-08")
    page.get_by_role("button", name="Apply").click()

    expect(page.locator(".chip")).to_have_count(1)
    assert texts(page, "tbody td.lead") == ["日期區間有限公司"]


def test_people_are_looked_up_in_a_filter(enter: Enter) -> None:
    page = enter("manager", "/customer")
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Field").select_option(label="Owner")

    page.get_by_role("combobox", name="Value").fill("林怡")
    page.get_by_role("option", name="林怡君").click()
    page.get_by_role("button", name="Apply").click()

    expect(page.locator(".chip")).to_contain_text("林怡君")
    assert set(texts(page, "tbody td:nth-child(5)")) == {"林怡君"}


def test_head_sorts_both_ways(enter: Enter) -> None:
    page = enter("manager", "/customer?filter=next_contact_on:empty:no")
    head = page.get_by_role("columnheader", name="Next contact")
    days = "tbody td:nth-child(7) time"

    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    rising = page.locator(days).evaluate_all("all => all.map((each) => each.dateTime)")
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    falling = page.locator(days).evaluate_all("all => all.map((each) => each.dateTime)")

    assert len(rising) > 5
    assert rising == sorted(rising)
    assert falling == sorted(falling, reverse=True)


def test_pages_and_the_way_back(enter: Enter) -> None:
    page = enter("manager", "/visit")
    first = texts(page, "tbody tr")
    assert len(first) == 50

    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".pager-summary")).to_contain_text("51–100 of")
    second = texts(page, "tbody tr")
    page.get_by_role("link", name="Previous page").click()
    expect(page.locator(".pager-summary")).to_contain_text("1–50 of")

    assert not set(first) & set(second)
    assert texts(page, "tbody tr") == first
    page.go_back()
    expect(page.locator(".pager-summary")).to_contain_text("51–100 of")
    assert texts(page, "tbody tr") == second


def test_address_alone_brings_the_list_back(enter: Enter) -> None:
    page = enter("manager", "/customer")
    page.get_by_role("searchbox").fill("有限")
    expect(page.locator(".chip")).to_have_count(1)
    page.get_by_role("columnheader", name="Last visit").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Last visit")).to_have_attribute("aria-sort", "ascending")
    shown = texts(page, "tbody td.lead")

    page.reload()

    assert texts(page, "tbody td.lead") == shown
    expect(page.get_by_role("searchbox")).to_have_value("有限")


def test_nothing_found_offers_to_show_all(enter: Enter) -> None:
    page = enter("sales", "/customer?q=沒有這家公司")

    expect(page.locator(".empty-title")).to_have_text("Nothing found")
    page.get_by_role("link", name="Show all").click()

    expect(page.locator("tbody tr").first).to_be_visible()
    assert query(page) == {}


def test_selected_rows_are_planned_together(enter: Enter, live: Live) -> None:
    ids = [live.customer(f"成批測試{n}號工廠") for n in range(4)]
    page = enter("sales", "/customer?q=成批測試&sort=name")
    ticks = page.locator("tbody").get_by_role("checkbox")
    ticks.nth(0).click()

    ticks.nth(2).click(modifiers=["Shift"])

    expect(page.locator(".bulk-count")).to_have_text("3 selected")
    page.locator(".bulk").get_by_role("button", name="Plan next contact").click()
    page.get_by_role("dialog").get_by_label("Next contact").fill("2031-05-06")
    page.get_by_role("dialog").get_by_role("button", name="Plan next contact").click()
    expect(page.locator("tbody").get_by_text("May 6, 2031")).to_have_count(3)
    assert [live.read(Customer, id, "next_contact_on")[0] is None for id in ids] == [False, False, False, True]


def test_export_takes_out_what_the_list_shows(enter: Enter) -> None:
    page = enter("manager", "/customer?q=精密&sort=name")
    shown = texts(page, "tbody td.lead")
    page.get_by_role("button", name="More actions").click()

    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()

    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0].strip('"') for line in lines[1:]] == shown


def texts(page: Page, selector: str) -> list[str]:
    """The text of each of them."""
    return [text.strip() for text in page.locator(selector).all_inner_texts()]


def query(page: Page) -> dict[str, list[str]]:
    """What the address asks for."""
    return parse_qs(urlsplit(page.url).query)


def test_editor_in_the_last_columns_is_seen_whole(enter: Enter) -> None:
    page = enter("sales", "/customer")
    box = page.locator(".table-wrap").bounding_box()
    assert box is not None

    for name in ("industry", "phone"):
        page.locator(f"tr[data-fields] td[data-name={name}]").first.dblclick(position={"x": 4, "y": 4})
        expect(page.locator(".inline-form")).to_be_visible()
        editor = page.locator(".inline-form").bounding_box()
        page.keyboard.press("Escape")

        assert editor is not None
        assert editor["x"] >= box["x"]
        assert editor["x"] + editor["width"] <= box["x"] + box["width"]


def test_list_of_customers_needs_no_scrolling_sideways(enter: Enter) -> None:
    page = enter("sales", "/customer")

    assert page.evaluate("(wrap => wrap.scrollWidth - wrap.clientWidth)(document.querySelector('.table-wrap'))") == 0


COUNT_CALLS = """() => {
  window.calls = 0;
  document.addEventListener("click", (event) => {
    if (!event.target.closest("a[href^='tel:']") || event.defaultPrevented) return;
    window.calls += 1;
    event.preventDefault();
  });
}"""


def test_double_click_on_a_number_edits_it_and_calls_nobody(enter: Enter) -> None:
    page = enter("sales", "/customer?filter=phone:empty:no")
    page.evaluate(COUNT_CALLS)
    number = page.locator("td[data-name=phone] a[href^='tel:']").first

    number.dblclick()

    expect(page.locator(".inline-form input[type=tel]")).to_be_focused()
    page.wait_for_timeout(700)
    assert page.evaluate("window.calls") == 0
    page.keyboard.press("Escape")
    number.click()
    page.wait_for_timeout(700)
    assert page.evaluate("window.calls") == 1


def test_enter_on_a_number_calls_at_once(enter: Enter) -> None:
    page = enter("sales", "/customer?filter=phone:empty:no")
    page.evaluate(COUNT_CALLS)

    page.locator("td[data-name=phone] a[href^='tel:']").first.press("Enter")

    assert page.evaluate("window.calls") == 1
