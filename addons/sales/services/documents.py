"""What quotes, orders and changes of orders have in common."""

from __future__ import annotations

from typing import Any, TypeVar

from addons.sales.services.currencies import Currencies
from core.api import Model, Records

M = TypeVar("M", bound=Model)


class Documents(Records[M]):
    """A document with lines."""

    def defaults(self) -> dict[str, Any]:
        """A new document is of today and in the company's currency."""
        own = self.env.service(Currencies).own()
        return super().defaults() | {"dated_on": self.env.today, "currency_id": own.id}
