"""The same work in one hand."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Locator, Page, Route, expect

from addons.customer.models import Customer
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


def test_visit_takes_three_taps(enter: Enter, live: Live) -> None:
    id = live.customer("三點測試有限公司")
    page = enter("sales", f"/customer/{id}", phone=True)
    taps = Taps(page)

    taps.on(page.locator(".composer").get_by_role("link", name="Phone call"))
    taps.on(page.locator(".composer").get_by_role("button", name="In a week"))
    taps.on(page.locator(".composer").get_by_role("button", name="Save"))

    event = page.locator(".timeline .event").filter(has_text="Routine contact, nothing new.")
    expect(event).to_contain_text("Phone call")
    assert taps.count == 3
    assert live.read(Customer, id, "next_contact_on", "last_visit_on") == [live.today + timedelta(days=7), live.today]


def test_visit_from_the_bottom_bar(enter: Enter, live: Live) -> None:
    live.customer("該聯繫的有限公司", next_contact_on=live.today - timedelta(days=400))
    page = enter("sales", "/", phone=True)
    taps = Taps(page)

    taps.on(page.get_by_role("navigation", name="Most used").get_by_role("link", name="Record a visit"))
    taps.on(page.get_by_role("link", name="該聯繫的有限公司"))
    taps.on(page.locator(".composer").get_by_role("button", name="Save"))

    expect(page.locator(".timeline .event").filter(has_text="Routine contact")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_text("該聯繫的有限公司")
    assert taps.count == 3


def test_visit_is_taken_back(enter: Enter, live: Live) -> None:
    """Also by somebody who may delete nothing."""
    id = live.customer("收回測試有限公司")
    page = enter("sales", f"/customer/{id}?compose=line", phone=True)
    expect(page.get_by_role("radio", name="LINE")).to_be_checked()
    page.locator(".composer").get_by_role("button", name="Save").tap()
    expect(page.locator(".timeline .event").filter(has_text="LINE")).to_have_count(1)

    page.locator(".toast").get_by_role("button", name="Undo").tap()

    expect(page.locator(".toast")).to_contain_text("Taken back")
    expect(page.locator(".timeline .event").filter(has_text="LINE")).to_have_count(0)
    assert live.read(Customer, id, "last_visit_on") == [None]


def test_what_was_typed_survives_a_lost_connection(enter: Enter, live: Live) -> None:
    id = live.customer("沒訊號有限公司")
    page = enter("sales", f"/customer/{id}?compose=1", phone=True)
    page.get_by_role("textbox", name="Content").fill("地下室沒有訊號。")
    page.route("**/compose", lambda route: route.abort())

    page.locator(".composer").get_by_role("button", name="Save").tap()

    expect(page.get_by_role("alert")).to_contain_text("No connection")
    expect(page.get_by_role("textbox", name="Content")).to_have_value("地下室沒有訊號。")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/customer/{id}")
    expect(page.get_by_role("textbox", name="Content")).to_have_value("地下室沒有訊號。")
    expect(page.locator("[data-composer-state]")).to_contain_text("is here again")
    page.unroute("**/compose")
    page.locator(".composer").get_by_role("button", name="Save").tap()
    expect(page.locator(".timeline .event").filter(has_text="地下室沒有訊號。")).to_have_count(1)
    expect(page.locator("[data-composer-state]")).to_have_text("")


def test_what_is_brought_back_happened_when_it_was_typed(enter: Enter, live: Live) -> None:
    id = live.customer("隔天才送出")
    page = enter("sales", f"/customer/{id}?compose=1", phone=True)
    moment = page.locator(".composer [type=datetime-local]").input_value()
    page.get_by_role("textbox", name="Content").fill("昨天談的。")

    def later(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(f'value="{moment}"', 'value="2026-01-02T08:00"'))

    page.route(f"**/customer/{id}", later)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/customer/{id}")

    expect(page.get_by_role("textbox", name="Content")).to_have_value("昨天談的。")
    expect(page.locator(".composer [type=datetime-local]")).to_have_value(moment)


class Taps:
    """A finger that counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, target: Locator) -> None:
        """Taps what is on the screen already: who must scroll first does more than tap."""
        expect(target).to_be_in_viewport()
        target.tap()
        self.count += 1


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
