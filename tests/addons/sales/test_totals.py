"""What stands below the lists on a customer's page: what their rows add up to, per currency, for who may see it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from addons.sales.models import Currency, Quote
from core.access.models import FieldLevel
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.addons.sales.conftest import Shop
from tests.addons.sales.test_customer_figures import limit


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> Any:
    return request.param


def told(visit: Callable[[str], Visitor], shop: Shop, tab: str = "quotes") -> list[str]:
    text = visit("sales").get(f"/customer/{shop.customer}/tab/{tab}?lang=en").get_data(as_text=True)
    found = re.search(r'class="list-totals".*?</section>', text, re.DOTALL)
    return re.findall(r'class="num">(.*?)</span>', found[0]) if found else []


def test_each_currency_is_added_up_without_what_is_void(cast: Cast, shop: Shop, visit: Any) -> None:
    with cast.site.system("a second currency") as env:
        found = env.session.scalars(select(Currency).where(Currency.code == "USD")).one()
        env.records(Currency).update(found, {"rate": "32", "is_active": True})
        dollar = found.id
    shop.quote("submit", "approve")
    shop.quote()
    shop.go(shop.quote(), "void", reason="x")
    shop.quote(currency_id=dollar, lines=[{"product_id": shop.motor, "quantity": 2, "unit_price": "1000"}])
    approved = shop.quote("submit", "approve")
    with cast.env("sales") as env:
        env.records(Quote).revise(env.get(Quote, approved))
    with cast.env("sales", write=False) as env:
        rows = env.session.execute(select(Quote.state, Quote.total, Quote.is_current, Quote.currency_id)).all()
    home = sum(r.total for r in rows if r.state != "void" and r.is_current and r.currency_id != dollar)
    assert told(visit, shop) == [f"NT${home:,.0f}", "$2,100.00"]
    assert told(visit, shop, "orders") == []


def test_who_does_not_see_amounts_sees_no_total(cast: Cast, shop: Shop, visit: Any) -> None:
    shop.quote("submit", "approve")
    assert told(visit, shop)

    limit(cast, "total", FieldLevel.MASKED_IN_LISTS)

    assert told(visit, shop) == []
