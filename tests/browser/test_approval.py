"""Deciding and making flows by keyboard, on a desk and a phone, in both themes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from addons.approval.models import ApprovalFlow, ApprovalRequest
from addons.sales.models import Quote
from tests.browser.conftest import Enter, Live
from tests.browser.test_every_page import left_out, violations


@pytest.fixture(scope="module")
def waiting(live: Live) -> int:
    """The quote of the demo that waits for the general manager."""
    with live.site.system("look", write=False) as env:
        wanted = select(ApprovalRequest.record_id).where(ApprovalRequest.state == "pending")
        return env.session.scalars(wanted.order_by(ApprovalRequest.id).limit(1)).one()


def tab_to(page: Page, name: str, *, most: int = 60) -> None:
    """Goes on with the Tab key until the control of that name has the focus."""
    for _step in range(most):
        if page.evaluate("document.activeElement?.textContent?.trim() ?? ''").startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached with Tab.")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
def test_pages_of_approval_are_accessible_and_fit(
    theme: str, phone: bool, enter: Enter, live: Live, waiting: int
) -> None:
    with live.site.system("look", write=False) as env:
        flow = env.session.scalars(select(ApprovalFlow.id).limit(1)).one()
    pages = {"gm": ["/approval", f"/quote/{waiting}"], "admin": [f"/approval_flow/{flow}/editor", "/approval/1"]}

    for who, paths in pages.items():
        page = enter(who, "/approval", phone=phone, color_scheme=theme)
        for path in paths:
            page.goto(path)
            assert (path, violations(page), left_out(page)) == (path, [], [])


def test_a_flow_is_made_by_keyboard_alone(enter: Enter, live: Live) -> None:
    page = enter("admin", "/approval_flow")

    tab_to(page, "New approval flow")
    page.keyboard.press("Enter")
    page.wait_for_url("**/approval_flow/editor")
    page.get_by_label("What is to be approved").select_option("order.approve")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    page.get_by_label("Name", exact=True).fill("Orders")
    tab_to(page, "Add a step")
    page.keyboard.press("Enter")

    second = page.get_by_role("group", name="Step 2")
    # Whoever has added a step goes on in it.
    expect(second.get_by_label("Name of the step")).to_be_focused()
    page.keyboard.type("Boss")
    page.keyboard.press("Tab")
    page.keyboard.type("Named")
    second.get_by_label("張淑芬").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.get_by_text("The approval flow is saved.")).to_be_visible()
    with live.site.system("look", write=False) as env:
        made = env.session.scalars(select(ApprovalFlow).where(ApprovalFlow.name == "Orders")).one()
        told = [(step["who"], step["name"], step["users"]) for step in made.steps]
    assert told == [("supervisor", "", []), ("users", "Boss", [live.ids["gm"]])]


def test_the_general_manager_approves_by_keyboard_with_an_opinion(enter: Enter, live: Live, waiting: int) -> None:
    page = enter("gm", f"/quote/{waiting}")
    expect(page.get_by_text("You are asked to decide.")).to_be_visible()

    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Approve")
    expect(dialog.get_by_label("Opinion")).to_be_focused()
    page.keyboard.type("Good customer")
    page.keyboard.press("Tab")
    tab_to(page, "Approve")
    page.keyboard.press("Enter")

    expect(page.get_by_text("You are asked to decide.")).to_be_hidden()
    expect(page.get_by_text("Good customer").first).to_be_visible()
    assert live.read(Quote, waiting, "state", "approved_by_id") == ["approved", live.ids["gm"]]
