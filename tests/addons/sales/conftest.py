"""What tests of sales are made with: a customer of `sales`, products, and quotes on their way."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from addons.customer.models import Customer
from addons.product.models import Product
from addons.sales.models import Quote
from core.api import Env
from core.testing.cast import Cast

D = Decimal


@dataclass(frozen=True)
class Shop:
    """A customer of `sales`, and what is sold."""

    cast: Cast
    customer: int
    motor: int
    """1,000 a piece, taxable."""
    manual: int
    """500 a set, exempt."""

    def write(self, env: Env, **values: Any) -> Quote:
        """A quote for two motors, a draft."""
        given = {"customer_id": self.customer, "lines": [{"product_id": self.motor, "quantity": 2}]} | values
        return env.records(Quote).create(given)

    def quote(self, *states: str, **values: Any) -> int:
        """A quote of `sales` that has made these transitions: `manager` approves, `sales` does the rest."""
        with self.cast.env("sales") as env:
            id = self.write(env, **values).id
        for name in states:
            self.go(id, name)
        return id

    def go(self, id: int, name: str, model: Any = Quote, **arguments: Any) -> None:
        """Makes the transition, as whoever does it in the stories of the tests."""
        with self.cast.env("manager" if name in ("approve", "reject", "void") else "sales") as env:
            env.workflow.perform(env.get(model, id), name, **arguments)


@pytest.fixture
def shop(cast: Cast) -> Shop:
    with cast.env("gm") as env:
        motor = {"code": "SV-1", "name": "伺服馬達", "list_price": D(1000), "unit": "machine", "cost": D(600)}
        manual = {"code": "BK-1", "name": "手冊", "list_price": D(500), "tax_kind": "exempt"}
        ids = [env.records(Product).create(values).id for values in (motor, manual)]
    with cast.env("sales") as env:
        customer = env.records(Customer).create({"name": "台榮精密", "level": "A"}).id
    return Shop(cast, customer, *ids)
