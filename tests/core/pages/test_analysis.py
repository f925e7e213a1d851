"""The analysis of a list: what is counted for whom, and where its bars lead."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from sqlalchemy import update

from addons.customer.models import Customer, Visit
from core import clock
from core.access.models import ShareLevel
from core.orm.listing import ListRequest
from core.orm.listing.groups import counts_by
from core.testing.cast import Cast

from .conftest import Browse, make, restrict

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def customer(cast: Cast, name: str, *, who: str = "sales", **values: Any) -> int:
    with cast.env(who) as env:
        return int(make(env, Customer, name=name, **values).id)


def bars(browser: Any, url: str) -> dict[str, str]:
    """Label → number."""
    rows = re.findall(r'<th scope="row">(?:<a[^>]*>)?([^<]*).*?<td>([^<]*)</td>', browser.part(url).text, re.S)
    return {unescape(label): number for label, number in rows}


def test_counts_what_the_reader_may_see(browse: Browse, cast: Cast) -> None:
    first = customer(cast, "甲", level="A", region="taipei")
    customer(cast, "乙", level="B", region="taipei")
    customer(cast, "丙", level="A", who="sales2")

    assert bars(browse("sales"), "/customer/analysis/level") == {"A": "1", "B": "1"}
    assert bars(browse("sales2"), "/customer/analysis/level") == {"A": "1"}
    assert bars(browse("manager"), "/customer/analysis/region") == {"Taipei City": "2"}
    assert bars(browse("gm"), "/customer/analysis/level") == {"A": "2", "B": "1"}
    assert browse("accountant").get("/customer/analysis").status_code == 404
    with cast.env("gm") as env:
        env.records(Customer).share(env.get(Customer, first), user=cast.sales2, level=ShareLevel.READ)
    assert bars(browse("sales2"), "/customer/analysis/level") == {"A": "2"}
    assert bars(browse("sales2"), "/customer/analysis/region") == {"Taipei City": "1", "Not given": "1"}


def test_what_is_deleted_is_not_counted(browse: Browse, cast: Cast) -> None:
    id = customer(cast, "甲", level="A")
    customer(cast, "乙", level="A")
    with cast.env("gm") as env:
        env.records(Customer).delete(env.get(Customer, id))

    assert bars(browse("sales"), "/customer/analysis/level") == {"A": "1"}


def test_follows_filters_and_search(browse: Browse, cast: Cast) -> None:
    customer(cast, "台榮精密", level="A", status="won")
    customer(cast, "台榮電子", level="B", status="won")
    customer(cast, "遠昇包裝", level="B")
    browser = browse("sales")

    assert bars(browser, "/customer/analysis/level?filter=status:is:won") == {"A": "1", "B": "1"}
    assert bars(browser, "/customer/analysis/level?q=台榮") == {"A": "1", "B": "1"}
    assert bars(browser, "/customer/analysis/level?q=台榮&filter=level:is:B") == {"B": "1"}


def test_bar_leads_to_the_records_that_it_counts(browse: Browse, cast: Cast) -> None:
    customer(cast, "台榮精密", level="A", status="won")
    customer(cast, "遠昇包裝", status="won")
    browser = browse("sales")

    html = browser.part("/customer/analysis/level?filter=status:is:won").text

    links = dict(re.findall(r'<th scope="row"><a href="([^"]*)">([^<]*)</a>', html))
    assert list(links.values()) == ["A", "Not given"]
    listed = [browser.get(unescape(url)).text for url in links]
    assert "台榮精密" in listed[0]
    assert "遠昇包裝" not in listed[0]
    assert "遠昇包裝" in listed[1]
    assert "台榮精密" not in listed[1]


def test_months_are_those_where_the_reader_is(browse: Browse, cast: Cast) -> None:
    id = customer(cast, "台榮精密", received_on=date(2026, 10, 31))
    customer(cast, "遠昇包裝", received_on=date(2025, 11, 30))
    with cast.env("sales") as env:
        make(env, Visit, customer_id=id, content="談", visited_at=datetime(2026, 10, 31, 16, 30, tzinfo=UTC))
    browser = browse("sales")

    received, visited = bars(browser, "/customer/analysis/received_on"), bars(browser, "/visit/analysis/visited_at")

    assert len(received) == 12
    assert {month: number for month, number in received.items() if number != "0"} == {"Oct 2026": "1"}
    assert {month: number for month, number in visited.items() if number != "0"} == {"Nov 2026": "1"}
    assert "received_on%3Abetween%3A2026-10-01%7C2026-10-31" in browser.part("/customer/analysis/received_on").text


@pytest.mark.parametrize("level", ["hidden", "masked", "masked_list"])
def test_field_that_a_role_may_not_see_is_not_analysed(browse: Browse, cast: Cast, level: str) -> None:
    customer(cast, "台榮精密", region="taipei")
    restrict(cast.site, "salesperson", "customer", "region", level)
    browser = browse("sales")

    assert "analysis/region" not in browser.get("/customer/analysis").text
    assert browser.get("/customer/analysis/region").status_code == 404


def test_page_asks_for_its_charts_one_by_one(browse: Browse, cast: Cast) -> None:
    customer(cast, "台榮精密", level="A")
    browser = browse("sales")

    page = browser.get("/customer/analysis?filter=level:is:A").text

    assert 'data-card-url="/customer/analysis/status?filter=level%3Ais%3AA"' in page
    assert browser.get("/customer/analysis/phone").status_code == 404
    alone = browser.get("/customer/analysis/status").text
    assert "<!doctype" in alone
    assert "Potential" in alone


def test_many_are_believed_for_a_while(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.orm.listing.groups.MANY", 2)
    for name in "甲乙":
        customer(cast, name, level="A")
    with cast.env("sales", write=False) as env:
        assert counts_by(env, ListRequest(Customer), "level") == {"A": 2}
    customer(cast, "丙", level="A")

    with cast.env("sales", write=False) as env:
        assert counts_by(env, ListRequest(Customer), "level") == {"A": 2}
    with cast.env("manager", write=False) as env:
        assert counts_by(env, ListRequest(Customer), "level") == {"A": 3}


def test_record_has_the_charts_of_its_own_children(browse: Browse, cast: Cast) -> None:
    id, other = customer(cast, "台榮精密"), customer(cast, "遠昇包裝")
    with cast.env("sales") as env:
        for of, method in ((id, "phone"), (id, "phone"), (other, "line")):
            make(env, Visit, customer_id=of, method=method, content="談", visited_at=NOW)
    browser = browse("sales")

    html = browser.get(f"/customer/{id}/tab/activity").text

    address = f"/visit/analysis/method?filter=customer_id%3Ais%3A{id}"
    assert f'data-card-url="{address}"' in html
    assert bars(browser, address) == {"Phone call": "2"}


@pytest.mark.parametrize("level", ["hidden", "masked", "masked_list"])
def test_record_has_no_charts_where_the_way_to_them_is_not_seen(browse: Browse, cast: Cast, level: str) -> None:
    id = customer(cast, "台榮精密")
    restrict(cast.site, "salesperson", "visit", "customer_id", level)
    browser = browse("sales")

    html = browser.get(f"/customer/{id}").text

    assert f"/customer/{id}/tab/visits" in html
    assert "/tab/activity" not in html
    assert browser.get(f"/customer/{id}/tab/activity").status_code == 404


def test_value_that_no_list_has_any_more_is_counted_and_leads_nowhere(browse: Browse, cast: Cast) -> None:
    customer(cast, "台榮精密", level="A")
    id = customer(cast, "遠昇包裝", level="B")
    with cast.site.system("as an old import left it") as env:
        env.connection_of_core.execute(update(Customer.__table__).where(Customer.id == id).values(level="gone"))

    html = browse("sales").part("/customer/analysis/level").text

    assert bars(browse("sales"), "/customer/analysis/level") == {"A": "1", "gone": "1"}
    assert re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', html) == ["A"]
