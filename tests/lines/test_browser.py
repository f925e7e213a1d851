"""A sheet typed in a real browser: by keyboard alone, from a spreadsheet, by touch, and without a complaint of axe."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from addons.sheet.models import Coin, Sheet, Thing
from core.site import Site
from core.testing.plugin import open_site
from tests.browser.conftest import Enter, Live, browser_type_launch_args, open_company, served, visitors
from tests.browser.test_every_page import violations
from tests.browser.test_keyboard import composing

__all__ = ["browser_type_launch_args"]

THINGS = (("Motor", "A-100", 120), ("Cable", "A-200", 15), ("Housing", "B-300", 40))


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demo company with things to put on sheets."""
    folder: Path = tmp_path_factory.mktemp("live")
    site: Site = open_site(f"sqlite:///{folder / 'site.db'}", folder)
    open_company(site)
    with served(site) as found:
        with found.env("gm") as env:
            for name, code, price in THINGS:
                env.records(Thing).create({"name": name, "code": code, "price": Decimal(price)})
            env.records(Coin).create({"code": "USD", "decimals": 2})
        yield found


@pytest.fixture
def enter(live: Live, browser: Browser) -> Iterator[Enter]:
    with visitors(live, browser) as make:
        yield make


def cell(page: Page, row: int, name: str) -> Locator:
    """What is typed into: the control of a column in the row of that number."""
    return page.locator(
        f"[data-line] >> nth={row - 1} >> [data-cell={name}] :is(input:not([type=hidden]), select, textarea)"
    )


def shown(page: Page, name: str) -> Locator:
    return page.locator(f'.lines-totals [data-derived="{name}"]')


def stored(live: Live, page: Page, *names: str) -> list[tuple[Any, ...]]:
    page.wait_for_url("**/sheet/*")
    expect(page.locator(".lines-block")).to_be_visible()
    with live.env("gm") as env:
        rows = env.parts(env.get(Sheet, int(page.url.rsplit("/", 1)[1])), "lines")
        return [tuple(getattr(row, name) for name in names) for row in rows]


def sheet(live: Live, *texts: str) -> int:
    with live.env("gm") as env:
        lines = [{"description": text, "price": Decimal(10)} for text in texts]
        return int(env.records(Sheet).create({"name": "Offer", "lines": lines}).id)


def test_three_lines_are_typed_with_the_keyboard_alone(enter: Enter, live: Live) -> None:
    page = enter("gm", "/sheet/new")
    keys = page.keyboard
    page.get_by_label("Name").fill("Offer")
    cell(page, 1, "thing_id").focus()

    # By its code, faster than any list opens; the quantity with Enter.
    keys.type("A-100")
    keys.press("Enter")
    expect(cell(page, 1, "description")).to_be_focused()
    expect(cell(page, 1, "description")).to_have_value("Motor")
    keys.press("Tab")
    keys.type("2")
    for _ in range(6):
        keys.press("Enter")
    expect(cell(page, 2, "thing_id")).to_be_focused()
    expect(shown(page, "total")).to_have_text("NT$240")
    # By its name, from the list.
    keys.type("cab")
    expect(page.get_by_role("option", name="Cable")).to_have_attribute("aria-selected", "true")
    keys.press("Tab")
    expect(cell(page, 2, "price")).to_have_value("15")
    for _ in range(7):
        keys.press("Tab")
    expect(cell(page, 3, "thing_id")).to_be_focused()
    # A line of text alone.
    keys.press("Enter")
    keys.type("Freight")
    for key in ("Enter", "5", "Enter", "Enter", "7"):
        keys.press(key)
    expect(shown(page, "total")).to_have_text("NT$290")
    keys.press("Control+s")

    assert stored(live, page, "description", "quantity", "price", "amount") == [
        ("Motor", Decimal(2), Decimal(120), Decimal(240)),
        ("Cable", Decimal(1), Decimal(15), Decimal(15)),
        ("Freight", Decimal(5), Decimal(7), Decimal(35)),
    ]


def test_rows_are_moved_removed_and_brought_back_by_keyboard(enter: Enter, live: Live) -> None:
    page = enter("gm", f"/sheet/{sheet(live, 'one', 'two', 'three')}/edit")
    cell(page, 3, "description").focus()

    page.keyboard.press("Alt+ArrowUp")
    expect(cell(page, 2, "description")).to_have_value("three")
    expect(cell(page, 2, "description")).to_be_focused()
    cell(page, 1, "price").focus()
    page.keyboard.press("Alt+Delete")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    expect(shown(page, "total")).to_have_text("NT$20")
    page.keyboard.press("Enter")
    expect(shown(page, "total")).to_have_text("NT$30")
    cell(page, 3, "description").focus()
    page.keyboard.press("Alt+Delete")
    page.keyboard.press("Control+s")

    assert stored(live, page, "position", "description") == [(1, "one"), (2, "three")]


