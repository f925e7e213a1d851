"""The log of exports: who took what out, shown to administrators."""

import re
from collections.abc import Callable

import pytest

from addons.customer.models import Customer
from core.jobs import worker
from core.printing import engine
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

Visit = Callable[[str], Visitor]


@pytest.fixture
def customers(cast: Cast) -> None:
    with cast.env("sales") as env:
        for number in range(3):
            env.records(Customer).create({"name": f"客戶 {number}", "level": "AB"[number % 2]})


def logged(visitor: Visitor) -> list[str]:
    html = visitor.get("/settings/exports").text
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html.split("<tbody>")[1], re.S) if "<tbody>" in html else []
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_exports_are_listed_with_filter_and_number(visit: Visit, customers: None) -> None:
    visit("gm").get("/export/customer.csv?filter=level:is:A")
    visit("manager").get("/export/customer.xlsx?q=客戶")

    found = logged(visit("admin"))

    assert len(found) == 2
    assert re.search(r"Customers 陳建宏 .* 3 XLSX Search: 客戶 \d+", found[0])
    assert re.search(r"Customers 張淑芬 .* 2 CSV Level is A \d+", found[1])


def test_one_in_the_background_is_logged_alike(site: Site, visit: Visit, customers: None) -> None:
    job = visit("gm").post("/export/customer.csv").headers["Location"]
    before = logged(visit("admin"))
    worker.execute(site, int(job.rsplit("/", 1)[1]))

    assert before == []
    assert re.search(r"Customers 張淑芬 .* 3 CSV everything", logged(visit("admin"))[0])


def test_a_printed_list_is_logged_alike(visit: Visit, customers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "typeset", lambda *_given, **_more: b"%PDF")

    visit("sales").get("/print/customer?filter=level:is:A")

    assert re.search(r"Customers 林怡君 .* 2 PDF Level is A \d+", logged(visit("admin"))[0])


def test_names_of_what_the_reader_may_not_see_stay_hidden(visit: Visit, customers: None) -> None:
    visit("gm").get("/export/customer.csv?filter=parent_id:is:1")

    assert "客戶" not in visit("admin").get("/settings/exports").text


def test_me_in_a_filter_is_who_exported(visit: Visit, customers: None) -> None:
    visit("gm").get("/export/customer.csv?filter=owner_id:is:me&filter=level:is:A")

    assert "Owner is 張淑芬 · Level is A" in logged(visit("admin"))[0]


@pytest.mark.parametrize("username", ["gm", "manager", "sales", "accountant"])
def test_only_administrators_see_it(visit: Visit, username: str) -> None:
    assert visit(username).get("/settings/exports").status_code == 403
    assert "/settings/exports" not in visit(username).get("/preferences").text


def test_older_ones_are_on_further_pages(visit: Visit, customers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("addons.base.views.exports.PAGE", 2)
    for _number in range(3):
        visit("gm").get("/export/customer.csv")
    admin = visit("admin")

    following = re.search(r'href="(/settings/exports\?before=\d+)"', admin.get("/settings/exports").text)

    assert following is not None
    assert len(logged(admin)) == 2
    assert admin.get(following[1]).text.count("<tr") == 2
