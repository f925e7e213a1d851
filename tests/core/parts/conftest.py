"""Quotes and their lines, as the nearest model with parts."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from addons.customer.models import Customer
from addons.sales.models import Quote
from core import clock
from core.env import Env
from core.testing.cast import Cast
from core.testing.factories import values_for

Make = Callable[..., Quote]


def row(description: str = "鑽頭", quantity: int | str = 1, price: int = 100, **more: Any) -> dict[str, Any]:
    """A line as its author gives it."""
    return {"description": description, "quantity": Decimal(quantity), "unit_price": Decimal(price), **more}


def texts(env: Env, quote: Quote) -> list[tuple[int, str]]:
    """(place, description) of the lines as they are stored."""
    env.session.expire_all()
    return [(line.position, line.description) for line in env.parts(quote, "lines")]


@pytest.fixture
def customer(cast: Cast) -> int:
    """A customer of `sales`."""
    with cast.env("sales") as env:
        return int(env.records(Customer).create({"name": "台榮精密"}).id)


@pytest.fixture
def quote(customer: int, cast: Cast) -> int:
    """A quote of `sales` with three lines: 鑽頭, 銑刀, 刀把."""
    with cast.env("sales") as env:
        return make_quote(env, customer, [row("鑽頭", 3), row("銑刀", 2), row("刀把")]).id


def make_quote(env: Env, customer: int, lines: list[dict[str, Any]], **values: Any) -> Quote:
    """A quote by the actor of the env."""
    given = {"customer_id": customer, "name": "設備更新", "dated_on": clock.now().date(), **values}
    service = env.records(Quote)
    with_all = values_for(env, Quote, given)
    return service.create(
        {name: value for name, value in with_all.items() if service.writable(name)} | {"lines": lines}
    )
