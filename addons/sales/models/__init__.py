"""The documents of sales, and what they are made with."""

from __future__ import annotations

from addons.sales.models.contract import Contract, ContractSigner
from addons.sales.models.credit_note import CreditNote, CreditNoteAllocation
from addons.sales.models.currency import Currency
from addons.sales.models.discount import DiscountLimit
from addons.sales.models.order import Order, OrderLine
from addons.sales.models.order_change import OrderChange, OrderChangeLine
from addons.sales.models.quote import Quote, QuoteLine
from addons.sales.models.receipt import Receipt, ReceiptAllocation
from addons.sales.models.receivable import Receivable
from addons.sales.models.terms import PaymentTerms, PaymentTermsStep

__all__ = [
    "Contract",
    "ContractSigner",
    "CreditNote",
    "CreditNoteAllocation",
    "Currency",
    "DiscountLimit",
    "Order",
    "OrderChange",
    "OrderChangeLine",
    "OrderLine",
    "PaymentTerms",
    "PaymentTermsStep",
    "Quote",
    "QuoteLine",
    "Receipt",
    "ReceiptAllocation",
    "Receivable",
]
