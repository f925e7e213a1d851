"""Quotes in their revisions and orders, with the lines and amounts that the rules give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any

from addons.opportunity.services.figures import forecast_of
from addons.sales.amounts import Document, Line, amounts_of, with_tax
from addons.sales.demo import words
from addons.sales.demo.outline import DealPlan, LinePlan
from addons.sales.demo.scene import Scene, rounded_to
from addons.sales.models import Order, PaymentTerms, Quote
from addons.sales.services.prices import Prices
from core.api import Model, PastEvent

TAX_RATE = Decimal(5)
VALID = timedelta(days=30)
TOTALS = ("subtotal", "discount_total", "untaxed_total", "tax_total", "total", "highest_discount")
REVISED_AFTER = 5
"""Days between two revisions."""

Row = dict[str, Any]


class Documents:
    """Writes the documents of all deals. `quotes` and `orders` are those of each deal, by its identity."""

    def __init__(self, scene: Scene, terms: Mapping[str, PaymentTerms]) -> None:
        self.scene, self.env, self.random, self.terms = scene, scene.env, scene.random, terms
        self.quotes: dict[int, list[Quote]] = {}
        self.orders: dict[int, Order] = {}
        self.approved: dict[int, datetime] = {}
        """When the order of a deal was approved."""
        self._latest: dict[int, tuple[Row, list[Row]]] = {}
        """The fields and lines of the last revision of a deal's quote: its order has them too."""
        self._accepted: dict[int, datetime] = {}
        self._events: list[PastEvent] = []
        self._wholes: list[tuple[Model, int | None, datetime]] = []
        self._rows: list[tuple[Model, Sequence[Row], datetime]] = []

    def add_quotes(self, deals: Sequence[DealPlan]) -> None:
        """All quotes, and what became of them but orders."""
        quoted = [deal for deal in deals if deal.state != "none"]
        for deal in quoted:
            self.quotes[id(deal)] = [self._quote(deal, 1, None)]
        self._store()
        for deal in quoted:
            first = self.quotes[id(deal)][0]
            self.quotes[id(deal)] += [self._quote(deal, n, first.id) for n in range(2, deal.revisions + 1)]
        self._store()
        submitted = [quote for deal in quoted for quote in self.quotes[id(deal)] if not self._is_draft(deal, quote)]
        submitted.sort(key=lambda quote: (quote.dated_on, quote.id))
        numbers = self.scene.numbers(Quote, [quote.dated_on for quote in submitted])
        numbered = dict(zip(map(id, submitted), numbers, strict=True))
        for deal in quoted:
            for quote in self.quotes[id(deal)]:
                self._events += self._course(deal, quote, numbered.get(id(quote)))
            self._events += self._valued(deal)
        self._tell()

    def add_orders(self, deals: Sequence[DealPlan]) -> None:
        """All orders, as drafts; see `carry_out`."""
        ordered = sorted((deal for deal in deals if deal.order_state), key=lambda deal: deal.ordered_on or date.max)
        for deal in ordered:
            self.orders[id(deal)] = self._order(deal)
        self._store()

    def carry_out(self, deals: Sequence[DealPlan], others: Sequence[PastEvent]) -> None:
        """What became of the orders, and of the quotes that they came from, together with other events of theirs."""
        self._events += others
        ordered = sorted((deal for deal in deals if deal.order_state), key=lambda deal: deal.ordered_on or date.max)
        submitted = [deal for deal in ordered if deal.order_state != "draft"]
        days = [self.orders[id(deal)].dated_on for deal in submitted]
        numbers = dict(zip(map(id, submitted), self.scene.numbers(Order, days), strict=True))
        for deal in ordered:
            self._events += self._carried_out(deal, numbers.get(id(deal)))
        self._tell()

    # Quotes.

    def _quote(self, deal: DealPlan, revision: int, origin_id: int | None) -> Quote:
        """A revision: the last one is as it was agreed on, those before were dearer."""
        left = deal.revisions - revision
        latest = deal.ordered_on - timedelta(days=1) if deal.ordered_on else self.scene.today
        on = max(min(deal.quoted_on + timedelta(days=REVISED_AFTER * (revision - 1)), latest), deal.quoted_on)
        values, rows = self._latest[id(deal)] = self._written(deal, on, left)
        quote = Quote(
            **values,
            revision=revision,
            origin_id=origin_id,
            is_current=not left,
            valid_until=on + VALID,
            state="draft",
        )
        self._add(quote, rows, self.scene.at(on, 9 * 60 + 35 + 25 * revision))
        return quote

    def _is_draft(self, deal: DealPlan, quote: Quote) -> bool:
        return quote.is_current and deal.state == "draft"

    def _course(self, deal: DealPlan, quote: Quote, number: str | None) -> Iterator[PastEvent]:
        """Through review to the customer, and what the customer said."""
        if number is None:
            return
        at = quote.created_at + timedelta(minutes=20)
        author = quote.created_by or self.scene.users["gm"]
        chief = self.scene.chief(author, quote.highest_discount)
        submitted = {"state": "submitted", "number": number, "submitted_by_id": author}
        yield PastEvent(quote, "submit", at, author, submitted)
        state = deal.state if quote.is_current else "sent"
        if state == "submitted":
            return
        at = self._later(at, hours=3)
        yield PastEvent(quote, "approve", at, chief, {"state": "approved", "approved_by_id": chief})
        if state == "approved":
            return
        at = self._later(at, hours=1)
        yield PastEvent(quote, "send", at, author, {"state": "sent"})
        yield from self._answer(deal, quote, state, at, author)

    def _answer(self, deal: DealPlan, quote: Quote, state: str, at: datetime, author: int) -> Iterator[PastEvent]:
        if state in ("accepted", "ordered"):
            on = deal.ordered_on or min(quote.dated_on + timedelta(days=4), self.scene.today)
            at = max(at + timedelta(minutes=30), self.scene.at(on, 10 * 60))
            at = self._accepted[id(deal)] = min(at, self.scene.now)
            yield PastEvent(quote, "accept", at, author, {"state": "accepted"})
        elif state == "declined":
            reason = self.random.choice(words.DECLINED)
            yield PastEvent(quote, "decline", self._later(at, days=12), author, {"state": "declined"}, reason)
        elif state == "expired":
            at = self.scene.at((quote.valid_until or quote.dated_on) + timedelta(days=1), 5)
            yield PastEvent(quote, "expire", at, None, {"state": "expired"})
        elif state == "void":
            chief = self.scene.chief(author)
            yield PastEvent(quote, "void", self._later(at, hours=2), chief, {"state": "void"}, words.VOIDED_QUOTE)

    def _valued(self, deal: DealPlan) -> Iterator[PastEvent]:
        """Once there is a quote one knows what an opportunity is worth."""
        opportunity = deal.opportunity
        quote = self.quotes[id(deal)][-1]
        if opportunity is not None and opportunity.created_at < quote.created_at:
            worth = (quote.untaxed_total * quote.rate).quantize(Decimal(1))
            values = {"amount": worth, "forecast": forecast_of(worth, opportunity.probability)}
            yield PastEvent(opportunity, "update", quote.created_at, quote.created_by, values)

    # Orders.

    def _order(self, deal: DealPlan) -> Order:
        on = deal.ordered_on or self.scene.today
        at = self.scene.at(on, 10 * 60 + 40)
        if deal.state == "none":
            values, rows = self._written(deal, on, 0)
        else:
            values, rows = self._latest[id(deal)]
            values |= {"dated_on": on, "quote_id": self.quotes[id(deal)][-1].id}
            at = max(at, min(self._accepted[id(deal)] + timedelta(minutes=15), self.scene.now))
        order = Order(**values, promised_on=deal.promised_on, state="draft")
        self._add(order, rows, at)
        return order

    def _carried_out(self, deal: DealPlan, number: str | None) -> Iterator[PastEvent]:
        order = self.orders[id(deal)]
        author = order.created_by or self.scene.users["gm"]
        if order.quote_id is not None:
            quote = self.quotes[id(deal)][-1]
            yield PastEvent(quote, "order", order.created_at, author, {"state": "ordered", "order_id": order.id})
        if number is None:
            return
        at = order.created_at + timedelta(minutes=15)
        chief = self.scene.chief(author, order.highest_discount)
        submitted = {"state": "submitted", "number": number, "submitted_by_id": author}
        yield PastEvent(order, "submit", at, author, submitted)
        if deal.order_state == "submitted":
            return
        at = self.approved[id(deal)] = self._later(at, hours=2)
        yield PastEvent(order, "approve", at, chief, {"state": "approved", "approved_by_id": chief})
        if deal.order_state == "void":
            at = self._later(at, days=9)
            yield PastEvent(order, "void", at, chief, {"state": "void"}, words.VOIDED_ORDER)
        if deal.order_state in ("in_progress", "done"):
            yield PastEvent(order, "start", self._later(at, days=1), author, {"state": "in_progress"})
        if deal.order_state == "done" and deal.accepted_on is not None:
            yield PastEvent(order, "finish", self.scene.at(deal.accepted_on, 16 * 60), author, {"state": "done"})

    # Any document.

    def _written(self, deal: DealPlan, on: date, left: int) -> tuple[Row, list[Row]]:
        """The fields of a document of that day and of its lines; with `left` revisions to come it is dearer."""
        currency = self.scene.currencies[deal.currency]
        discount = deal.discount_percent if not left else Decimal(0)
        values: Row = {
            "name": deal.name,
            "customer_id": deal.customer.id,
            "contact_id": self.scene.contacts.get(deal.customer.id),
            "opportunity_id": deal.opportunity.id if deal.opportunity else None,
            "owner_id": deal.customer.owner_id,
            "dated_on": on,
            "currency_id": currency.id,
            "rate": currency.rate or Decimal(1),
            "tax_mode": deal.tax_mode,
            "tax_rate": TAX_RATE,
            "discount_percent": discount or None,
            "payment_terms_id": self.terms[deal.terms.name].id if deal.terms else None,
            "delivery": words.DELIVERIES[deal.customer.id % len(words.DELIVERIES)],
            "terms": words.CONDITIONS[deal.customer.id % len(words.CONDITIONS)],
            "note": words.NOTES[deal.customer.id % len(words.NOTES)] if deal.customer.id % 3 == 0 else None,
        }
        rows = self._priced(deal, values, left)
        document = Document(
            [_line(row) for row in rows],
            decimals=currency.decimals,
            tax_mode=deal.tax_mode,
            tax_rate=TAX_RATE,
            discount_percent=discount,
        )
        amounts = amounts_of(document)
        for row, each in zip(rows, amounts.lines, strict=True):
            row |= {"amount": each.amount, "net_amount": each.net_amount}
        return values | {name: getattr(amounts, name) for name in TOTALS}, rows

    def _priced(self, deal: DealPlan, values: Row, left: int) -> list[Row]:
        rows = [self._row(line, left) for line in deal.lines]
        prices = Prices(self.env, values)
        prices.learn(rows)
        for row, line in zip(rows, deal.lines, strict=True):
            row["list_price"] = listed = prices.price_of(row)
            row["unit_price"] = _rounded(deal, self._own_price(deal, line) if listed is None else listed)
        return rows

    def _row(self, line: LinePlan, left: int) -> Row:
        # Before they bargained there was nothing off, and more of the services.
        is_service = line.product is not None and line.product.code.startswith("SR-")
        return {
            "product_id": line.product.id if line.product else None,
            "description": line.description,
            "quantity": line.quantity + left if is_service else line.quantity,
            "unit": line.product.unit if line.product else "lot",
            "discount_percent": (line.discount if not left else Decimal(0)) or None,
            "tax_kind": line.product.tax_kind if line.product else "taxable",
        }

    def _own_price(self, deal: DealPlan, line: LinePlan) -> Decimal:
        price = (
            line.price if deal.tax_mode == "exclusive" else with_tax(line.price, tax_kind="taxable", tax_rate=TAX_RATE)
        )
        return price / (self.scene.currencies[deal.currency].rate or Decimal(1))

    def _add(self, record: Any, rows: Sequence[Row], at: datetime) -> None:
        self._wholes.append((record, self.scene.author(record.customer_id, at), at))
        self._rows.append((record, rows, at))

    def _store(self) -> None:
        self.scene.write(self._wholes)
        self.scene.write_parts("lines", self._rows)
        self._wholes, self._rows = [], []

    def _tell(self) -> None:
        self.scene.tell(self._events)
        self._events = []

    def _later(self, at: datetime, *, days: int = 0, hours: int = 0) -> datetime:
        """Some time after, in the hours of work, but not in the future."""
        moment = (at + timedelta(days=days, hours=hours)).astimezone(self.scene.zone)
        if moment.hour >= 18:
            moment = (moment + timedelta(days=1)).replace(hour=9, minute=10 + moment.minute // 2)
        return min(moment, self.scene.now)


def _line(row: Row) -> Line:
    discount = row["discount_percent"] or Decimal(0)
    return Line(row["quantity"], row["unit_price"], discount, row["tax_kind"], row["list_price"])


def _rounded(deal: DealPlan, price: Decimal) -> Decimal:
    """As people write prices; up, as what rounding takes off would count as a discount."""
    return price.quantize(Decimal(1).scaleb(-rounded_to(deal)), ROUND_UP)
