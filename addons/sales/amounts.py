"""What a document comes to: discounts, taxes and totals. No database: plain arithmetic.

Every amount is rounded half-up to the decimals of the currency, tax once per kind of tax (Uniform Invoice practice:
the tax of an invoice is that of its sum). Lines, discount and tax always add up to the total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from addons.sales.instalments import cut

TAXABLE = "taxable"
"""The kind of tax that is not nothing."""

INCLUSIVE = "inclusive"
"""Prices hold the tax already."""

LARGEST = Decimal("99999999999999")
"""What a document may come to at most: more cannot be stored."""

WHOLE = Decimal(100)
NOTHING = Decimal(0)
PRECISION = 80
"""Digits of intermediate results: the largest quantity at the largest price and three percentages are exact."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its quantity at a price. `list_price` is the price before every discount, None for the price itself."""

    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = NOTHING
    tax_kind: str = TAXABLE
    list_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its lines, and what holds for all of them. One of the two discounts counts, the percentage first."""

    lines: Sequence[Line]
    decimals: int = 0
    tax_mode: str = "exclusive"
    tax_rate: Decimal = Decimal(5)
    discount_percent: Decimal = NOTHING
    discount_amount: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """What a line comes to after its own discount, and after its share of the document's."""

    amount: Decimal
    net_amount: Decimal


@dataclass(frozen=True, slots=True)
class Taxed:
    """What is taxed in one kind, without tax, and the tax on it."""

    untaxed: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a document comes to. `subtotal` less `discount_total` has the tax in it if the prices have."""

    lines: Sequence[LineAmounts]
    subtotal: Decimal
    discount_total: Decimal
    untaxed_total: Decimal
    tax_total: Decimal
    total: Decimal
    taxes: dict[str, Taxed]
    highest_discount: Decimal
    """In percent, of any line, against its price without any discount."""

    @property
    def is_storable(self) -> bool:
        """Whether no amount is larger than what can be stored."""
        return max(self.subtotal, self.total) <= LARGEST


def amounts_of(document: Document) -> Amounts:
    """What the document comes to."""
    with localcontext(prec=PRECISION):
        unit = Decimal(1).scaleb(-document.decimals)
        gross = [_rounded(_exact(line), unit) for line in document.lines]
        subtotal = sum(gross, NOTHING)
        discount = _discount(document, subtotal, unit)
        shares = cut(discount, gross, decimals=document.decimals) if discount else [NOTHING] * len(gross)
        net = [amount - share for amount, share in zip(gross, shares, strict=True)]
        taxes = _taxes(document, net, unit)
        tax = sum((each.tax for each in taxes.values()), NOTHING)
        untaxed = sum((each.untaxed for each in taxes.values()), NOTHING)
        return Amounts(
            lines=[LineAmounts(*pair) for pair in zip(gross, net, strict=True)],
            subtotal=subtotal,
            discount_total=discount,
            untaxed_total=untaxed,
            tax_total=tax,
            total=untaxed + tax,
            taxes=taxes,
            highest_discount=_highest(document, subtotal, discount),
        )


def with_tax(price: Decimal, *, tax_kind: str, tax_rate: Decimal) -> Decimal:
    """The price of one unit with tax in it, to the four decimals that prices have."""
    return price if tax_kind != TAXABLE else _rounded(price * (WHOLE + tax_rate) / WHOLE, Decimal("0.0001"))


def in_currency(price: Decimal, rate: Decimal) -> Decimal:
    """A price in the company's currency in one of which a unit is worth `rate`."""
    return _rounded(price / rate, Decimal("0.0001"))


def _exact(line: Line) -> Decimal:
    return line.quantity * line.unit_price * (WHOLE - line.discount_percent) / WHOLE


def _discount(document: Document, subtotal: Decimal, unit: Decimal) -> Decimal:
    wanted = document.discount_amount
    if document.discount_percent:
        wanted = subtotal * document.discount_percent / WHOLE
    return min(_rounded(wanted, unit), subtotal)


def _taxes(document: Document, net: Sequence[Decimal], unit: Decimal) -> dict[str, Taxed]:
    sums: dict[str, Decimal] = {}
    for line, amount in zip(document.lines, net, strict=True):
        sums[line.tax_kind] = sums.get(line.tax_kind, NOTHING) + amount
    return {kind: _taxed(document, kind, sum_, unit) for kind, sum_ in sums.items()}


def _taxed(document: Document, kind: str, amount: Decimal, unit: Decimal) -> Taxed:
    rate = document.tax_rate if kind == TAXABLE else NOTHING
    if document.tax_mode == INCLUSIVE:
        tax = _rounded(amount * rate / (WHOLE + rate), unit)
        return Taxed(amount - tax, tax)
    return Taxed(amount, _rounded(amount * rate / WHOLE, unit))


def _highest(document: Document, subtotal: Decimal, discount: Decimal) -> Decimal:
    """Of exact prices: what rounding to the currency takes off is no discount."""
    kept = WHOLE - document.discount_percent
    if not document.discount_percent and discount:
        kept = WHOLE * (subtotal - discount) / subtotal
    found = NOTHING
    for line in document.lines:
        listed = line.unit_price if line.list_price is None else line.list_price
        if listed > 0:
            price = line.unit_price * (WHOLE - line.discount_percent) * kept / (WHOLE * WHOLE)
            found = max(found, (listed - price) * WHOLE / listed)
    return _rounded(found, Decimal("0.0001"))


def _rounded(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, ROUND_HALF_UP)
