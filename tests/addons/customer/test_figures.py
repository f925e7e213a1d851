"""The figures of the start page count what their reader may see, and nothing else."""

import re
from collections.abc import Callable
from datetime import timedelta

from addons.customer.models import Customer, Visit
from core import clock
from core.saved_views import Query, changing, saved_views
from core.testing.cast import Cast
from core.testing.web import Visitor

Opened = Callable[..., Visitor]


def figure(visitor: Visitor, key: str) -> str:
    html = visitor.get(f"/dashboard/home/card/{key}", headers={"HX-Request": "true"}).text
    found = re.search(r'figure-value">([^<]+)<', html)
    return found[1] if found else html


def test_figures_count_what_the_reader_may_see(cast: Cast, visit: Opened) -> None:
    with cast.env("sales") as env:
        yesterday = env.today - timedelta(days=1)
        for number in range(3):
            env.records(Customer).create({"name": f"北{number}", "next_contact_on": yesterday})
    with cast.env("sales2") as env:
        customer = env.records(Customer).create({"name": "南"})
        env.records(Visit).create({"customer_id": customer.id, "content": "x", "visited_at": clock.now()})

    keys = ("all_customers", "new_customers", "visits_this_month", "all_overdue")
    assert [figure(visit("sales"), key) for key in keys] == ["3", "3", "0", "3"]
    assert [figure(visit("sales2"), key) for key in keys] == ["1", "1", "1", "0"]
    assert [figure(visit("gm"), key) for key in keys] == ["4", "4", "1", "3"]


def test_charts_show_every_status_and_month(cast: Cast, visit: Opened) -> None:
    with cast.env("sales") as env:
        customer = env.records(Customer).create({"name": "北"})
        env.records(Visit).create({"customer_id": customer.id, "content": "x", "visited_at": clock.now()})

    by_status = visit("sales").get("/dashboard/home/card/by_status", headers={"HX-Request": "true"}).text
    by_month = visit("sales").get("/dashboard/home/card/by_month", headers={"HX-Request": "true"}).text

    assert re.findall(r"<tr><th scope=row>([^<]+)</th><td>(\d+)", by_status)[0] == ("Potential", "1")
    months = re.findall(r"<tr><th scope=row>([^<]+)</th><td>(\d+)", by_month)
    assert len(months) == 12
    assert months[-1][1] == "1"


def test_figures_lead_to_the_records_that_they_count(cast: Cast, visit: Opened) -> None:
    with cast.env("sales") as env:
        customer = env.records(Customer).create({"name": "北", "next_contact_on": env.today - timedelta(days=1)})
        env.records(Customer).create({"name": "舊", "received_on": env.today - timedelta(days=90)})
        env.records(Visit).create({"customer_id": customer.id, "content": "x", "visited_at": clock.now()})
        start = changing.create(env, "customer", "A", Query(filters=("level:is:A",)))
    with cast.env("sales") as env:
        changing.begin_with(env, "customer", saved_views(env).get(env, start))
    visitor = visit("sales")

    found = {}
    for key in ("all_customers", "new_customers", "visits_this_month"):
        html = visitor.get(f"/dashboard/home/card/{key}", headers={"HX-Request": "true"}).text
        link = re.search(r'<a href="?([^" >]+)"?>Show all', html)
        assert link is not None
        found[key] = len(re.findall(r'<td class="?lead', visitor.get(link[1]).text))

    assert found == {"all_customers": 2, "new_customers": 1, "visits_this_month": 1}
