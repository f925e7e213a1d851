"""What the pages of all documents share."""

from __future__ import annotations

from core.api import Lines, Section, _, pgettext

LINE_COLUMNS = (
    "product_id",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount_percent",
    "tax_kind",
    "amount",
)

LINES = Lines(
    part="lines",
    columns=LINE_COLUMNS,
    totals=("subtotal", "discount_total", "untaxed_total", "tax_total", "total"),
)

TERMS = Section(
    key="terms",
    label=pgettext("document", "Discount and terms"),
    fields=("discount_percent", "discount_amount", "tax_mode", "currency_id", "delivery", "terms"),
)

NOTE = Section(key="note", label=_("Internal note"), fields=("note",))

AMOUNTS = (
    "subtotal",
    "discount_total",
    "untaxed_total",
    "tax_total",
    "total",
    "highest_discount",
    "currency_id",
    "rate",
    "tax_mode",
)
