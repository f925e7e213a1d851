"""Documents are found by what their customer is called, now, and by whom may know that."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from sqlalchemy import text

from addons.customer.models import Customer
from addons.sales.models import Order, Quote
from core.orm import ddl
from core.orm.listing import ListRequest, count, list_page
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from tests.addons.sales.conftest import Shop


def found(shop: Shop, q: str, who: str = "sales", model: Any = Quote) -> list[int]:
    with shop.cast.env(who) as env:
        request = ListRequest(model, q=q)
        ids = [row.id for row in list_page(env, request).rows]
        assert count(env, request).number == len(ids)
        return sorted(ids)


def test_by_the_name_of_the_customer_and_by_words_of_both(shop: Shop, api: Callable[[str], ApiClient]) -> None:
    id = shop.quote("submit", "approve", "accept", name="換機案")
    assert api("sales").post(f"/quote/{id}/actions/convert", {}).status_code == 200

    assert found(shop, "台榮") == found(shop, "精密 換機") == found(shop, "臺榮", "manager") == [id]
    assert len(found(shop, "台榮", model=Order)) == 1
    assert found(shop, "台積") == []


def test_by_the_name_that_it_has_now(shop: Shop) -> None:
    id = shop.quote()

    with shop.cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, shop.customer), {"name": "宏岳機械"})

    assert found(shop, "宏岳") == [id]
    assert found(shop, "台榮") == []


def test_by_the_new_customer_of_a_draft(shop: Shop, make_customer: Callable[..., int]) -> None:
    id, other = shop.quote(), make_customer("宏岳機械")

    with shop.cast.env("sales") as env:
        env.records(Quote).update(env.get(Quote, id), {"customer_id": other})

    assert found(shop, "宏岳") == [id]
    assert found(shop, "台榮") == []


def test_a_name_that_the_reader_may_not_know_finds_nothing(shop: Shop, site: Site, cast: Cast) -> None:
    """Who owns the document but not its customer sees the customer in outline only."""
    id = shop.quote(name="換機案")
    with site.system("a document in other hands than its customer") as env:
        env.get(Quote, id).owner_id = cast.sales2
        env.session.flush()

    assert found(shop, "換機", "sales2") == [id]
    assert found(shop, "台榮", "sales2") == found(shop, "換機 台榮", "sales2") == []
    assert found(shop, "換機 台榮", "manager") == [id]


def test_lists_and_api_find_them_too(
    shop: Shop, visit: Callable[..., Visitor], api: Callable[[str], ApiClient]
) -> None:
    id = shop.quote(name="換機案")

    assert f'href="/quote/{id}"' in visit("sales").get("/quote?q=台榮").text
    assert [row["id"] for row in api("sales").get("/quote?q=台榮").json["data"]] == [id]
    assert "換機案" not in visit("sales2").get("/quote?q=台榮").text


def test_the_search_over_everything_tells_of_others_customers_but_not_of_their_documents(
    shop: Shop, visit: Callable[..., Visitor]
) -> None:
    shop.quote(name="台榮換機案")

    mine, others = (str(visit(who).get("/palette?q=台榮").json) for who in ("sales", "sales2"))

    assert "台榮換機案" in mine
    assert "'台○○密'" in others
    assert others.count("○○") == 1


def test_an_index_of_earlier_days_is_made_anew(shop: Shop, site: Site) -> None:
    id = shop.quote()
    with site.system("an index without the names of customers") as env:
        env.connection_of_core.execute(text("DELETE FROM quote_search"))
    assert found(shop, "台榮") == []

    with site.system("a migration") as env:
        ddl.index_anew(SimpleNamespace(get_bind=lambda: env.connection_of_core), "quote")

    assert found(shop, "台榮") == [id]
