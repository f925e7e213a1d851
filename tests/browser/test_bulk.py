"""Many records at once in a real browser: editing them, undoing that, and handing over what a leaver had."""

import pytest
from playwright.sync_api import Page, expect

from addons.customer.models import Customer
from core.access.models import User
from core.jobs import worker
from tests.browser.conftest import Enter, Live
from tests.browser.test_every_page import violations


def edit_dialog(page: Page, *names: str) -> None:
    """Ticks the first rows and chooses the fields to change."""
    page.locator("tbody .tick input").nth(0).click()
    page.locator("tbody .tick input").nth(2).click(modifiers=["Shift"])
    page.locator(".bulk").get_by_role("button", name="Edit").click()
    for name in names:
        page.get_by_label("Field to change").select_option(label=name)


@pytest.fixture
def factories(live: Live, request: pytest.FixtureRequest) -> list[int]:
    """Three customers that no other test has."""
    return [live.customer(f"批次{request.node.name[-12:]}{n}號工廠", level="A") for n in range(3)]


def open_list(enter: Enter, request: pytest.FixtureRequest) -> Page:
    return enter("manager", f"/customer?q=批次{request.node.name[-12:]}&sort=name")


def test_fields_are_set_added_to_and_emptied(
    enter: Enter, live: Live, factories: list[int], request: pytest.FixtureRequest
) -> None:
    page = open_list(enter, request)
    edit_dialog(page, "Level", "Tags", "Source")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Edit 3 records")).to_be_visible()
    dialog.get_by_label("Level", exact=True).select_option("C")
    dialog.get_by_label("What to do with “Tags”").select_option("add")
    dialog.get_by_role("group", name="Tags").get_by_role("checkbox").first.check()
    dialog.get_by_label("What to do with “Source”").select_option("clear")
    assert violations(page) == []

    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("heading", name="3 records will change")).to_be_visible()
    assert violations(page) == []
    stored = [live.read(Customer, id, "level")[0] for id in factories]
    dialog.get_by_role("button", name="Change 3 records").click()

    expect(page.get_by_text("3 records changed")).to_be_visible()
    assert stored == ["A", "A", "A"]
    assert [live.read(Customer, id, "level")[0] for id in factories] == ["C", "C", "C"]
    assert all(len(live.read(Customer, id, "tags")[0]) == 1 for id in factories)


def test_the_whole_edit_is_undone(
    enter: Enter, live: Live, factories: list[int], request: pytest.FixtureRequest
) -> None:
    page = open_list(enter, request)
    edit_dialog(page, "Level")
    page.get_by_role("dialog").get_by_label("Level", exact=True).select_option("D")
    page.get_by_role("dialog").get_by_role("button", name="Preview").click()
    page.get_by_role("dialog").get_by_role("button", name="Change 3 records").click()
    expect(page.get_by_text("3 records changed")).to_be_visible()
    with live.env("manager") as env:
        env.records(Customer).update(env.get(Customer, factories[1]), {"level": "B"})

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("heading", name="Not undone, and why")).to_be_visible()
    expect(page.get_by_text("Changed since, and kept: Level")).to_be_visible()
    assert [live.read(Customer, id, "level")[0] for id in factories] == ["A", "B", "A"]
    assert violations(page) == []


def test_back_keeps_what_was_chosen_and_a_field_is_taken_out_again(
    enter: Enter, factories: list[int], request: pytest.FixtureRequest
) -> None:
    page = open_list(enter, request)
    edit_dialog(page, "Level", "Source")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Level", exact=True).select_option("D")
    dialog.get_by_role("button", name="Do not change “Source”").click()
    expect(dialog.get_by_label("Source", exact=True)).to_be_hidden()
    dialog.get_by_role("button", name="Preview").click()

    dialog.get_by_role("button", name="Back").click()

    expect(dialog.get_by_label("Level", exact=True)).to_have_value("D")
    expect(dialog.get_by_label("Source", exact=True)).to_be_hidden()
    dialog.get_by_label("What to do with “Level”").select_option("")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_text("Choose at least one field.")).to_be_visible()


def test_by_keyboard(enter: Enter, live: Live, factories: list[int], request: pytest.FixtureRequest) -> None:
    page = open_list(enter, request)
    for number in range(3):
        page.locator("tbody .tick input").nth(number).press("Space")
    page.locator(".bulk").get_by_role("button", name="Edit").press("Enter")
    chooser = page.get_by_label("Field to change")
    expect(chooser).to_be_focused()

    chooser.select_option(label="Level")
    expect(page.get_by_role("dialog").get_by_label("Level", exact=True)).to_be_focused()
    page.keyboard.press("B")
    page.get_by_role("dialog").get_by_role("button", name="Preview").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Change 3 records").press("Enter")

    expect(page.get_by_text("3 records changed")).to_be_visible()
    assert [live.read(Customer, id, "level")[0] for id in factories] == ["B", "B", "B"]


def test_who_leaves_is_handed_over(enter: Enter, live: Live) -> None:
    with live.site.system("somebody who leaves", locale="en") as env:
        leaver = env.records(User).create({"username": "leaver", "name": "要離職的人"}).id
        ids = [env.records(Customer).create({"name": f"交接{n}", "owner_id": leaver}).id for n in range(5)]
    page = enter("admin", f"/user/{leaver}")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Hand over and mark as left").click()
    expect(page.get_by_role("heading", name="Hand over from 要離職的人")).to_be_visible()
    assert violations(page) == []

    page.get_by_role("group", name="In turn with").get_by_label("陳建宏").check()
    page.get_by_role("group", name="In turn with").get_by_label("張淑芬").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Hand over and mark as left").click()
    page.wait_for_url("**/jobs/*")
    worker.execute(live.site, int(page.url.rsplit("/", 1)[1]))

    expect(page.locator(".job-result")).to_have_text("5 records of 要離職的人 handed over")
    owners = [live.read(Customer, id, "owner_id")[0] for id in ids]
    assert set(owners) == {live.ids["gm"], live.ids["manager"]}
    assert {owners.count(owner) for owner in owners} == {2, 3}
    assert live.read(User, leaver, "state") == ["left"]
