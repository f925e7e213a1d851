"""What tests of sales are made with: a customer of `sales`, products, and quotes on their way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from addons.customer.models import Customer
from addons.product.models import Product
from addons.sales.models import Quote
from core.api import Env
from core.site import Site
from core.testing.cast import Cast

D = Decimal
Make = Callable[..., int]


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


@pytest.fixture
def currency(site: Site) -> int:
    """New Taiwan dollars, which have no decimals."""
    from sqlalchemy import select

    from addons.sales.models import Currency

    with site.system("a currency for a test") as env:
        found = env.session.scalar(select(Currency.id).where(Currency.code == "TWD"))
        return found or env.records(Currency).create({"code": "TWD", "decimals": 0, "rate": Decimal(1)}).id


@pytest.fixture
def make_customer(cast: Cast) -> Make:
    """The id of a customer of sales', unless told otherwise."""
    from addons.customer.models import Customer

    def make(name: str = "台榮精密", *, by: str = "sales") -> int:
        with cast.env(by) as env:
            return int(env.records(Customer).create({"name": name}).id)

    return make


@pytest.fixture
def make_terms(site: Site) -> Make:
    """Payment terms of steps (name, percent, event, days)."""
    from addons.sales.models import PaymentTerms, PaymentTermsStep

    def make(*steps: tuple[str, int, str, int]) -> int:
        with site.system("terms for a test") as env:
            terms = PaymentTerms(name=f"{len(steps)} {steps[0]}")
            env.session.add(terms)
            env.session.flush()
            for place, (name, percent, event, days) in enumerate(steps, 1):
                row = {"name": name, "percent": Decimal(percent), "event": event, "days": days, "position": place}
                env.session.add(PaymentTermsStep(payment_terms_id=terms.id, **row))
            return terms.id

    return make


@pytest.fixture
def make_order(site: Site, cast: Cast, currency: int, make_customer: Make) -> Make:
    """An order of sales' over `total` that is approved, unless told otherwise."""
    from addons.sales.models import Order, OrderLine

    def make(total: int | str = 100, *, customer: int = 0, state: str = "approved", **values: Any) -> int:
        with site.system("an order for a test") as env:
            given = {"name": "五軸加工機", "dated_on": env.today, "currency_id": currency, "owner_id": cast.sales}
            order = Order(**given | {"customer_id": customer or make_customer_in(env)} | values)
            order.total = Decimal(total)
            env.session.add(order)
            env.session.flush()
            line = {"description": "x", "quantity": 1, "unit_price": total, "position": 1, "tax_kind": "taxable"}
            env.session.add(OrderLine(order_id=order.id, **line))
            env.session.flush()
            for name in ("submit", "approve")[: ("draft", "submitted", "approved").index(state)]:
                env.workflow.perform(order, name)
            return order.id

    def make_customer_in(env: Any) -> int:
        from addons.customer.models import Customer

        return int(env.records(Customer).create({"name": "台榮精密", "owner_id": cast.sales}).id)

    return make


@pytest.fixture
def make_receipt(site: Site, cast: Cast, currency: int) -> Make:
    """A receipt of a customer, allocated as told, and brought to the state asked for."""
    from addons.sales.models import Receipt, ReceiptAllocation

    def make(
        customer: int, amount: int, to: Mapping[int, int] | None = None, *, state: str = "approved", **values: Any
    ) -> int:
        with site.system("a receipt for a test") as env:
            given = {"received_on": env.today, "currency_id": currency, "owner_id": cast.sales, "method": "transfer"}
            receipt = Receipt(customer_id=customer, amount=Decimal(amount), **given | values)
            env.session.add(receipt)
            env.session.flush()
            for place, (id, part) in enumerate((to or {}).items(), 1):
                row = {"receivable_id": id, "amount": Decimal(part), "position": place}
                env.session.add(ReceiptAllocation(receipt_id=receipt.id, owner_id=cast.sales, **row))
            env.session.flush()
            for name in ("submit", "approve")[: ("draft", "submitted", "approved").index(state)]:
                env.workflow.perform(receipt, name)
            return receipt.id

    return make


@pytest.fixture
def owed(site: Site) -> Callable[[int], list[tuple[int, Decimal, Decimal, str]]]:
    """The receivables of an order: (id, amount, balance, state), in their order."""
    from sqlalchemy import select

    from addons.sales.models import Receivable

    def look(order: int) -> list[tuple[int, Decimal, Decimal, str]]:
        with site.system("look", write=False) as env:
            wanted = select(Receivable).where(Receivable.order_id == order).order_by(Receivable.position)
            return [(each.id, each.amount, each.balance, each.state) for each in env.session.scalars(wanted)]

    return look


@pytest.fixture
def figures(site: Site) -> Callable[[int], tuple[Decimal, Decimal, Decimal, int, int, date | None]]:
    """What an order shows: received, credited, outstanding, instalments, paid, next due."""
    from addons.sales.models import Order

    def look(order: int) -> tuple[Decimal, Decimal, Decimal, int, int, date | None]:
        with site.system("look", write=False) as env:
            found = env.session.get_one(Order, order)
            money = (found.received_total, found.credited_total, found.outstanding_total)
            return (*money, found.instalments, found.instalments_paid, found.next_due_on)

    return look


@pytest.fixture
def books(site: Site) -> Iterator[Callable[[], list[str]]]:
    """What is wrong with the books; at the end of the test nothing is."""
    from addons.sales.services import Books

    def differences() -> list[str]:
        with site.system("look", write=False) as env:
            return list(env.service(Books).differences())

    yield differences
    assert differences() == []
