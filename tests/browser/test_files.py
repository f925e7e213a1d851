"""Pictures in forms: chosen, dropped, refused, kept through a mistake, with and without scripts, on a phone."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from addons.customer.models import Visit
from tests.browser.conftest import Enter, Live
from tests.browser.test_every_page import violations


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    made = tmp_path / "產線.jpg"
    Image.new("RGB", (900, 600), "#2f5fd0").save(made, "JPEG")
    return made


def is_shown(image: Locator) -> bool:
    """Whether the browser has drawn it, rather than the sign of a broken one."""
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    return bool(image.evaluate("image => image.naturalWidth > 0"))


def drop(page: Page, selector: str, content: bytes, name: str) -> None:
    """As if a file were dragged from the desktop."""
    given: dict[str, Any] = {"bytes": list(content), "name": name}
    data = page.evaluate_handle(
        """({bytes, name}) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name, {type: "image/png"}));
            return data;
        }""",
        given,
    )
    page.dispatch_event(selector, "drop", {"dataTransfer": data})


def test_a_picture_is_chosen_kept_through_a_mistake_and_shown(enter: Enter, live: Live, picture: Path) -> None:
    customer = live.customer("照片測試有限公司")
    page = enter("sales", f"/visit/new?customer_id={customer}")
    page.get_by_label("Photo").set_input_files(picture)
    expect(page.locator(".file-preview")).to_contain_text("產線.jpg")

    page.get_by_role("button", name="Save").click()
    expect(page.locator("#f-content-error")).to_contain_text("Please fill in this field.")
    expect(page.locator(".file-held")).to_contain_text("產線.jpg")
    assert violations(page) == []
    page.get_by_label("Content").fill("看了新產線")
    page.get_by_role("button", name="Save").click()

    assert is_shown(page.get_by_role("img", name="Photo (產線.jpg)").first)
    assert violations(page) == []
    page.goto(f"/customer/{customer}")
    assert is_shown(page.locator(".event-picture img"))
    page.goto("/visit")
    assert is_shown(page.get_by_role("img", name="Photo (產線.jpg)"))


def test_what_is_too_large_is_said_before_it_is_sent(enter: Enter, live: Live, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate((live.site.settings.max_upload_mb + 1) * 1024 * 1024)
    page = enter("sales", "/visit/new")

    page.get_by_label("Photo").set_input_files(large)

    expect(page.locator("#f-photo-error")).to_contain_text("The file is too large")
    assert page.get_by_label("Photo").input_value() == ""
    assert page.get_by_label("Photo").get_attribute("aria-invalid") == "true"
    assert violations(page) == []


def test_a_picture_is_dropped_and_taken_back(enter: Enter) -> None:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "#0a7f55").save(made, "PNG")
    page = enter("sales", "/visit/new")

    drop(page, ".file-choose", made.getvalue(), "白板.png")
    expect(page.locator(".file-preview")).to_contain_text("白板.png")
    assert page.get_by_label("Photo").input_value().endswith("白板.png")
    page.locator(".file-preview button").click()

    expect(page.locator(".file-preview")).to_be_empty()
    expect(page.get_by_label("Photo")).to_be_focused()


def test_without_scripts_a_picture_is_sent_replaced_and_removed(enter: Enter, live: Live, picture: Path) -> None:
    customer = live.customer("無腳本照片有限公司")
    page = enter("sales", f"/visit/new?customer_id={customer}", java_script_enabled=False)
    page.get_by_label("Content").fill("沒有腳本")
    page.get_by_label("Photo").set_input_files(picture)
    page.get_by_role("button", name="Save").click()
    id = int(page.url.rsplit("/", 1)[1])
    [first] = live.read(Visit, id, "photo")

    page.goto(f"/visit/{id}/edit")
    page.get_by_label("Photo").set_input_files(picture)
    page.get_by_role("button", name="Save").click()
    [second] = live.read(Visit, id, "photo")
    page.goto(f"/visit/{id}/edit")
    page.get_by_label("Remove").check()
    page.get_by_role("button", name="Save").click()

    assert first is not None
    assert second not in (None, first)
    assert live.read(Visit, id, "photo") == [None]


def test_a_phone_takes_the_picture_in_the_short_form(enter: Enter, live: Live, picture: Path) -> None:
    customer = live.customer("手機照片有限公司")
    page = enter("sales", f"/customer/{customer}", phone=True)
    page.locator(".composer summary").tap()
    field = page.get_by_label("Photo")
    assert field.get_attribute("accept") == "image/*"
    field.set_input_files(picture)
    page.locator(".composer").get_by_label("Content").fill("現場")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(page) == []

    page.locator(".composer [data-form-submit]").tap()

    expect(page.locator(".event-picture img")).to_be_visible()
    assert is_shown(page.locator(".event-picture img"))


def test_what_is_about_to_be_replaced_stays_readable(enter: Enter, live: Live, picture: Path) -> None:
    customer = live.customer("換照片有限公司")
    page = enter("sales", f"/visit/new?customer_id={customer}")
    page.get_by_label("Content").fill("第一張")
    page.get_by_label("Photo").set_input_files(picture)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Edit").first.click()

    page.get_by_label("Photo").set_input_files(picture)

    expect(page.locator(".file-held.is-replaced")).to_be_visible()
    assert violations(page) == []
