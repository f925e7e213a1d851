"""A day with customers: adding, visiting, changing, handing over, deleting, as people do it."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import FilePayload, Locator, Page, expect

from addons.customer.models import Customer
from tests.browser.conftest import Enter, Live


def test_wrong_values_are_shown_at_their_fields_and_the_rest_is_kept(enter: Enter) -> None:
    page = enter("sales", "/customer")
    page.get_by_role("link", name="New Customer").click()
    page.get_by_label("Short name").fill("晨曦")
    page.get_by_label("Unified business number").fill("12345678")
    page.get_by_label("E-mail").fill("not an address")

    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert")).to_contain_text("3 things need your attention")
    expect(page.locator("#f-name-error")).to_have_text("Please fill in this field.")
    expect(page.locator("#f-tax_id-error")).not_to_be_empty()
    expect(page.locator("#f-email-error")).not_to_be_empty()
    expect(page.get_by_label("Short name")).to_have_value("晨曦")
    expect(page.get_by_label("Unified business number")).to_have_value("12345678")
    page.get_by_role("alert").get_by_role("link", name="Customer name").click()
    expect(page.get_by_label("Customer name")).to_be_focused()


def test_new_customer_is_found_in_the_list(enter: Enter) -> None:
    page = enter("sales", "/customer/new")
    page.get_by_label("Customer name").fill("晨曦光學實業有限公司")
    page.get_by_label("Phone").fill("02-2345-6789")
    page.get_by_label("Level").select_option("A")

    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("晨曦光學實業有限公司")
    expect(page.locator(".toast")).to_contain_text("晨曦光學實業有限公司 created")
    page.goto("/customer?q=晨曦光學")
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("02-2345-6789")
    expect(row).to_contain_text("林怡君")


def test_leaving_a_form_with_changes_asks_first(enter: Enter) -> None:
    page = enter("sales", "/customer/new")
    page.get_by_label("Customer name").fill("還沒存的客戶")

    page.get_by_role("link", name="Cancel").click()

    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("not saved")
    dialog.get_by_role("button", name="Stay here").click()
    expect(page.get_by_label("Customer name")).to_have_value("還沒存的客戶")


def test_visit_with_next_contact_in_one_go(enter: Enter, live: Live) -> None:
    id = live.customer("遠昇包裝材料有限公司")
    page = enter("sales", f"/customer/{id}")
    soon = live.today + timedelta(days=3)

    page.get_by_text("Record a visit…").click()
    page.get_by_role("textbox", name="Content").fill("看過產線，下週送樣。")
    page.get_by_role("textbox", name="Next contact").fill(soon.isoformat())
    page.locator(".composer").get_by_role("button", name="Save").click()

    expect(page.locator(".timeline .event").filter(has_text="看過產線，下週送樣。")).to_have_count(1)
    facts = page.locator(".panel").filter(has_text="Next step")
    expect(facts.locator(".fact").filter(has_text="Next contact")).to_contain_text("in 3 days")
    expect(facts.locator(".fact").filter(has_text="Last visit")).to_contain_text("today")
    assert live.read(Customer, id, "next_contact_on") == [soon]


def test_next_step_is_done_in_place(enter: Enter, live: Live) -> None:
    """Each of them without leaving the page, and gone once it is done."""
    id = live.customer("下一步有限公司")
    page = enter("sales", f"/customer/{id}")
    steps = page.get_by_role("region", name="What to do next")
    expect(steps.locator(".btn")).to_have_text("Record a visit")

    steps.get_by_role("link", name="Plan").click()
    page.get_by_role("dialog").get_by_role("button", name="In a week").click()
    page.get_by_role("dialog").get_by_role("button", name="Plan next contact").click()
    expect(steps).not_to_contain_text("No next contact")
    steps.get_by_role("link", name="Add a contact").click()
    page.get_by_role("dialog").get_by_role("textbox", name="Name", exact=True).fill("王小明")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(steps).not_to_contain_text("no contact")
    expect(page).to_have_url(re.compile(f"/customer/{id}$"))
    steps.get_by_role("link", name="Fill in").click()
    page.locator(".panel .inline-form").get_by_role("textbox").fill("02-8751-4406")
    page.keyboard.press("Enter")
    expect(page.locator(".panel .inline-form")).to_have_count(0)
    steps.get_by_role("link", name="Record a visit").click()
    page.locator(".composer").get_by_role("button", name="Save").click()

    expect(steps).to_have_count(0)
    assert live.read(Customer, id, "phone", "next_contact_on") == ["02-8751-4406", live.today + timedelta(days=7)]


def test_visit_without_content_is_refused_in_place(enter: Enter, live: Live) -> None:
    id = live.customer("立峰紙器有限公司")
    page = enter("sales", f"/customer/{id}")
    page.get_by_text("Record a visit…").click()
    page.get_by_role("textbox", name="Content").fill(" ")

    page.locator(".composer").get_by_role("button", name="Save").click()

    expect(page.locator(".composer").get_by_role("alert")).to_contain_text("Content")
    expect(page.get_by_label("Content")).to_be_visible()


def test_file_is_added_and_opened(enter: Enter, live: Live) -> None:
    id = live.customer("附件測試有限公司")
    page = enter("sales", f"/customer/{id}")
    page.get_by_role("link", name="Files").click()

    # The tab before has a field for a photo.
    expect(page.locator(".tab-content").get_by_role("button", name="Upload")).to_be_visible()
    file = FilePayload(name="報價單.txt", mimeType="text/plain", buffer="單價 1,200 元".encode())
    page.locator(".tab-content input[type=file]").set_input_files([file])
    page.locator(".tab-content").get_by_role("button", name="Upload").click()

    link = page.locator(".tab-content").get_by_role("link", name="報價單.txt")
    expect(link).to_be_visible()
    answer = page.request.get(link.get_attribute("href") or "")
    assert answer.text() == "單價 1,200 元"
    outsider = enter("sales2")
    assert outsider.request.get(link.get_attribute("href") or "").status == 404


def test_overdue_contact_is_marked_with_a_sign(enter: Enter, live: Live) -> None:
    live.customer("逾期測試企業社", next_contact_on=live.today - timedelta(days=2))

    page = enter("sales", "/customer?q=逾期測試")

    cell = page.locator("tbody .overdue")
    expect(cell).to_have_text("2 days ago")
    expect(cell.get_by_role("img", name="Overdue")).to_be_visible()


def test_field_is_edited_where_it_stands(enter: Enter, live: Live) -> None:
    id = live.customer("新紀元食品有限公司", phone="02-2345-0001")
    page = enter("sales", f"/customer/{id}")
    fact = page.locator(".panel .fact").filter(has_text="E-mail")

    fact.hover()
    fact.get_by_role("button", name="Edit E-mail").click()
    fact.get_by_role("textbox").fill("wrong")
    fact.get_by_role("textbox").press("Enter")
    expect(fact.get_by_role("alert")).not_to_be_empty()
    fact.get_by_role("textbox").fill("info@example.com")
    fact.get_by_role("textbox").press("Enter")

    expect(fact.get_by_role("link")).to_have_text("info@example.com")
    assert live.read(Customer, id, "email") == ["info@example.com"]


def test_escape_takes_an_edit_back(enter: Enter, live: Live) -> None:
    id = live.customer("聚誠五金行", short_name="聚誠")
    page = enter("sales", "/customer?q=聚誠五金")
    cell = page.locator("tbody td[data-name=status]")
    before = cell.inner_text()

    cell.dblclick()
    cell.get_by_role("combobox").select_option(label="Won")
    cell.get_by_role("combobox").press("Escape")

    expect(cell.get_by_role("combobox")).to_have_count(0)
    assert cell.inner_text() == before
    assert live.read(Customer, id, "status") == ["potential"]


def test_cell_of_a_list_is_saved_with_enter(enter: Enter, live: Live) -> None:
    id = live.customer("聯寶塑膠有限公司")
    page = enter("sales", "/customer?q=聯寶塑膠")
    cell = page.locator("tbody td[data-name=status]")

    cell.dblclick()
    cell.get_by_role("combobox").select_option(label="Won")
    cell.get_by_role("combobox").press("Enter")

    expect(cell.locator(".pill")).to_have_text("Won")
    assert live.read(Customer, id, "status") == ["won"]


def test_second_of_two_editors_compares_and_chooses(enter: Enter, live: Live) -> None:
    id = live.customer("雙人編輯股份有限公司", phone="02-2345-0001", address="台北市")
    first, second = enter("sales", f"/customer/{id}/edit"), enter("manager", f"/customer/{id}/edit")
    first.get_by_label("Phone").fill("02-2345-0002")
    first.get_by_label("Address").fill("新北市")
    first.get_by_role("button", name="Save").click()
    expect(first.locator(".toast")).to_contain_text("Saved")
    second.get_by_label("Phone").fill("02-2345-0003")
    second.get_by_label("Address").fill("桃園市")

    second.get_by_role("button", name="Save").click()

    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("林怡君 saved this first")
    _row(conflict, "Phone").get_by_role("radio", name="You").check()
    _row(conflict, "Address").get_by_role("radio", name="林怡君").check()
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("雙人編輯股份有限公司")
    assert live.read(Customer, id, "phone", "address") == ["02-2345-0003", "新北市"]


def _row(conflict: Locator, label: str) -> Locator:
    return conflict.locator("fieldset").filter(has_text=label)


def test_assigned_customer_is_out_of_sight_for_its_old_owner(enter: Enter, live: Live) -> None:
    id = live.customer("交接測試有限公司")
    page = enter("manager", f"/customer/{id}")
    page.locator(".page-actions").get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Assign").click()
    dialog = page.get_by_role("dialog")

    choose(page, "New owner", "吳佩珊")
    dialog.get_by_label("Reason").fill("轉區")
    dialog.get_by_role("button", name="Assign").click()

    expect(page.locator(".detail-facts")).to_contain_text("吳佩珊")
    old = enter("sales", f"/customer/{id}")
    expect(old.locator(".error-status")).to_have_text("404")


def test_dialog_says_what_is_missing(enter: Enter, live: Live) -> None:
    id = live.customer("漏填測試有限公司")
    page = enter("manager", f"/customer/{id}")
    page.locator(".page-actions").get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Assign").click()
    dialog = page.get_by_role("dialog")

    dialog.get_by_role("button", name="Assign").click()

    expect(dialog.locator(".error")).to_contain_text(["Please fill in this field."])
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()


def test_collaborator_sees_the_customer(enter: Enter, live: Live) -> None:
    id = live.customer("協作測試有限公司", level="B")
    assert enter("sales2", f"/customer/{id}").locator(".error-status").inner_text() == "404"
    page = enter("manager", f"/customer/{id}")
    page.locator(".page-actions").get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Add a collaborator").click()

    expect(page.get_by_label("Access").locator("option:checked")).to_have_text("may see")
    choose(page, "User", "黃志明")
    page.get_by_role("dialog").get_by_role("button", name="Add a collaborator").click()

    expect(page.locator(".tab-list tbody")).to_contain_text("黃志明")
    other = enter("sales2", f"/customer/{id}")
    expect(other.get_by_role("heading", level=1)).to_have_text("協作測試有限公司")
    expect(other.get_by_role("link", name="Edit", exact=True)).to_have_count(0)


def test_delete_is_undone_in_the_toast(enter: Enter, live: Live) -> None:
    id = live.customer("誤刪測試有限公司")
    page = enter("manager", f"/customer/{id}")
    delete(page)
    expect(page).to_have_url("/customer")

    page.locator(".toast").get_by_role("button", name="Undo").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("誤刪測試有限公司")
    assert live.read(Customer, id, "deleted_at") == [None]


def test_deleted_customer_is_restored_from_the_recycle_bin(enter: Enter, live: Live) -> None:
    id = live.customer("回收測試有限公司")
    page = enter("manager", f"/customer/{id}")
    delete(page)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("link", name="Recycle bin").click()
    row = page.locator("tbody tr").filter(has_text="回收測試有限公司")

    row.get_by_role("checkbox").check()
    page.locator(".bulk").get_by_role("button", name="Restore").click()

    expect(row).to_have_count(0)
    assert live.read(Customer, id, "deleted_at") == [None]


def delete(page: Page) -> None:
    """Deletes the record that is open, after confirming."""
    page.locator(".page-actions").get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()


def choose(page: Page, label: str, name: str) -> None:
    """Looks a record up by its name and takes it."""
    page.get_by_role("combobox", name=label).fill(name)
    page.get_by_role("option", name=name).first.click()
