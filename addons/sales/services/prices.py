"""What products cost in a document: for its customer, on its day, in its currency, with or without tax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from addons.customer.models import Customer
from addons.product.models import Product
from addons.product.services import Products
from addons.sales.amounts import INCLUSIVE, in_currency, with_tax
from addons.sales.models import Currency
from addons.sales.services.currencies import Currencies
from core.api import Env

_LOOKING_UP = "what products cost in a document"


class Prices:
    """The prices of one document, whose `values` are clean as far as they are there."""

    def __init__(self, env: Env, values: Mapping[str, Any]) -> None:
        self.env = env
        self.tax_rate: Decimal = values.get("tax_rate") or Decimal(0)
        self._is_inclusive = values.get("tax_mode") == INCLUSIVE
        self._on: date = values.get("dated_on") or env.today
        with env.system(_LOOKING_UP) as session:
            self.currency = session.get(Currency, values.get("currency_id") or 0)
            customer = session.get(Customer, values.get("customer_id") or 0)
        self._level = None if customer is None else customer.level
        self.rate = None if self.currency is None else env.service(Currencies).rate_of(self.currency)
        self._products: dict[int, Product] = {}
        self._listed: dict[Decimal, dict[int, Decimal]] = {}

    def learn(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Looks up the products of these rows and their prices on lists, once for each quantity among them."""
        by_quantity: dict[Decimal, set[int]] = {}
        for row in rows:
            if row.get("product_id") is not None:
                by_quantity.setdefault(_quantity(row), set()).add(row["product_id"])
        wanted = {id for ids in by_quantity.values() for id in ids}
        with self.env.system(_LOOKING_UP) as session:
            found = session.scalars(select(Product).where(Product.id.in_(wanted - self._products.keys()))).all()
        self._products |= {product.id: product for product in found}
        for quantity, ids in by_quantity.items():
            known = self._listed.setdefault(quantity, {})
            known |= self.env.service(Products).prices_of(
                sorted(ids), quantity=quantity, on=self._on, level=self._level
            )

    def product_of(self, row: Mapping[str, Any]) -> Product | None:
        """The product of a row that was learnt; None for free text."""
        return self._products.get(row.get("product_id") or 0)

    def price_of(self, row: Mapping[str, Any]) -> Decimal | None:
        """What the price lists say for a row that was learnt; None for free text, and where nothing is known."""
        product = self.product_of(row)
        if product is None or self.rate is None:
            return None
        price = self._listed[_quantity(row)].get(product.id, product.list_price)
        if price is None:
            return None
        if self._is_inclusive:
            price = with_tax(price, tax_kind=row.get("tax_kind") or product.tax_kind, tax_rate=self.tax_rate)
        return price if self.rate == 1 else in_currency(price, self.rate)


def _quantity(row: Mapping[str, Any]) -> Decimal:
    return row.get("quantity") or Decimal(1)
