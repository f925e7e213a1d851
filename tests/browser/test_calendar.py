"""The calendar: reached from the list, moved through, and records taken to other days by mouse and by keyboard."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from addons.customer.models import Customer
from tests.browser.conftest import Enter, Live


def test_view_switch_leads_there_and_the_filter_comes_along(enter: Enter) -> None:
    page = enter("sales", "/customer?filter=level:is:B")

    page.get_by_role("link", name="Calendar").click()
    expect(page.locator(".chip")).to_contain_text("B")
    page.get_by_role("link", name="Later").click()
    expect(page.locator(".cal-day.is-today:not(.is-other)")).to_have_count(0)
    page.get_by_role("link", name="Week", exact=True).click()

    expect(page.locator(".cal-day")).to_have_count(7)
    expect(page.locator(".chip")).to_contain_text("B")


def test_record_is_moved_by_keyboard_and_by_mouse(enter: Enter, live: Live) -> None:
    first = live.today.replace(day=10)
    id = live.customer("行事曆有限公司", next_contact_on=first)
    page = enter("sales", "/customer/calendar?q=行事曆")

    page.get_by_role("button", name="Move 行事曆有限公司").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_label("Day").fill((first + timedelta(days=1)).isoformat())
    page.keyboard.press("Enter")
    expect(page.locator(f".cal-day[data-day='{first + timedelta(days=1)}'] .cal-entry")).to_have_count(1)
    assert live.read(Customer, id, "next_contact_on") == [first + timedelta(days=1)]
    target = page.locator(f".cal-day[data-day='{first + timedelta(days=2)}'] .cal-entries")
    with page.expect_response("**/customer/calendar/move"):
        page.locator(".cal-entry").drag_to(target)

    expect(page.locator(f".cal-day[data-day='{first + timedelta(days=2)}'] .cal-entry")).to_have_count(1)
    assert live.read(Customer, id, "next_contact_on") == [first + timedelta(days=2)]


def test_phone_lists_the_days_with_something(enter: Enter, live: Live) -> None:
    live.customer("手機日曆有限公司", next_contact_on=live.today.replace(day=12))
    page = enter("sales", "/customer/calendar?q=手機日曆", phone=True)

    expect(page.locator(".cal-day:visible .cal-entry")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_works_without_scripts(enter: Enter, live: Live) -> None:
    live.customer("無指令碼有限公司", next_contact_on=live.today)
    page = enter("sales", "/customer/calendar?q=無指令碼", java_script_enabled=False)

    page.get_by_role("link", name="Later").click()
    page.get_by_role("link", name="Today").click()

    expect(page.locator(".cal-day.is-today .cal-entry")).to_contain_text("無指令碼有限公司")
