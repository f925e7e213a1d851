"""The entries of sales in the side menu."""

from __future__ import annotations

from addons.sales.models import Order, Quote
from core.api import Menu, _

MENU = [
    Menu(group="sales", key="quote", label=_("Quotes"), icon="file-text", model=Quote, position=20),
    Menu(group="sales", key="order", label=_("Orders"), icon="shopping-cart", model=Order, position=30),
]
