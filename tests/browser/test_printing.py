"""Printing from a record's page and from a list, each in a tab beside it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Enter, Live
from tests.browser.test_every_page import violations
from tests.core.printing import reading


def printed(page: Page, button: Locator, address: str) -> list[str]:
    """The pages of the PDF that the button leads to."""
    here = page.url
    with page.context.expect_event("response", lambda found: address in found.url and found.status == 200) as told:
        button.click()
    answer = told.value
    assert answer.headers["content-type"] == "application/pdf"
    expect(page).to_have_url(here)
    return reading.pages(page.request.get(answer.url).body())


def test_a_record_is_printed_from_its_menu(enter: Enter, live: Live) -> None:
    customer = live.customer("列印測試有限公司", phone="02-2345-6789")
    page = enter("sales", f"/customer/{customer}")

    page.get_by_role("button", name="More actions").click()
    assert violations(page) == []
    found = printed(page, page.get_by_role("link", name="Print"), f"/customer/{customer}/print")

    assert len(found) == 1
    assert "列印測試有限公司" in found[0]
    assert "02-2345-6789" in found[0]


def test_chosen_rows_are_printed_together(enter: Enter, live: Live) -> None:
    for number in (1, 2):
        live.customer(f"合印測試{number}有限公司")
    page = enter("sales", "/customer?q=合印測試")

    page.get_by_label("Select all rows on this page").check()
    found = printed(page, page.locator(".bulk").get_by_role("button", name="Print"), "/customer/print?")

    assert sorted(text[text.index("合印測試")] + text[text.index("合印測試") + 4] for text in found) == ["合1", "合2"]


def test_a_list_is_printed_as_it_is_shown(enter: Enter, live: Live) -> None:
    live.customer("清單測試有限公司", level="A")
    page = enter("sales", "/customer?filter=level:is:A&q=清單測試")

    page.locator(".page-head").get_by_role("button", name="More actions").click()
    found = printed(page, page.get_by_role("link", name="Print the list"), "/print/customer?")

    assert "清單測試有限公司" in found[0]
    assert "有限公司" not in found[0].replace("清單測試有限公司", "").replace("股份有限公司", "")
