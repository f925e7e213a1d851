"""What a deal of the demo company is planned to be, before its documents are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from addons.customer.models import Customer
from addons.opportunity.models import Opportunity
from addons.product.models import Product
from addons.sales.demo.words import Package, Terms


@dataclass
class LinePlan:
    """A line to be: a product, or free text at a price of its own (in the company's currency)."""

    product: Product | None
    description: str
    quantity: Decimal
    price: Decimal
    discount: Decimal = Decimal(0)


@dataclass
class DealPlan:
    """A quote in its revisions, and the order that it became; without a quote if somebody ordered right away."""

    customer: Customer
    package: Package
    name: str
    state: str
    """Of the latest revision of the quote; `none` without a quote."""
    quoted_on: date
    lines: list[LinePlan]
    opportunity: Opportunity | None = None
    revisions: int = 1
    currency: str = "TWD"
    tax_mode: str = "exclusive"
    discount_percent: Decimal = Decimal(0)
    terms: Terms | None = None
    order_state: str = ""
    ordered_on: date | None = None
    promised_on: date | None = None
    accepted_on: date | None = None
    """When the customer accepted the goods."""
    tags: set[str] = field(default_factory=set)
    """The stories that it tells."""

    @property
    def is_owed(self) -> bool:
        """Whether there are receivables of its order."""
        return self.order_state in ("approved", "in_progress", "done")
