"""When the demo company's customers were visited, what was said, and what was agreed on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from addons.customer.demo.notes import METHODS, Deck, note, stage_of
from addons.customer.demo.outline import CustomerPlan, VisitPlan

VISITS, UNVISITED = 400, 14

LAST_VISIT = {"potential": (4, 110), "intent": (1, 45), "won": (2, 70), "lost": (60, 240), "invalid": (90, 280)}
"""How many days ago the last visit may be."""


def add_visits(random: Random, today: date, found: Sequence[CustomerPlan]) -> None:
    """Adds all visits, but leaves a few customers that nobody has been to yet."""
    deck = Deck(random)
    fresh = [c for c in found if c.status in ("potential", "intent") and c.changed_on is None and not c.head]
    unvisited = {id(c) for c in random.sample(fresh, UNVISITED)}
    for customer in found:
        if id(customer) in unvisited:
            customer.received_on = today - timedelta(days=random.randint(1, 45))
            customer.next_on = _planned(random, today, customer.received_on)
    visited = [c for c in found if id(c) not in unvisited]
    for seller in sorted({c.seller for c in visited if c.seller}):
        open_ones = [c for c in visited if c.seller == seller and c.status in ("intent", "won")]
        for customer in random.sample(open_ones, min(2, len(open_ones))):
            customer.is_due = True
    for customer, count in zip(visited, _shares(random, visited), strict=True):
        _visit(random, deck, today, customer, count)


def _shares(random: Random, visited: Sequence[CustomerPlan]) -> list[int]:
    """How many of all visits each customer gets; one at least."""
    weights = {"won": 6, "intent": 5, "potential": 2, "lost": 3, "invalid": 1}
    counts = [1] * len(visited)
    chances = [weights[c.status] + (2 if c.level == "A" else 0) for c in visited]
    for place in random.choices(range(len(visited)), weights=chances, k=VISITS - len(visited)):
        counts[place] += 1
    return counts


def _visit(random: Random, deck: Deck, today: date, customer: CustomerPlan, count: int) -> None:
    days = _days(random, today, customer, count)
    for place, day in enumerate(days):
        is_last = place == count - 1
        stage = stage_of(customer.status, place, count)
        contact = random.choice(customer.contacts) if customer.contacts else None
        if is_last:
            next_on = _planned(random, today, day) if customer.status not in ("lost", "invalid") else None
            next_on = today if customer.is_due else next_on
        else:
            next_on = _promised(random, day, days[place + 1])
        method = deck.deal(METHODS[stage])
        content = note(
            deck,
            industry=customer.industry,
            stage=stage,
            method=method,
            who=contact.addressed if contact else "對方窗口",
            short=customer.short_name,
            next_on=next_on,
        )
        seller = customer.first if customer.changed_on and day <= customer.changed_on else customer.seller
        minute = random.randrange(9 * 60, 17 * 60, 5)
        if customer.visits and customer.visits[-1].on == day:
            minute = customer.visits[-1].minute + 45
        customer.visits.append(VisitPlan(day, minute, method, content, seller or customer.first, contact, next_on))
        if stage == "ordered" and customer.deal_on is None:
            customer.deal_on = day
    customer.next_on = customer.visits[-1].next_on
    if customer.status == "won" and customer.deal_on is None:
        customer.deal_on = days[0] - timedelta(days=random.randint(5, 60))
        customer.received_on = min(customer.received_on, customer.deal_on - timedelta(days=30))


def _promised(random: Random, day: date, next_visit: date) -> date | None:
    """What was agreed on at a visit: the day of the next one, unless that came much later than it was meant to."""
    chance = random.random()
    if chance < 0.2:
        return None
    is_soon = next_visit <= day + timedelta(days=40)
    return next_visit if is_soon else _working_day(day + timedelta(days=random.randint(8, 30)))


def _days(random: Random, today: date, customer: CustomerPlan, count: int) -> list[date]:
    """Working days of the last twelve months, the last one as long ago as the status suggests."""
    latest = today - timedelta(days=random.randint(*LAST_VISIT[customer.status]))
    if customer.seller is None and customer.changed_on is not None:
        latest = min(latest, customer.changed_on - timedelta(days=20))
    earliest = max(customer.received_on + timedelta(days=3), today - timedelta(days=360))
    latest = min(max(latest, earliest + timedelta(days=3 * count)), today)
    span = (latest - earliest).days
    days = {latest, *(earliest + timedelta(days=d) for d in random.sample(range(span), count - 1))}
    return sorted(_working_day(day) for day in days)


def _planned(random: Random, today: date, after: date) -> date | None:
    """A next contact that is overdue, due, near, far or forgotten; never before `after`."""
    chance = random.random()
    if chance < 0.13:
        return None
    if chance < 0.33:
        planned = today - timedelta(days=random.randint(1, 14))
    elif chance < 0.42:
        planned = today
    elif chance < 0.62:
        planned = today + timedelta(days=random.randint(1, 6))
    else:
        planned = today + timedelta(days=random.randint(7, 45))
    return max(_working_day(planned) if planned != today else planned, after + timedelta(days=1))


def _working_day(day: date) -> date:
    """The Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
