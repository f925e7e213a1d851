"""What one may do with orders."""

from __future__ import annotations

from addons.sales.models import Order
from addons.sales.services.documents import Documents


class Orders(Documents[Order]):
    """Orders."""

    model = Order
