"""Which customers of the demo company were offered what, when they ordered, and how they were to pay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from addons.customer.models import Customer
from addons.opportunity.models import Opportunity
from addons.product.models import Product
from addons.sales.demo.outline import DealPlan, LinePlan
from addons.sales.demo.words import CASH_TERMS, PACKAGES, TERMS, Package

QUOTES, WITHOUT_QUOTE, INSTALMENTS = 70, 5, 120

OPEN_QUOTES = ("draft",) * 4 + ("submitted",) * 4 + ("approved",) * 4 + ("sent",) * 7 + ("accepted",) * 2
CLOSED_QUOTES = ("declined",) * 5 + ("expired",) * 3 + ("void",)
"""With those that became orders, the states of all quotes."""

ORDERED = QUOTES - len(OPEN_QUOTES) - len(CLOSED_QUOTES) + WITHOUT_QUOTE
ORDER_STATES = ("done",) * 22 + ("void",) + ("in_progress",) * 14 + ("approved",) * 5 + ("submitted",) * 2 + ("draft",)
"""From the oldest order to the latest."""

THREE_REVISIONS, TWO_REVISIONS = 5, 10
CURRENCIES = ("USD", "JPY", "USD", "EUR", "USD", "USD", "JPY", "EUR")
LARGE = 300_000
"""NT$: above, customers pay in three instalments."""
OVERDUE = (45, 95)
"""So many days the last instalment of an order is overdue, each of one order."""

EARLIEST = 420
"""So many days ago the first order was taken that is still of interest."""


class Planner:
    """Plans all deals from what is known of the customers and their opportunities."""

    def __init__(
        self,
        random: Random,
        today: date,
        customers: Sequence[Customer],
        opportunities: Sequence[Opportunity],
        products: Mapping[str, Product],
        *,
        teller: int,
    ) -> None:
        self.random, self.today, self.products, self.teller = random, today, products, teller
        self.customers = {each.id: each for each in customers}
        self.opportunities = {state: [o for o in opportunities if o.state == state] for state in _STATES_OF_DEALS}

    def plan(self) -> list[DealPlan]:
        """All deals, the earliest first."""
        ordered = sorted(self._ordered(), key=lambda deal: deal.ordered_on or self.today)
        for deal, state in zip(ordered, ORDER_STATES, strict=True):
            deal.order_state = state
            self._schedule(deal)
        self._tell_orders(ordered)
        self._choose_terms(ordered)
        others = [*self._open(), *self._closed()]
        self._revise(ordered, others)
        self._tell_quotes(others)
        self._vary(ordered, others)
        return sorted((*ordered, *others), key=lambda deal: deal.quoted_on)

    # Deals that became orders.

    def _ordered(self) -> Iterator[DealPlan]:
        won = sorted(self.opportunities["won"], key=lambda each: each.closed_on or self.today)
        for opportunity in won:
            on = _working_day(opportunity.closed_on or self.today)
            yield self._deal(self.customers[opportunity.customer_id], "ordered", on, opportunity)
        buyers = [each for each in self.customers.values() if each.status == "won"]
        known = {opportunity.customer_id for opportunity in won}
        # Those that nothing is known of have bought something too: that is why they count as won.
        buyers.sort(key=lambda each: (each.id in known, each.id))
        for place in range(ORDERED - len(won)):
            customer = buyers[place % len(buyers)]
            is_first = place < len(buyers) and customer.id not in known
            state = "none" if place >= ORDERED - len(won) - WITHOUT_QUOTE else "ordered"
            yield self._deal(customer, state, self._bought_on(customer, is_first=is_first), None)

    def _bought_on(self, customer: Customer, *, is_first: bool) -> date:
        """The day of the deal that is known of, or another one since there are dealings with the customer."""
        if is_first and customer.deal_on is not None and customer.deal_on >= self.today - timedelta(days=EARLIEST):
            return _working_day(customer.deal_on)
        known = (customer.received_on or self.today) + timedelta(days=25)
        since = min(max(known, self.today - timedelta(days=EARLIEST)), self.today - timedelta(days=7))
        # Most of them are done by now.
        past = (self.today - since).days * (1 - self.random.random() ** 2)
        return _working_day(self.today - timedelta(days=max(int(past), 7)))

    def _schedule(self, deal: DealPlan) -> None:
        """When the goods were promised, and when they were accepted if they are done."""
        assert deal.ordered_on is not None
        deal.promised_on = _working_day(deal.ordered_on + timedelta(days=self.random.randint(14, 45)))
        if deal.order_state == "done":
            deal.promised_on = min(deal.promised_on, _working_day(self.today - timedelta(days=8)))
            deal.accepted_on = min(deal.promised_on + timedelta(days=self.random.randint(4, 20)), self.today)

    def _tell_orders(self, ordered: Sequence[DealPlan]) -> None:
        """Orders in three instalments that are paid in part, or late."""
        large = [deal for deal in ordered if _worth(deal) > LARGE]
        partly = next(deal for deal in large[::-1] if deal.order_state == "in_progress")
        partly.promised_on = _working_day(self.today + timedelta(days=12))
        partly.tags.add("partial receipt")
        for days in OVERDUE:
            # The last instalment is due thirty days after the goods were accepted.
            accepted = self.today - timedelta(days=days + 30)
            done = [deal for deal in large if deal.order_state == "done" and not deal.tags]
            late = next(deal for deal in done[::-1] if deal.promised_on and deal.promised_on <= accepted)
            late.accepted_on = accepted
            late.tags.add("overdue")

    def _choose_terms(self, ordered: Sequence[DealPlan]) -> None:
        """By what is at stake, but so that there are as many instalments as there should be."""
        for deal in ordered:
            worth = _worth(deal)
            place = 3 if worth > LARGE else 2 if worth > LARGE / 3 else self.random.randint(0, 1)
            deal.terms = TERMS[3 if deal.tags else place]
        free = [deal for deal in ordered if (deal.is_owed or deal.order_state == "void") and not deal.tags]
        free.sort(key=_worth)
        lacking = INSTALMENTS - sum(
            _instalments(deal) for deal in ordered if deal.is_owed or deal.order_state == "void"
        )
        # More of them for the most valuable, fewer for the others.
        for deal in (free[::-1] if lacking > 0 else free) * 3:
            wanted = _instalments(deal) + (1 if lacking > 0 else -1)
            if lacking and 1 <= wanted <= 4:
                deal.terms = next(each for each in TERMS if len(each.steps) == wanted)
                lacking += -1 if lacking > 0 else 1

    # Deals that are not orders.

    def _open(self) -> Iterator[DealPlan]:
        likely = sorted(self.opportunities["open"], key=lambda each: -each.probability)
        for state, opportunity in zip(OPEN_QUOTES[::-1], likely, strict=False):
            days = {"draft": 2, "submitted": 3, "approved": 6, "sent": 24, "accepted": 16}[state]
            on = _working_day(self.today - timedelta(days=self.random.randint(days // 2, days)))
            yield self._deal(self.customers[opportunity.customer_id], state, on, opportunity)

    def _closed(self) -> Iterator[DealPlan]:
        lost, open_ = self.opportunities["lost"], self.opportunities["open"][::-1]
        for state, opportunity in zip(CLOSED_QUOTES, [*lost[:5], *open_[:4]], strict=True):
            closed = opportunity.closed_on or self.today - timedelta(days=self.random.randint(4, 20))
            age = 40 if state == "expired" else 16
            on = _working_day(closed - timedelta(days=self.random.randint(age, age + 12)))
            yield self._deal(self.customers[opportunity.customer_id], state, on, opportunity)

    # Any deal.

    def _deal(self, customer: Customer, state: str, on: date, opportunity: Opportunity | None) -> DealPlan:
        package = _package(self.random, opportunity)
        received = customer.received_on or on
        is_ordered = state in ("ordered", "none")
        quoted = on if not is_ordered else on - timedelta(days=self.random.randint(6, 24))
        return DealPlan(
            customer=customer,
            package=package,
            name=opportunity.name if opportunity else package.name,
            state=state,
            quoted_on=max(_working_day(quoted), min(received, on)),
            lines=self._lines(package, opportunity),
            opportunity=opportunity,
            ordered_on=on if is_ordered else None,
        )

    def _lines(self, package: Package, opportunity: Opportunity | None) -> list[LinePlan]:
        """The package, as many times as the opportunity is worth."""
        items = [(self.products[code], quantity) for code, quantity in package.items]
        once = sum(((product.list_price or 0) * quantity for product, quantity in items), Decimal(0))
        wanted = (opportunity.amount or once) if opportunity else once * self.random.randint(1, 2)
        times = min(max(round(wanted / once), 1), 5)
        lines = [
            LinePlan(
                product,
                product.name,
                Decimal(quantity * (1 if product.code.startswith("SR-") else times)),
                product.list_price or Decimal(0),
                Decimal(self.random.choice((0, 0, 0, 0, 3, 5))),
            )
            for product, quantity in items
        ]
        if package.extra is not None and self.random.random() < 0.6:
            name, price = package.extra
            lines.append(LinePlan(None, name, Decimal(1), Decimal(price)))
        return lines

    # What makes them different.

    def _revise(self, ordered: Sequence[DealPlan], others: Sequence[DealPlan]) -> None:
        quoted = [deal for deal in ordered if deal.state == "ordered" and deal.opportunity is not None]
        sent = [deal for deal in others if deal.state in ("sent", "declined", "accepted")]
        chosen = [*quoted[::2], *sent[::3], *quoted[1::2], *sent[1::3]]
        for place, deal in enumerate(chosen[: THREE_REVISIONS + TWO_REVISIONS]):
            deal.revisions = 3 if place < THREE_REVISIONS else 2
        chosen[0].tags.add("third revision")

    def _tell_quotes(self, others: Sequence[DealPlan]) -> None:
        """A discount that only the general manager can grant."""
        waiting = next(deal for deal in others if deal.state in ("submitted", "sent") and self._is_of_teller(deal))
        submitted = next(deal for deal in (waiting, *others) if deal.state == "submitted")
        waiting.state, submitted.state = submitted.state, waiting.state
        waiting.quoted_on, submitted.quoted_on = submitted.quoted_on, waiting.quoted_on
        waiting.revisions, submitted.revisions = submitted.revisions, waiting.revisions
        waiting.tags.add("waits for the general manager")
        waiting.discount_percent = Decimal(18)
        for line in waiting.lines:
            line.discount = Decimal(0)

    def _is_of_teller(self, deal: DealPlan) -> bool:
        """Whether it is of the salesperson whom visitors sign in as."""
        return deal.customer.owner_id == self.teller

    def _vary(self, ordered: Sequence[DealPlan], others: Sequence[DealPlan]) -> None:
        """Currencies, prices with tax, discounts on the whole."""
        plain = [deal for deal in (*ordered[::4], *others[::4]) if not deal.tags]
        for deal, currency in zip(plain[::2], CURRENCIES, strict=False):
            deal.currency = currency
        for deal in plain[1::3]:
            deal.tax_mode = "inclusive"
        for deal in (*ordered[3::5], *others[2::6]):
            if not deal.tags:
                deal.discount_percent = Decimal(self.random.choice((2, 3, 5, 8)))
        for deal in (*ordered, *others):
            if deal.revisions > 1:
                # That is what the revisions were about.
                deal.discount_percent = max(deal.discount_percent, Decimal(4))
        for deal in others:
            deal.terms = TERMS[3] if _worth(deal) > LARGE else self.random.choice((TERMS[0], TERMS[2], CASH_TERMS))


_STATES_OF_DEALS = ("open", "won", "lost")


def _package(random: Random, opportunity: Opportunity | None) -> Package:
    """What the opportunity is about, as far as its name says."""
    name = opportunity.name if opportunity else ""
    fitting = [package for package in PACKAGES if any(word in name for word in package.fits)]
    return random.choice(fitting or PACKAGES)


def _instalments(deal: DealPlan) -> int:
    return len(deal.terms.steps) if deal.terms else 1


def _worth(deal: DealPlan) -> Decimal:
    return sum((line.quantity * line.price for line in deal.lines), Decimal(0))


def _working_day(day: date) -> date:
    """The Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
