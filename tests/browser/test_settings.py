"""What an administrator changes shows at once."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Enter, Live


def test_new_list_value_is_offered_in_forms(enter: Enter) -> None:
    page = enter("admin", "/settings/lists")
    page.get_by_role("link", name="Industries").click()
    page.get_by_role("link", name="Add a value").click()

    page.get_by_label("Label in 繁體中文").fill("航太")
    page.get_by_label("Label in English").fill("Aerospace")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("tbody")).to_contain_text("Aerospace")
    form = enter("sales", "/customer/new")
    form.get_by_label("Industry").select_option(label="Aerospace")


def test_changed_grant_takes_effect_on_the_next_request(enter: Enter, live: Live) -> None:
    id = live.customer("權限測試有限公司")
    seller = enter("sales", f"/customer/{id}")
    expect(seller.locator(".page-actions").get_by_role("link", name="Edit")).to_be_visible()
    admin = enter("admin", "/role")
    admin.get_by_role("link", name="業務").click()
    admin.get_by_role("button", name="Edit grants").click()

    cell = admin.get_by_role("combobox", name="Customers Edit", exact=True)
    before = cell.input_value()
    cell.select_option(label="None")
    admin.get_by_role("button", name="Save").click()
    expect(admin.locator(".toast, .page-detail").first).to_be_visible()

    seller.reload()
    expect(seller.get_by_role("heading", level=1)).to_have_text("權限測試有限公司")
    expect(seller.locator(".page-actions").get_by_role("link", name="Edit")).to_have_count(0)
    assert before == "own"


def test_settings_are_refused_to_others(enter: Enter) -> None:
    page = enter("sales", "/settings/company")

    expect(page.locator(".error-status")).to_have_text("403")
    expect(page.locator(".error-reference")).to_be_visible()


def test_company_name_shows_in_the_frame(enter: Enter) -> None:
    page = enter("admin", "/settings/company")
    page.get_by_label("Company name").fill("宏岳自動化")

    page.get_by_role("button", name="Save").click()

    expect(page.locator(".side-brand")).to_contain_text("宏岳自動化")
    expect(page.locator(".toast")).to_contain_text("saved")
