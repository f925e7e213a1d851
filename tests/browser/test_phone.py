"""The same work in one hand."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, Live


def test_bottom_bar_leads_to_the_most_used_pages(enter: Enter) -> None:
    page = enter("sales", "/", phone=True)
    bar = page.get_by_role("navigation", name="Most used")

    bar.get_by_role("link", name="Visits").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Visits")
    bar.get_by_role("button", name="More").click()
    page.get_by_role("dialog", name="All pages").get_by_role("link", name="Customers").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")
    expect(bar.get_by_role("link", name="Customers")).to_have_attribute("aria-current", "page")


def test_whole_card_opens_the_customer(enter: Enter) -> None:
    page = enter("sales", "/customer", phone=True)
    card = page.locator("tbody tr").nth(1)
    name = card.locator("td.lead").inner_text()
    box = card.bounding_box()
    assert box is not None

    page.touchscreen.tap(box["x"] + box["width"] - 20, box["y"] + box["height"] / 2)

    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_card_says_what_its_date_is(enter: Enter, live: Live) -> None:
    live.customer("日期測試有限公司", next_contact_on=live.today)
    live.customer("沒有日期有限公司")
    page = enter("sales", "/customer?q=日期", phone=True)
    words = "cell => getComputedStyle(cell, '::before').content"

    dated, undated = (
        page.locator("tbody tr").filter(has_text=name).locator("td[data-name=next_contact_on]")
        for name in ("日期測試", "沒有日期")
    )

    assert dated.evaluate("cell => cell.dataset.label") == "Next contact"
    assert dated.evaluate(words) == '"Next contact: "'
    assert undated.evaluate(words) == "none"


def test_filter_is_a_sheet_at_the_bottom(enter: Enter) -> None:
    page = enter("sales", "/customer", phone=True)
    page.get_by_role("button", name="Filter").tap()
    sheet = page.locator(".filter-form")
    box = sheet.bounding_box()
    assert box is not None
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, 390, 844)

    page.get_by_label("Value").select_option("B")
    page.get_by_role("button", name="Apply").tap()

    expect(page.locator(".chip")).to_contain_text("B")
    expect(sheet).to_be_hidden()


def test_visit_is_recorded_on_the_road(enter: Enter, live: Live) -> None:
    id = live.customer("行動測試有限公司")
    page = enter("sales", f"/customer/{id}", phone=True)

    composer, panels = page.locator(".composer").bounding_box(), page.locator(".panels").bounding_box()
    assert composer is not None
    assert panels is not None
    assert composer["y"] + composer["height"] <= panels["y"]
    page.get_by_text("Record a visit…").tap()
    page.get_by_role("textbox", name="Content").fill("路過拜訪，留下型錄。")
    page.locator(".composer").get_by_role("button", name="Save").tap()

    expect(page.locator(".timeline .event").filter(has_text="路過拜訪，留下型錄。")).to_have_count(1)


def test_targets_are_large_enough_for_a_finger(enter: Enter, live: Live) -> None:
    page = enter("sales", f"/customer/{live.customer('手指測試有限公司')}", phone=True)

    assert small_targets(page) == []


def small_targets(page: Page) -> list[str]:
    """Buttons and fields less than 44 pixels high. Links within text have the height of their line."""
    return list(
        page.evaluate("""() => [...document.querySelectorAll("button, .btn, select, input:not([type=hidden]), summary")]
            .filter((each) => each.checkVisibility({ visibilityProperty: true }))
            .filter((each) => !each.matches(".number, .pencil, [type=checkbox], [type=radio], .visually-hidden"))
            .filter((each) => each.getBoundingClientRect().height < 42)
            .map((each) => `${each.outerHTML.slice(0, 90)} ${each.getBoundingClientRect().height}`)""")
    )
