"""Lists as tools: conditions of which one suffices, saved views, columns, and the board of a view."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from core.saved_views import Query, changing, saved_views
from tests.browser.conftest import Enter, Live
from tests.browser.test_every_page import violations


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def heads(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("thead th:not(.tick):not(.card-only)").all_inner_texts()]


def view_menu(page: Page) -> Locator:
    page.locator(".view-title").click()
    return page.locator(".view-menu")


def fill_row(row: Locator, field: str, value: str) -> None:
    row.get_by_label("Field").select_option(label=field)
    row.get_by_label("Value").select_option(label=value)


def test_filter_with_alternatives_is_built_read_and_taken_apart(enter: Enter, live: Live) -> None:
    live.customer("或條件甲有限公司", level="A", region="tainan")
    live.customer("或條件乙有限公司", level="C", region="hualien")
    live.customer("或條件丙有限公司", level="C", region="tainan")
    page = enter("manager", "/customer?q=或條件")
    page.get_by_role("button", name="Filter").click()
    panel = page.locator(".filter-form")

    panel.locator(".filter-row").get_by_role("button", name="Remove the condition").click()
    panel.get_by_role("button", name="Add an alternative").click()
    fill_row(panel.get_by_role("group", name="Alternative 1"), "Level", "A")
    panel.get_by_role("button", name="Add an alternative").click()
    second = panel.get_by_role("group", name="Alternative 2")
    fill_row(second, "Region", "Hualien County")
    second.get_by_role("button", name="Add a condition").click()
    fill_row(second.locator(".filter-row").nth(1), "Level", "C")
    panel.get_by_role("button", name="Apply").click()

    chip = page.locator(".chip", has_text="or")
    expect(chip).to_contain_text("Level is A or (Region is Hualien County and Level is C)")
    assert query(page)["any"] == ["level:is:A", "region:is:hualien;level:is:C"]
    assert sorted(page.locator("tbody td.lead").all_inner_texts()) == ["或條件乙有限公司", "或條件甲有限公司"]
    page.get_by_role("button", name="Filter").click()
    expect(panel.get_by_role("group", name="Alternative 2").locator(".filter-row")).to_have_count(2)
    panel.get_by_role("group", name="Alternative 1").get_by_role("button", name="Remove the alternative").click()
    panel.get_by_role("button", name="Apply").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(1)
    chip = page.locator(".chip", has_text="Region is")
    chip.get_by_role("link", name="Remove filter").click()
    expect(page.locator("tbody tr")).to_have_count(3)


def test_the_first_alternative_is_to_what_was_chosen_before(enter: Enter, live: Live) -> None:
    live.customer("先選條件甲有限公司", level="A", region="tainan")
    live.customer("先選條件乙有限公司", level="C", region="hualien")
    page = enter("manager", "/customer?q=先選條件")
    page.get_by_role("button", name="Filter").click()
    panel = page.locator(".filter-form")

    fill_row(panel.locator(".filter-row"), "Level", "A")
    panel.get_by_role("button", name="Add an alternative").click()
    fill_row(panel.get_by_role("group", name="Alternative 2"), "Region", "Hualien County")
    panel.get_by_role("button", name="Apply").click()

    expect(page.locator(".chip", has_text="or")).to_contain_text("Level is A or Region is Hualien County")
    assert query(page)["any"] == ["level:is:A", "region:is:hualien"]
    expect(page.locator("tbody tr")).to_have_count(2)


def test_condition_without_its_value_is_asked_for(enter: Enter) -> None:
    page = enter("manager", "/customer")
    page.get_by_role("button", name="Filter").click()
    panel = page.locator(".filter-form")
    panel.get_by_label("Field").select_option(label="Next contact")
    panel.get_by_label("Condition", exact=True).select_option("is")

    panel.get_by_role("button", name="Apply").click()

    expect(panel.get_by_label("Value")).to_be_focused()
    assert query(page) == {}


def test_view_is_kept_changed_saved_and_begun_with(enter: Enter) -> None:
    page = enter("manager", "/customer?filter=level:is:A")
    view_menu(page).get_by_role("button", name="Save as a new view").click()
    page.get_by_label("Name of the view").fill("A 級客戶")
    page.get_by_label("I start with this view").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A 級客戶")
    assert list(query(page)) == ["view"]
    saved = page.url

    page.get_by_role("columnheader", name="Next contact").get_by_role("link").click()
    expect(page.locator(".view-changed")).to_be_visible()
    page.reload()
    expect(page.locator(".view-changed")).to_be_visible()
    page.get_by_role("button", name="Save the changes").first.click()
    expect(page.locator(".view-changed")).to_have_count(0)

    assert page.url == saved
    expect(page.get_by_role("columnheader", name="Next contact")).to_have_attribute("aria-sort", "ascending")
    page.goto("/customer")
    assert page.url == saved
    page.get_by_role("link", name="All", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")
    page.goto(saved)
    view_menu(page).get_by_role("button", name="Delete the view").click()
    page.get_by_role("button", name="Delete the view").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")


def test_shared_view_is_there_for_others_with_their_own_records(enter: Enter, live: Live) -> None:
    page = enter("manager", "/customer?filter=level:is:B")
    view_menu(page).get_by_role("button", name="Save as a new view").click()
    page.get_by_label("Name of the view").fill("團隊的 B 級")
    page.get_by_label("Who may use it").select_option(label="Everybody who may see the list")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("團隊的 B 級")
    team = page.locator(".page-head .count").inner_text()

    sales = enter("sales", "/customer")
    view_menu(sales).get_by_role("link", name="團隊的 B 級").click()

    expect(sales.get_by_role("heading", level=1)).to_have_text("團隊的 B 級")
    assert int(sales.locator(".page-head .count").inner_text()) < int(team)
    menu = view_menu(sales)
    expect(menu.get_by_role("button", name="Delete the view")).to_have_count(0)
    expect(menu.get_by_role("button", name="Rename, share")).to_have_count(0)


def test_columns_are_chosen_and_moved_by_keyboard(enter: Enter) -> None:
    page = enter("sales2", "/contact")
    before = heads(page)
    page.get_by_role("link", name="Columns").click()
    dialog = page.get_by_role("dialog", name="Columns")
    dialog.get_by_label("Find a field").fill("Level")

    dialog.get_by_role("checkbox", name="Customer › Level").focus()
    page.keyboard.press("Space")
    dialog.get_by_label("Find a field").fill("")
    dialog.get_by_role("button", name="Move up: Customer › Level").focus()
    for _step in range(len(before) - 1):
        page.keyboard.press("Enter")
    dialog.get_by_role("checkbox", name="Mobile phone").uncheck()
    dialog.get_by_role("button", name="Apply").click()

    expect(dialog).to_be_hidden()
    expected = [before[0], "Customer › Level", *(label for label in before[1:] if label != "Mobile phone")]
    expect(page.locator("thead th").nth(2)).to_have_text("Customer › Level")
    assert heads(page) == expected
    page.reload()
    assert heads(page) == expected
    page.get_by_role("link", name="Columns").click()
    page.get_by_role("button", name="Back to standard").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("thead th").nth(2)).to_have_text(before[1])
    assert heads(page) == before


def test_board_of_a_view_keeps_filter_and_order(enter: Enter, live: Live) -> None:
    for name, day in (("看板甲", "2031-01-02"), ("看板乙", "2031-01-03")):
        live.customer(name, next_contact_on=live.today.fromisoformat(day))
    page = enter("manager", "/customer/board?q=看板&sort=-next_contact_on")
    view_menu(page).get_by_role("button", name="Save as a new view").click()
    page.get_by_label("Name of the view").fill("倒序看板")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("倒序看板")

    names = page.locator("[data-code=potential] .board-card-head").all_inner_texts()

    assert urlsplit(page.url).path == "/customer/board"
    assert [name.strip() for name in names] == ["看板乙", "看板甲"]
    card = page.locator("[data-code=potential] .board-card").first
    card.locator("[data-move]").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Interested").click()
    expect(page.locator("[data-code=intent] .board-card")).to_have_count(1)
    expect(page.locator("[data-code=intent] .board-card")).to_contain_text("看板乙")


def test_filter_on_a_phone_is_a_sheet(enter: Enter) -> None:
    page = enter("manager", "/customer?any=level:is:A&any=region:is:taipei", phone=True)
    page.get_by_role("button", name="Filter").tap()

    panel = page.locator(".filter-form")

    expect(panel.get_by_role("group", name="Alternative 2")).to_be_visible()
    box = panel.bounding_box()
    assert box is not None
    assert (box["x"], round(box["width"]), round(box["y"] + box["height"])) == (0, 390, 844)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_filter_form_without_scripts_adds_to_what_the_view_shows(enter: Enter, live: Live) -> None:
    with live.env("manager") as env:
        id = changing.create(env, "customer", "無指令碼", Query(any=("level:is:A", "level:is:B"), sort="name"))
        assert id not in saved_views(env).by_id
    page = enter("manager", f"/customer?view={id}", java_script_enabled=False)
    page.get_by_role("button", name="Filter").click()

    page.get_by_label("Field").select_option("level")
    page.get_by_label("Condition").select_option("is")
    page.get_by_label("Value").fill("A")
    page.get_by_role("button", name="Apply").click()

    assert query(page)["view"] == [str(id)]
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.get_by_role("heading", level=1)).to_contain_text("無指令碼")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
def test_panels_have_no_axe_violation(enter: Enter, scheme: str, phone: bool) -> None:
    page = enter("gm", "/customer?any=level:is:A;status:is:won&any=region:is:taipei", color_scheme=scheme, phone=phone)
    found = {}
    page.get_by_role("button", name="Filter").click()
    found["filter"] = violations(page)
    page.keyboard.press("Escape")
    page.locator(".view-title").click()
    found["menu"] = violations(page)
    page.get_by_role("button", name="Save as a new view").click()
    expect(page.get_by_label("Name of the view")).to_be_visible()
    found["new"] = violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Columns").click()
    expect(page.get_by_label("Find a field")).to_be_visible()
    found["columns"] = violations(page)

    assert not any(found.values()), found


def test_calendar_is_filtered_and_kept_as_a_view_with_its_days(enter: Enter, live: Live) -> None:
    live.customer("日曆檢視甲", next_contact_on=live.today, level="A")
    live.customer("日曆檢視乙", next_contact_on=live.today, level="C")
    page = enter("manager", "/customer/calendar?span=day&q=日曆檢視")
    page.get_by_role("button", name="Filter").click()
    fill_row(page.locator(".filter-row"), "Level", "A")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".page-head .count")).to_have_text("1")
    assert query(page)["span"] == ["day"]

    view_menu(page).get_by_role("button", name="Save as a new view").click()
    page.get_by_label("Name of the view").fill("A 級行事曆")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("A 級行事曆")
    assert urlsplit(page.url).path == "/customer/calendar"
    assert list(query(page)) == ["view"]
    expect(page.locator(".page-head .count")).to_have_text("1")
