"""Who was there, and when: what all writers of the demo's documents look up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar

from sqlalchemy import select

from addons.customer.models import Contact, Customer, OwnershipPeriod
from addons.sales.demo.outline import DealPlan
from addons.sales.models import Currency
from core.api import Env, Model, PastEvent, User, acting_as, add_parts, backdate, clock, replay, take_numbers

T = TypeVar("T")


class Scene:
    """The people of the demo company and whose customer was whose; keeps what is to be told of the records."""

    def __init__(self, env: Env, random: Random) -> None:
        self.env, self.random, self.zone = env, random, env.company_timezone
        self.now = clock.now() - timedelta(minutes=1)
        self.today = clock.now().astimezone(self.zone).date()
        people = env.session.scalars(select(User).where(User.is_demo)).all()
        self.users = {user.username: user.id for user in people}
        self.chiefs = {user.id: user.supervisor_id or user.id for user in people}
        self.currencies = {each.code: each for each in env.session.scalars(select(Currency))}
        self.names: dict[int, str] = dict(env.session.execute(select(Customer.id, Customer.name)).all())
        """Customer → its name."""
        self.contacts: dict[int, int] = {}
        wanted = select(Contact.customer_id, Contact.id).order_by(Contact.is_primary, Contact.id.desc())
        self.contacts.update(env.session.execute(wanted).all())
        self._periods: dict[int, list[OwnershipPeriod]] = defaultdict(list)
        for period in env.session.scalars(select(OwnershipPeriod).order_by(OwnershipPeriod.since)):
            self._periods[period.customer_id].append(period)

    def at(self, day: date, minute: int) -> datetime:
        """A minute of that day where the company is, but not in the future."""
        moment = datetime.combine(day, time(), self.zone) + timedelta(minutes=minute)
        return min(moment, self.now)

    def author(self, customer_id: int, at: datetime) -> int:
        """Whose customer it was then: they wrote the documents."""
        found = [each for each in self._periods[customer_id] if each.owner_id is not None]
        then = [each for each in found if each.since <= at] or found[:1]
        return then[-1].owner_id or self.users["gm"]

    def chief(self, user_id: int, discount: Any = 0) -> int:
        """Who approves what that person submits: the general manager where the discount is too high for others."""
        return self.users["gm"] if discount > 15 else self.chiefs[user_id]

    def write(self, items: Sequence[tuple[Model, int | None, datetime]]) -> None:
        """Stores new records (record, author, moment) in one flush for each author."""
        items = [(record, author, min(at, self.now)) for record, author, at in items]
        for author, group in _grouped(items, lambda item: item[1]).items():
            with acting_as(self.env, author) as session:
                session.add_all(record for record, _author, _at in group)
        backdate(self.env, [(record, at) for record, _author, at in items])

    def write_parts(self, name: str, items: Sequence[tuple[Model, Sequence[Mapping[str, Any]], datetime]]) -> None:
        """Stores the parts of stored records: (record, rows, moment)."""
        made = [
            (part, min(at, self.now)) for record, rows, at in items for part in add_parts(self.env, record, name, rows)
        ]
        backdate(self.env, made)

    def numbers(self, model: type[Model], days: Sequence[date]) -> list[str]:
        """Numbers for records of these days, in their order: they begin anew each month, and leave none out."""
        by_month = _grouped(days, lambda day: (day.year, day.month))
        series = {
            month: iter(take_numbers(self.env, model, "number", len(group), on=group[0]))
            for month, group in by_month.items()
        }
        return [next(series[day.year, day.month]) for day in days]

    def tell(self, events: Iterable[PastEvent]) -> None:
        """Has the records go through these events, the earliest first; what was to come has only just been done."""
        past = [replace(each, at=min(each.at, self.now)) for each in events]
        replay(self.env, sorted(past, key=lambda each: each.at))


def rounded_to(plan: DealPlan) -> int:
    """The decimals of prices in the deal's currency, as people write them."""
    return 2 if plan.currency in ("USD", "EUR") else 0


def _grouped(items: Iterable[T], key: Callable[[T], Any]) -> dict[Any, list[T]]:
    found: dict[Any, list[T]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return found
