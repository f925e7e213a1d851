"""What one may do with the documents of sales."""

from __future__ import annotations

from addons.sales.services.books import Books
from addons.sales.services.contracts import Contracts
from addons.sales.services.credit_notes import CreditNotes
from addons.sales.services.currencies import Currencies
from addons.sales.services.discounts import DiscountLimits
from addons.sales.services.documents import Documents
from addons.sales.services.ledger import Ledger
from addons.sales.services.order_changes import OrderChanges
from addons.sales.services.orders import Orders
from addons.sales.services.quotes import Quotes
from addons.sales.services.receipts import Receipts
from addons.sales.services.receivables import Receivables, receivables_follow
from addons.sales.services.terms import PaymentTermsRecords

__all__ = [
    "Books",
    "Contracts",
    "CreditNotes",
    "Currencies",
    "DiscountLimits",
    "Documents",
    "Ledger",
    "OrderChanges",
    "Orders",
    "PaymentTermsRecords",
    "Quotes",
    "Receipts",
    "Receivables",
    "receivables_follow",
]
