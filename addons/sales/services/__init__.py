"""What one may do with the documents of sales."""

from __future__ import annotations

from addons.sales.services.currencies import Currencies
from addons.sales.services.discounts import DiscountLimits
from addons.sales.services.documents import Documents
from addons.sales.services.order_changes import OrderChanges
from addons.sales.services.orders import Orders
from addons.sales.services.quotes import Quotes

__all__ = ["Currencies", "DiscountLimits", "Documents", "OrderChanges", "Orders", "Quotes"]
