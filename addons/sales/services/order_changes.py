"""What one may do with changes of orders."""

from __future__ import annotations

from addons.sales.models import OrderChange
from addons.sales.services.documents import Documents


class OrderChanges(Documents[OrderChange]):
    """Changes of orders."""

    model = OrderChange