def test_rows_are_pasted_from_a_spreadsheet(enter: Enter, live: Live) -> None:
    page = enter("gm", "/sheet/new")
    page.get_by_label("Name").fill("Offer")
    cell(page, 1, "thing_id").focus()
    text = 'A-200\t"Cable, 2 m"\t1,000\tBox\t12.5\r\nHousing\t\t3\tHour\t\r\nNo such thing\tText\t1\t\t1\r\n'

    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const given = { clipboardData, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", given));
        }""",
        text,
    )

    expect(cell(page, 1, "thing_id")).to_have_value("Cable")
    expect(cell(page, 1, "description")).to_have_value("Cable, 2 m")
    expect(cell(page, 2, "price")).to_have_value("40")
    expect(page.locator("[data-line] >> nth=2 >> [data-cell=thing_id]")).to_contain_text("choose an existing record")
    expect(cell(page, 3, "thing_id")).to_have_value("No such thing")
    # What the server did not find is looked for again where it stands.
    cell(page, 3, "thing_id").click()
    expect(page.locator("[data-line] >> nth=2 >> .lookup-none")).to_be_visible()
    page.keyboard.press("Escape")
    cell(page, 3, "thing_id").fill("")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+s")

    assert stored(live, page, "description", "quantity", "unit", "price") == [
        ("Cable, 2 m", Decimal(1000), "box", Decimal("12.5")),
        ("Housing", Decimal(3), "hour", Decimal(40)),
        ("Text", Decimal(1), "piece", Decimal(1)),
    ]


def test_enter_of_the_input_method_stays_in_its_cell(enter: Enter, live: Live) -> None:
    page = enter("gm", "/sheet/new")
    cell(page, 1, "description").focus()
    page.keyboard.type("馬達")

    composing(page, "Enter")
    composing(page, "Tab")

    expect(cell(page, 1, "description")).to_be_focused()


def test_what_is_wrong_is_said_at_the_cell_and_goes_again(enter: Enter, live: Live) -> None:
    page = enter("gm", f"/sheet/{sheet(live, 'one')}/edit")
    quantity, place = cell(page, 1, "quantity"), page.locator("[data-cell=quantity] >> nth=0")

    quantity.fill("1001")
    expect(place).to_contain_text("At most a thousand.")
    expect(quantity).to_have_attribute("aria-invalid", "true")
    quantity.fill("10")

    expect(place.locator(".error")).to_be_empty()
    expect(shown(page, "total")).to_have_text("NT$100")


def test_a_coin_that_is_chosen_fills_in_the_day_and_the_amounts(enter: Enter, live: Live) -> None:
    page = enter("gm", f"/sheet/{sheet(live, 'one')}/edit")

    page.get_by_role("combobox", name="Coin").fill("USD")
    page.get_by_role("option", name="USD").click()

    expect(shown(page, "total")).to_have_text("$10.00")
    expect(page.get_by_label("Due on")).not_to_have_value("")


def test_a_phone_shows_cards_that_move_and_go(enter: Enter, live: Live) -> None:
    page = enter("gm", f"/sheet/{sheet(live, 'one', 'two', 'three')}/edit", phone=True)

    page.get_by_role("button", name="Move the row down").first.tap()
    expect(cell(page, 1, "description")).to_have_value("two")
    page.get_by_role("button", name="Remove the row").nth(1).tap()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Save").tap()

    assert stored(live, page, "description") == [("two",), ("three",)]
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_table_fits_a_desk(enter: Enter, live: Live) -> None:
    page = enter("gm", f"/sheet/{sheet(live, 'one', 'two')}/edit")

    table = page.locator(".lines")
    assert table.evaluate("each => each.scrollWidth <= each.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 1280


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("is_phone", [False, True])
def test_axe_finds_nothing(enter: Enter, live: Live, theme: str, is_phone: bool) -> None:
    id = sheet(live, "one", "two")
    page = enter("gm", f"/sheet/{id}", color_scheme=theme, phone=is_phone)
    assert violations(page) == []

    page.goto(f"/sheet/{id}/edit")
    cell(page, 1, "quantity").fill("1001")
    expect(page.locator("[data-cell=quantity] >> nth=0")).to_contain_text("At most a thousand.")
    page.get_by_role("button", name="Remove the row").nth(1).click()

    assert violations(page) == []
