"""Charts of a list: they fetch themselves, follow the filters, and lead back to the list."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Enter


def test_bar_leads_to_the_list_with_one_filter_more(enter: Enter) -> None:
    page = enter("gm", "/customer?filter=level:is:B")
    page.get_by_role("link", name="Analysis").click()
    chart = page.get_by_role("region", name="Status")
    row = chart.get_by_role("row").filter(has=page.get_by_role("link", name="Interested"))
    number = row.get_by_role("cell").first.inner_text()

    row.get_by_role("link", name="Interested").click()

    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator("tbody tr")).to_have_count(int(number))


def test_filter_changes_the_charts_in_place(enter: Enter) -> None:
    page = enter("gm", "/customer/analysis?filter=level:is:B")
    levels = page.get_by_role("region", name="Level").locator("tbody tr")
    expect(levels).to_have_count(1)

    page.get_by_role("link", name="Remove filter").click()

    expect(levels).to_have_count(4)


def test_without_scripts_each_chart_is_a_page(enter: Enter) -> None:
    page = enter("gm", "/customer/analysis", java_script_enabled=False)

    page.get_by_role("link", name="Show Region").click()

    expect(page.get_by_role("table", name="Region").get_by_role("row")).not_to_have_count(0)
