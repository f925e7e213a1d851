"""The entries of sales in the side menu."""

from __future__ import annotations

from addons.sales.models import (
    Contract,
    CreditNote,
    DiscountLimit,
    Order,
    OrderChange,
    PaymentTerms,
    Quote,
    Receipt,
    Receivable,
)
from core.api import Menu, _, pgettext

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
        key="sales_settings",
        label=pgettext("menu", "Sales documents"),
        icon="adjustments",
        url="/settings/sales",
        grant=("settings", "edit"),
        position=58,
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
    Menu(group="sales", key="contract", label=_("Contracts"), icon="file-certificate", model=Contract, position=40),
    Menu(group="sales", key="receivable", label=_("Receivables"), icon="coins", model=Receivable, position=50),
    Menu(group="sales", key="receipt", label=_("Receipts"), icon="cash", model=Receipt, position=60),
    Menu(
        group="sales",
        key="credit_note",
        label=_("Credit notes"),
        icon="receipt-refund",
        model=CreditNote,
        position=70,
    ),
    Menu(
        group="sales",
        key="payment_terms",
        label=_("Payment terms"),
        icon="calendar-dollar",
        model=PaymentTerms,
        position=80,
    ),
]
