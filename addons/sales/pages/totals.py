"""What the documents on a page add up to, those left out that count for nothing."""

from __future__ import annotations

from core.api import Totals, _

OF_QUOTES = Totals(
    label=_("Newest revisions that are not void"),
    fields=("total",),
    filters=("is_current:is:yes", "state:not:void"),
)
OF_ORDERS = Totals(
    label=_("Approved orders"),
    fields=("total", "outstanding_total"),
    filters=("state:in:approved|in_progress|done",),
)
OF_RECEIVABLES = Totals(
    label=_("Receivables that are not void"),
    fields=("amount", "received", "balance"),
    filters=("state:not:void",),
)
OF_RECEIPTS = Totals(
    label=_("Approved receipts"),
    fields=("amount", "unallocated_total"),
    filters=("state:is:approved",),
)
OF_CREDIT_NOTES = Totals(label=_("Approved credit notes"), fields=("amount",), filters=("state:is:approved",))
