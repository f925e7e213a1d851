"""The documents of sales, and what they are made with."""

from __future__ import annotations

from addons.sales.models.currency import Currency
from addons.sales.models.discount import DiscountLimit
from addons.sales.models.order import Order, OrderLine
from addons.sales.models.order_change import OrderChange, OrderChangeLine
from addons.sales.models.quote import Quote, QuoteLine

__all__ = [
    "Currency",
    "DiscountLimit",
    "Order",
    "OrderChange",
    "OrderChangeLine",
    "OrderLine",
    "Quote",
    "QuoteLine",
]
