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


CONTRAST = """(selector) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
      .map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const style = getComputedStyle(document.querySelector(selector));
  const [low, high] = [style.color, style.backgroundColor].map(luminance).sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""


def test_accent_colour_is_chosen_seen_at_once_and_stays_readable(enter: Enter) -> None:
    page = enter("admin", "/settings/company")
    chooser, text = page.locator("input[type=color]"), page.locator("input[name=accent]")
    expect(chooser).to_have_value("#2f5fd0")

    for colour in ("#ffee00", "#00ff00", "#ffffff", "#000000", "#ff0000", "#0a7f55"):
        chooser.fill(colour)
        expect(text).to_have_value(colour)
        for theme in ("light", "dark"):
            page.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")
            for place in (".btn-accent", ".side a[aria-current]"):
                assert page.evaluate(CONTRAST, place) >= 4.5, (colour, theme, place)
    text.fill("#B45309")
    expect(chooser).to_have_value("#b45309")
    page.get_by_role("button", name="Save").click()

    expect(page.locator(".toast")).to_contain_text("saved")
    expect(page.locator("input[name=accent]")).to_have_value("#B45309")
