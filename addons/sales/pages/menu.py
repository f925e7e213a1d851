"""The entries of sales in the side menu."""

from __future__ import annotations

from addons.sales.models import DiscountLimit, Order, OrderChange, Quote
from core.api import Menu, _

MENU = [
    Menu(group="sales", key="quote", label=_("Quotes"), icon="file-text", model=Quote, position=20, phone=True),
    Menu(group="sales", key="order", label=_("Orders"), icon="shopping-cart", model=Order, position=30, phone=True),
    Menu(
        group="sales",
        key="order_change",
        label=_("Changes of orders"),
        icon="replace",
        model=OrderChange,
        position=35,
    ),
    Menu(
        group="settings",
        key="currency",
        label=_("Currencies"),
        icon="coin",
        url="/currency",
        grant=("currency", "edit"),
        position=60,
    ),
    Menu(
        group="settings",
        key="discount_limit",
        label=_("Highest discounts"),
        icon="discount",
        model=DiscountLimit,
        position=62,
    ),
]
