"""Lists of records."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from addons.customer.models import Contact, Customer, Visit
from core import clock
from core.access.models import ShareLevel
from core.pages.nodes import ListPage
from core.pages.plan import plan_list
from core.site import Site
from core.testing.cast import Cast

from .conftest import Browse, grant, make, restrict

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def fill(cast: Cast, count: int, username: str = "sales") -> None:
    with cast.env(username) as env:
        for number in range(1, count + 1):
            customer = make(
                env,
                Customer,
                name=f"客戶 {number:03}",
                level="AB"[number % 2],
                next_contact_on=env.today + timedelta(days=number),
            )
            contact = make(env, Contact, name=f"王{number}明", customer_id=customer.id)
            make(
                env,
                Visit,
                customer_id=customer.id,
                content="談妥",
                contact_id=contact.id,
                visited_at=NOW - timedelta(days=number),
            )


def names(html: str) -> list[str]:
    return re.findall(r'<td class="lead"><a href="/\w+/\d+">([^<]*)</a>', html)


def test_list_shows_rows_with_formatted_cells(browse: Browse, cast: Cast) -> None:
    fill(cast, 2)

    html = browse("sales").get("/customer").text

    assert names(html) == ["客戶 001", "客戶 002"]
    assert '<span class="pill pill-positive">' in html or '<span class="pill' in html
    assert 'title="Tuesday, November 24, 2026">tomorrow</time>' in html
    assert "1–2 of 2" in html
    assert 'aria-sort="ascending"' in html


@pytest.mark.parametrize("url", ["/customer", "/contact", "/visit", "/customer?q=客戶", "/customer?filter=level:is:A"])
@pytest.mark.parametrize("username", ["sales", "gm"])
def test_a_list_asks_as_much_for_30_rows_as_for_one(browse: Browse, cast: Cast, url: str, username: str) -> None:
    browser = browse(username)
    fill(cast, 2)
    browser.get(url)
    browser.get(url)
    few = list(browser.statements)
    fill(cast, 30)

    answer = browser.get(url)
    browser.get(url)

    assert answer.text.count("<tr") >= 17
    assert len(browser.statements) == len(few) <= 8, browser.statements


def test_pages_follow_one_another_and_back(browse: Browse, cast: Cast) -> None:
    with cast.env("sales") as env:
        for number in range(120):
            make(env, Customer, name=f"客戶 {number:03}")
    browser = browse("sales")
    first = browser.get("/customer").text

    second = browser.get(link(first, "next")).text
    third = browser.get(link(second, "next")).text
    back = browser.get(link(third, "prev")).text

    assert names(first)[0] == "客戶 000"
    assert names(second) == names(back)
    assert (names(second)[0], names(third)[-1]) == ("客戶 050", "客戶 119")
    assert "51–100 of 120" in second
    assert "51–100 of 120" in back
    assert "101–120 of 120" in third
    assert 'rel="next"' not in third
    assert 'rel="prev"' not in first


def link(html: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]*)"', html)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_filters_narrow_the_list_and_can_be_taken_away(browse: Browse, cast: Cast) -> None:
    fill(cast, 4)

    html = browse("sales").get("/customer?filter=level:is:A&filter=name:contains:00&sort=-name").text

    assert names(html) == ["客戶 004", "客戶 002"]
    chips = re.findall(r'<li class="chip"><span>([^<]*)</span><a href="([^"]*)"', html)
    assert chips[1] == ("Customer name contains “00”", "/customer?filter=level%3Ais%3AA&amp;sort=-name")


def test_the_filter_form_without_scripts_is_understood(browse: Browse, cast: Cast) -> None:
    fill(cast, 3)
    browser = browse("sales")

    html = browser.get("/customer?filter_field=level&filter_op=is&filter_value=B").text
    overdue = browser.get("/customer?filter=next_contact_on:overdue:").text
    unset = browser.get("/customer?filter=industry:empty:").text

    assert names(html) == ["客戶 001", "客戶 003"]
    assert names(overdue) == []
    assert len(names(unset)) == 3


def test_an_unknown_filter_is_a_bad_request(browse: Browse) -> None:
    for query in ("filter=nonsense:is:1", "filter=level:like:A", "sort=nonsense", "after=xx"):
        assert browse("sales").get(f"/customer?{query}").status_code == 400, query


def test_more_conditions_than_a_database_takes_are_a_bad_request(browse: Browse) -> None:
    address = "/customer?" + "&".join(f"filter=id:not:{number}" for number in range(1, 1200))

    assert browse("sales").get(address).status_code == 400
    assert browse("sales").get("&".join(address.split("&")[:100])).status_code == 200


def test_search_finds_two_characters(browse: Browse, cast: Cast) -> None:
    with cast.env("sales") as env:
        make(env, Customer, name="台榮精密機械")
        make(env, Customer, name="宏達鋼鐵")

    html = browse("sales").get("/customer?q=精密").text

    assert names(html) == ["台榮精密機械"]


def test_prepared_filters_are_tabs(browse: Browse, cast: Cast, site: Site) -> None:
    fill(cast, 2)
    fill(cast, 1, "sales2")
    browser = browse("gm")

    everything, mine = browser.get("/customer").text, browser.get("/customer?quick=mine").text

    assert len(names(everything)) == 3
    assert names(mine) == []
    assert re.search(r'<a href="/customer\?quick=mine" aria-current="page">Mine</a>', mine)
    assert "Nothing found" in mine


def test_a_prepared_filter_by_a_hidden_field_is_not_offered(browse: Browse, site: Site) -> None:
    restrict(site, "salesperson", "customer", "last_visit_on", "hidden")

    html = browse("sales").get("/customer").text

    assert "Never visited" not in html
    assert "Mine" in html


def test_a_script_gets_the_changing_part_alone(browse: Browse, cast: Cast) -> None:
    fill(cast, 1)

    part = browse("sales").part("/customer", "div#list-customer").text

    assert part.lstrip().startswith('<div id="list-customer"')
    assert "<html" not in part
    assert names(part) == ["客戶 001"]


def test_rows_are_ones_own_and_editable_ones_say_so(browse: Browse, cast: Cast) -> None:
    fill(cast, 1)
    fill(cast, 1, "sales2")

    own, all_of_them, none = (browse(who).get("/customer").text for who in ("sales", "gm", "accountant"))

    assert len(names(own)) == 1
    assert len(names(all_of_them)) == 2
    assert 'data-edit="/customer/1/edit" data-fields="/customer/1/cell/"' in own
    assert "You may not see these records" in none


def test_a_row_shared_to_read_has_no_editor(browse: Browse, cast: Cast) -> None:
    from core.access.models import ShareLevel

    fill(cast, 2)
    with cast.env("gm") as env:
        for id, level in ((1, ShareLevel.READ), (2, ShareLevel.EDIT)):
            env.records(Customer).share(env.get(Customer, id), user=cast.sales2, level=level)

    html = browse("sales2").get("/customer").text

    assert names(html) == ["客戶 001", "客戶 002"]
    assert re.findall(r'data-edit="/customer/(\d+)/edit"', html) == ["2"]


def test_names_and_labels_are_escaped(browse: Browse, cast: Cast) -> None:
    with cast.env("sales") as env:
        make(env, Customer, name='<script>alert("x")</script>{id}')

    html = browse("sales").get("/customer").text

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;{id}" in html


def test_a_link_that_one_may_not_open_is_masked(browse: Browse, cast: Cast) -> None:
    with cast.env("gm") as env:
        parent = make(env, Customer, name="宏岳自動化設備公司", owner_id=cast.gm)
        make(env, Customer, name="子公司", owner_id=cast.sales, parent_id=parent.id)

    html = browse("sales").get("/customer/2").text

    assert "宏岳自動化設備公司" not in html
    assert '<span class="masked" title="You may not open this record.">宏岳○○公司</span>' in html


@pytest.mark.parametrize(("level", "shown"), [("masked", "02○○89"), ("masked_list", "02○○89")])
def test_a_masked_field_shows_its_outline(browse: Browse, cast: Cast, site: Site, level: str, shown: str) -> None:
    with cast.env("sales") as env:
        make(env, Customer, name="台榮", phone="02-2345-6789")
    restrict(site, "salesperson", "customer", "phone", level)
    browser = browse("sales")

    html, detail = browser.get("/customer").text, browser.get("/customer/1").text

    assert shown in html
    assert "2345" not in html
    assert ("02-2345-6789" in detail) == (level == "masked_list")


def test_a_hidden_field_does_not_exist(browse: Browse, cast: Cast, site: Site) -> None:
    with cast.env("sales") as env:
        make(env, Customer, name="台榮", phone="02-2345-6789", level="A")
    restrict(site, "salesperson", "customer", "phone", "hidden")
    restrict(site, "salesperson", "customer", "level", "hidden")
    browser = browse("sales")

    html = browser.get("/customer").text

    assert "Phone" not in html
    assert "Level" not in html
    assert browser.get("/customer?filter=level:is:A").status_code == 400
    assert browser.get("/customer?sort=level").status_code == 400
    assert browser.get("/customer/1/field/phone").status_code == 404


@pytest.mark.parametrize("level", ["hidden", "masked", "masked_list"])
def test_a_list_whose_usual_order_the_reader_may_not_know_begins_with_the_newest(
    browse: Browse, cast: Cast, site: Site, level: str
) -> None:
    with cast.env("sales") as env:
        for name in ("乙公司", "甲公司", "丙公司"):
            make(env, Customer, name=name)
    restrict(site, "salesperson", "customer", "name", level)

    html = browse("sales").get("/customer").text

    assert re.findall(r'href="/customer/(\d+)"', html) == ["3", "2", "1"]
    assert "aria-sort" not in html
    assert browse("sales").get("/customer?sort=name").status_code == 400


def test_a_board_by_a_field_that_lists_mask_is_not_there(browse: Browse, cast: Cast, site: Site) -> None:
    restrict(site, "salesperson", "customer", "status", "masked_list")
    browser = browse("sales")

    assert browser.get("/customer/board").status_code == 404
    assert browse("manager").get("/customer/board").status_code == 200


def test_columns_say_why_they_do_not_sort(browse: Browse, cast: Cast) -> None:
    fill(cast, 1)

    html = browse("sales").get("/customer").text

    assert '<span title="The list cannot be sorted by this column.">Owner</span>' in html
    assert 'id="list-customer-sort-last_visit_on"' in html


def test_an_empty_list_names_the_first_step(browse: Browse) -> None:
    html = browse("sales").get("/customer").text

    assert "No Customers yet" in html
    assert html.count('href="/customer/new"') == 2


def test_the_recycle_bin_restores(browse: Browse, cast: Cast) -> None:
    fill(cast, 2)
    with cast.env("gm") as env:
        env.records(Customer).delete(env.get(Customer, 1))
    browser = browse("gm")

    html = browser.get("/customer?bin=1").text
    restored = browser.post("/customer/bulk/restore", {"ids": "1"})

    assert "客戶 001" in html
    assert "客戶 002" not in html
    assert "/customer/1" not in html
    assert restored.location == "/customer"
    assert names(browser.get("/customer").text) == ["客戶 001", "客戶 002"]


@pytest.mark.parametrize("username", ["sales", "sales2"])
def test_the_recycle_bin_is_closed_to_who_may_not_delete(browse: Browse, cast: Cast, site: Site, username: str) -> None:
    fill(cast, 1)
    grant(site, "salesperson", "customer", "export", "own")
    with cast.env("gm") as env:
        env.records(Customer).delete(env.get(Customer, 1))
    browser = browse(username)

    page, file = browser.get("/customer?bin=1"), browser.get("/export/customer.csv?bin=1")
    browser.post("/customer/bulk/restore", {"ids": "1"})

    assert (page.status_code, file.status_code) == (404, 404)
    assert browse("gm").get("/customer/1").status_code == 404


def test_the_recycle_bin_holds_what_one_could_have_deleted(browse: Browse, cast: Cast, site: Site) -> None:
    fill(cast, 2)
    fill(cast, 1, "sales2")
    with cast.env("gm") as env:
        records = env.records(Customer)
        records.assign(env.get(Customer, 2), to=cast.manager)
        records.share(env.get(Customer, 3), user=cast.sales, level=ShareLevel.EDIT)
        for id in (1, 2, 3):
            records.delete(env.get(Customer, id))
    grant(site, "salesperson", "customer", "delete", "own")
    grant(site, "salesperson", "customer", "export", "own")
    browser = browse("sales")

    page, file = browser.get("/customer?bin=1").text, browser.get("/export/customer.csv?bin=1").text

    assert "客戶 001" in page
    assert "客戶 002" not in page + file
    assert file.count("客戶 001") == 1
    assert "1–1 of 1" in page


def test_a_column_over_a_link_shows_no_more_than_the_link(cast: Cast, site: Site) -> None:
    page = ListPage(model=Contact, columns=("name", "customer_id", "customer_id.phone"))
    with cast.env("sales", write=False) as env:
        assert [head.path.name for head in plan_list(env, page).heads] == list(page.columns)
    restrict(site, "salesperson", "contact", "customer_id", "masked_list")

    with cast.env("sales", write=False) as env:
        assert [head.path.name for head in plan_list(env, page).heads] == ["name", "customer_id"]
