"""The same on PostgreSQL: one walk through what matters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from core.testing.plugin import open_site
from core.testing.services import database
from tests.browser.conftest import Enter, Live, open_company, served

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def live(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demo company on PostgreSQL."""
    with database(postgres_url, "browser") as url:
        site = open_site(url, tmp_path_factory.mktemp("live"))
        open_company(site)
        with served(site) as found:
            yield found


def test_customer_is_created_found_and_visited(enter: Enter) -> None:
    page = enter("sales", "/customer/new")
    page.get_by_label("Customer name").fill("大象資料庫股份有限公司")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("大象資料庫股份有限公司")

    page.get_by_text("Record a visit…").click()
    page.get_by_role("textbox", name="Content").fill("談妥試用。")
    page.locator(".composer").get_by_role("button", name="Save").click()
    expect(page.locator(".timeline .event").filter(has_text="談妥試用。")).to_have_count(1)

    page.goto("/customer")
    page.get_by_role("searchbox").fill("大象")
    expect(page.locator(".chip")).to_have_text("大象")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("today")
