"""Status bar and board in a real browser: by mouse, by keyboard, on a phone, and without a complaint of axe."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from addons.equipment.models import Equipment
from core.site import Site
from core.testing.plugin import open_site
from tests.browser.conftest import Enter, Live, browser_type_launch_args, open_company, served, visitors
from tests.browser.test_every_page import violations

__all__ = ["browser_type_launch_args"]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demo company with its machines."""
    folder: Path = tmp_path_factory.mktemp("live")
    site: Site = open_site(f"sqlite:///{folder / 'site.db'}", folder)
    open_company(site)
    with served(site) as found:
        yield found


@pytest.fixture
def enter(live: Live, browser: Browser) -> Iterator[Enter]:
    with visitors(live, browser) as make:
        yield make


def machine(live: Live, state: str, *, has_serial: bool = True, **values: object) -> int:
    """A new machine at the first customer."""
    with live.env("gm") as env:
        given = {"customer_id": 1, "serial": "S" if has_serial else None, "installed_on": env.today, **values}
        record = env.records(Equipment).create(given)
        if state != "installed":
            env.workflow.perform(record, "start")
        return record.id


def state(live: Live, id: int) -> str:
    return str(live.read(Equipment, id, "state")[0])


def column(page: Page, code: str) -> object:
    return page.locator(f'.board-column[data-code="{code}"]')


def test_the_status_bar_moves_on(live: Live, enter: Enter) -> None:
    id = machine(live, "installed", name="狀態列測試機")
    page = enter("gm", f"/equipment/{id}")

    expect(page.locator(".step[aria-current=step]")).to_have_text("Installed")
    page.get_by_role("button", name="Put into service").click()

    expect(page.locator(".step[aria-current=step]")).to_have_text("In service")
    expect(page.locator(".toast")).to_contain_text("Put into service")
    assert state(live, id) == "in_service"


def test_a_dialog_asks_for_the_reason_by_keyboard(live: Live, enter: Enter) -> None:
    id = machine(live, "installed", name="鍵盤測試機")
    page = enter("gm", f"/equipment/{id}")

    page.get_by_role("button", name="Retire").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_label("Reason").fill("worn out")
    page.keyboard.press("Enter")

    expect(page.locator(".step[aria-current=step]")).to_have_text("Retired")
    expect(page.get_by_text("cannot be changed any more")).to_be_visible()
    assert live.read(Equipment, id, "state", "note") == ["retired", "worn out"]


def test_a_card_is_dragged_to_another_column(live: Live, enter: Enter) -> None:
    id = machine(live, "installed", name="拖曳測試機")
    page = enter("gm", "/equipment/board?q=拖曳")

    page.locator(f"#card-{id}").drag_to(page.locator('.board-column[data-code="in_service"] .board-cards'))

    expect(page.locator(f'.board-column[data-code="in_service"] #card-{id}')).to_be_visible()
    expect(page.locator('.board-column[data-code="in_service"] .count')).to_have_text("1")
    assert state(live, id) == "in_service"


def test_a_card_goes_back_when_the_move_is_refused(live: Live, enter: Enter) -> None:
    id = machine(live, "installed", name="退回測試機", has_serial=False)
    page = enter("gm", "/equipment/board?q=退回")

    page.locator(f"#card-{id}").drag_to(page.locator('.board-column[data-code="in_service"] .board-cards'))

    expect(page.locator(".toast-negative")).to_have_text(re.compile("Serial number: Please fill in this field"))
    expect(page.locator(f'.board-column[data-code="installed"] #card-{id}')).to_be_visible()
    assert state(live, id) == "installed"


def test_a_card_moves_by_keyboard(live: Live, enter: Enter) -> None:
    id = machine(live, "in_service", name="選單測試機")
    page = enter("gm", "/equipment/board?q=選單")

    page.get_by_role("button", name="Move 選單測試機").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Installed")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator(f'.board-column[data-code="installed"] #card-{id}')).to_be_visible()
    expect(page.get_by_role("button", name="Move 選單測試機")).to_be_focused()
    assert state(live, id) == "installed"


def test_a_move_that_asks_may_be_given_up(live: Live, enter: Enter) -> None:
    id = machine(live, "installed", name="放棄測試機")
    page = enter("gm", "/equipment/board?q=放棄")
    page.locator(f"#card-{id}").drag_to(page.locator('.board-column[data-code="retired"] .board-cards'))
    expect(page.get_by_role("dialog").get_by_label("Reason")).to_be_focused()

    page.keyboard.press("Escape")
    expect(page.locator(f'.board-column[data-code="installed"] #card-{id}')).to_be_visible()
    assert state(live, id) == "installed"

    page.get_by_role("button", name="Move 放棄測試機").click()
    page.get_by_role("menuitem", name="Retired").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("old")
    page.keyboard.press("Enter")

    expect(page.locator(f'.board-column[data-code="retired"] #card-{id}')).to_be_visible()
    assert page.url.endswith("/equipment/board?q=%E6%94%BE%E6%A3%84")


def test_a_phone_shows_one_column_at_a_time(live: Live, enter: Enter) -> None:
    id = machine(live, "in_service", name="手機測試機")
    page = enter("gm", "/equipment/board?q=手機", phone=True)

    expect(page.locator(f"#card-{id}")).to_be_hidden()
    page.get_by_role("navigation", name="Columns").get_by_role("link", name="In service").tap()
    expect(page.locator(f"#card-{id}")).to_be_visible()
    assert "column=in_service" in page.url
    page.get_by_role("button", name="Move 手機測試機").tap()
    page.get_by_role("menuitem", name="Installed").tap()

    expect(page.locator(f"#card-{id}")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert state(live, id) == "installed"


def test_list_and_board_lead_to_each_other_with_the_filters(enter: Enter) -> None:
    page = enter("gm", "/equipment?filter=kind:is:server")

    page.get_by_role("link", name="Board").click()
    expect(page.locator(".chip").first).to_contain_text("Server")
    page.get_by_role("link", name="List", exact=True).click()

    expect(page).to_have_url(re.compile(r"/equipment\?filter=kind%3Ais%3Aserver$"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/equipment/board", "/equipment/3", "/equipment/10", "/equipment/10/edit"])
def test_axe_finds_nothing(enter: Enter, path: str, theme: str) -> None:
    page = enter("gm", path, color_scheme=theme)

    assert violations(page) == []


@pytest.mark.parametrize("path", ["/settings/numbering", "/settings/numbering/customer.number"])
def test_axe_finds_nothing_on_the_settings(enter: Enter, path: str) -> None:
    page = enter("admin", path)

    assert violations(page) == []
    if path.endswith("number"):
        page.get_by_label("Template").fill("K{####}")
        expect(page.locator("output")).to_have_text(re.compile(r"K\d{4}"))
