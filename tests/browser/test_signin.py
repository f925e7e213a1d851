"""Coming in, going out, and having forgotten the password."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Enter


def test_wrong_password_is_refused_and_name_is_kept(enter: Enter) -> None:
    page = enter()
    page.get_by_label("Sign-in name").fill("sales")
    page.get_by_label("Password").fill("wrong")

    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("alert")).to_have_text("The sign-in name or the password is wrong.")
    expect(page.get_by_label("Sign-in name")).to_have_value("sales")
    expect(page.get_by_label("Password")).to_have_value("")


def test_demo_account_fills_in_the_form(enter: Enter) -> None:
    page = enter(locale="zh-TW")

    page.get_by_role("button", name="林怡君").click()

    expect(page.get_by_role("textbox", name="帳號")).to_have_value("sales")
    page.get_by_role("button", name="登入", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("林怡君")


def test_page_asked_for_is_shown_after_signing_in(enter: Enter) -> None:
    page = enter(path="/contact?q=經理")
    page.get_by_label("Sign-in name").fill("sales")
    page.get_by_label("Password").fill("demo")

    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Contacts")
    expect(page.get_by_role("searchbox")).to_have_value("經理")


def test_sign_out_closes_the_pages(enter: Enter) -> None:
    page = enter()
    page.get_by_label("Sign-in name").fill("accountant")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Account of").click()

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    page.goto("/customer")
    expect(page).to_have_url("/signin?next=%2Fcustomer")


def test_forgotten_password_answers_the_same_for_everybody(enter: Enter) -> None:
    answers = []
    for name in ("sales", "nobody-of-that-name"):
        page = enter(path="/signin")
        page.get_by_role("link", name="Forgot the password?").click()
        page.get_by_role("textbox").fill(name)
        page.get_by_role("button", name="Send the link").click()
        answers.append(page.locator(".banner").inner_text())

    assert answers == ["This site sends no mail yet. Ask an administrator for a new password."] * 2
