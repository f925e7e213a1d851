"""Progress that moves by itself, the bell, and a start page that each reader arranges."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from core.i18n import _
from core.jobs import outbox
from core.jobs.outbox import OUTBOX
from core.jobs.result import JobResult
from tests.browser.conftest import Enter, Live
from tests.browser.test_every_page import violations
from tests.core.jobs import jobs_for_tests  # noqa: F401  (declares the jobs)

CARDS = [
    "Customers",
    "New customers",
    "Visits",
    "Overdue, all owners",
    "Forecast",
    "To contact today",
    "My approvals",
    "Overdue contacts",
    "My stale opportunities",
    "Receivables due",
    "My recent customers",
    "Customers by status",
    "Forecast per month",
    "Visits per month",
]
"""The start page as it comes."""


def running(live: Live, username: str = "sales") -> tuple[int, outbox.Claim]:
    """A job of that person that a worker has begun."""
    with live.env(username) as env:
        id = env.enqueue("test.long", name="browser", count=100)
    claim = outbox.claim(live.site, id)
    assert claim is not None
    return id, claim


def tell(live: Live, claim: outbox.Claim, done: int, note: str) -> None:
    with outbox.writing(live.site) as connection:
        values = {"done_count": done, "total": 100, "note": _("Step {number}", number=note).as_json()}
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == claim.id).values(**values))


def end(live: Live, claim: outbox.Claim) -> None:
    claim.done, claim.total = 100, 100
    with live.site.system("end") as env:
        outbox.finish(env, claim, JobResult(_("{count} steps are done", count=100), url="/customer"))


def test_progress_moves_by_itself_until_the_end(enter: Enter, live: Live) -> None:
    id, claim = running(live)
    tell(live, claim, 25, "25")
    page = enter("sales", f"/jobs/{id}")
    bar = page.get_by_role("progressbar", name="Long work")
    expect(bar).to_have_attribute("value", "25")

    tell(live, claim, 60, "60")

    expect(bar).to_have_attribute("value", "60")
    expect(page.get_by_text("60 of 100")).to_be_visible()
    expect(page.get_by_text("Step 60")).to_be_visible()
    assert violations(page) == []
    end(live, claim)
    expect(page.get_by_text("100 steps are done", exact=True)).to_be_visible()
    expect(page.locator("#live")).to_contain_text("Done: 100 steps are done")
    expect(page.get_by_role("link", name="Go there")).to_have_attribute("href", "/customer")
    # Who has seen the end is not told of it once more.
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    assert violations(page) == []


def test_nothing_is_asked_while_nobody_looks(enter: Enter, live: Live) -> None:
    id, claim = running(live)
    page = enter("sales", f"/jobs/{id}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith(f"/jobs/{id}") else None)

    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_timeout(300)
    asked.clear()
    page.wait_for_timeout(2500)
    hidden = len(asked)
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: false, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_timeout(500)

    assert hidden == 0
    assert len(asked) >= 1
    outbox.stop(live.site, claim)


def test_a_running_job_is_cancelled(enter: Enter, live: Live) -> None:
    id, claim = running(live)
    page = enter("sales", f"/jobs/{id}")

    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_text("Stopping")).to_be_visible()
    outbox.stop(live.site, claim)
    expect(page.locator(".job").get_by_text("Cancelled")).to_be_visible()


@pytest.mark.parametrize("phone", [False, True])
def test_the_bell_opens_leads_on_and_counts_down(enter: Enter, live: Live, phone: bool) -> None:
    with live.env("gm") as env:
        env.notify([live.ids["sales2"]], _("Saved"), url="/customer")
    page = enter("sales2", "/preferences", phone=phone)
    bell = page.get_by_role("button", name="Notifications, 1 unread")

    bell.click()

    link = page.locator("#bell-menu").get_by_role("link", name="Unread: Saved")
    expect(link).to_be_focused()
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, "color-contrast") == []
    page.emulate_media(color_scheme="light")
    link.press("Enter")
    expect(page).to_have_url(f"{live.url}/customer")
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()


def test_cards_are_arranged_by_keyboard_and_each_reader_has_their_own(enter: Enter, live: Live) -> None:
    page = enter("sales", "/")
    heads = page.locator(".dash-card h2")
    expect(heads).to_have_text(CARDS)
    page.get_by_role("link", name="Arrange").click()
    assert violations(page) == []

    down = page.get_by_role("button", name="Move down: To contact today")
    down.press("Enter")
    expect(down).to_be_focused()
    expect(page.locator("#live")).to_contain_text("number 7")
    page.get_by_label("Overdue contacts", exact=True).uncheck()
    page.get_by_role("button", name="Save").last.click()

    moved = [head for head in CARDS if head not in ("Overdue contacts", "To contact today")]
    moved.insert(moved.index("My approvals") + 1, "To contact today")
    expect(heads).to_have_text(moved)
    other = enter("sales2", "/")
    expect(other.locator(".dash-card h2")).to_have_text(CARDS)


def test_a_card_that_fails_says_so_and_tries_again(enter: Enter, live: Live) -> None:
    page = enter("manager", "/preferences")
    page.route("**/card/overdue", lambda route: route.abort())
    page.goto("/")
    failed = page.locator(".dash-card", has_text="Overdue contacts")
    expect(failed.get_by_text("This could not be loaded.")).to_be_visible()
    expect(page.locator(".dash-card", has_text="My recent customers").locator(".card-rows, .empty")).to_be_visible()
    page.unroute("**/card/overdue")

    failed.get_by_role("button", name="Try again").click()

    expect(failed.locator(".card-rows, .empty")).to_be_visible()


def test_an_action_on_all_rows_of_a_list_becomes_a_job(enter: Enter, live: Live) -> None:
    page = enter("gm", "/customer")
    page.get_by_label("Select all rows on this page").check()
    every = page.locator("[data-bulk-all]")
    expect(every).to_be_visible()

    every.press("Enter")
    shown = every.inner_text().removeprefix("All ").strip()
    expect(page.locator("[data-bulk-count]")).to_have_text(f"{shown} selected")
    assert violations(page) == []
    page.locator(".bulk").get_by_role("button", name="Assign").click()

    expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text(f"{shown} record")
    page.keyboard.press("Escape")
    page.get_by_label("Clear the selection").click()
    expect(every).to_be_hidden()
