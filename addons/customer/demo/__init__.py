"""The customers of the demo company: what has happened with each over the last two years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TypeVar

from sqlalchemy import select

from addons.base.business_number import is_business_number
from addons.customer.demo import names, places
from addons.customer.demo.outline import CustomerPlan, VisitPlan
from addons.customer.demo.photos import photo
from addons.customer.demo.plan import plan
from addons.customer.models import Contact, Customer, OwnershipPeriod, Visit
from core.api import Env, Model, ShareLevel, User, acting_as, add_collaborator, backdate, clock, keep_file, take_numbers

SEED = 9
PHOTOS = 16
T = TypeVar("T")
M = TypeVar("M", bound=Model)


def load(env: Env) -> None:
    """Customers with their contacts, visits, ownership and collaborators, the same every day but for the dates."""
    loader = _Loader(env)
    plans = plan(loader.random, loader.today)
    loader.add_customers(plans)
    loader.hand_over(plans)
    loader.share(plans)
    loader.add_contacts(plans)
    loader.add_visits(plans)
    loader.add_periods(plans)


class _Loader:
    """Writes the plans in a few flushes, each as somebody's doing, and moves them into the past."""

    def __init__(self, env: Env) -> None:
        self.env, self.random = env, Random(SEED)
        self.zone = env.company_timezone
        self.today = clock.now().astimezone(self.zone).date()
        rows = env.session.execute(select(User.username, User.id).where(User.is_demo))
        self.users = dict(rows.all())
        self.customers: dict[int, Customer] = {}
        self.contacts: dict[int, Contact] = {}

    def add_customers(self, plans: Sequence[CustomerPlan]) -> None:
        numbers = take_numbers(self.env, Customer, "number", len(plans))
        business_numbers = names.business_numbers(self.random)
        for number, found in zip(numbers, plans, strict=True):
            customer = self._customer(found, next(business_numbers))
            customer.number = number
            self.customers[id(found)] = customer
        self._enter_twice(plans)
        # Heads of groups come first in the plans, so their ids are known when their members are written.
        heads = [found for found in plans if found.head is None]
        self._write(heads, lambda found: found.first, lambda found: self.customers[id(found)])
        members = [found for found in plans if found.head is not None]
        for found in members:
            self.customers[id(found)].parent_id = self.customers[id(found.head)].id
        self._write(members, lambda found: found.first, lambda found: self.customers[id(found)])
        backdate(self.env, [(self.customers[id(p)], self._at(p.received_on, 9 * 60 + 40)) for p in plans])

    def _enter_twice(self, plans: Sequence[CustomerPlan]) -> None:
        """One company is there twice, as it happens: under another form of its name, with the number of abroad."""
        likely = [p for p in plans if p.kind == "company" and p.head is None and p.seller == "sales"]
        first, again = (self.customers[id(found)] for found in likely[-2:])
        again.name, again.phone = f"{first.short_name}有限公司", f"+886-{(first.phone or '').removeprefix('0')}"
        again.short_name, again.email, again.website = first.short_name, None, None
        again.tax_id = None

    def _customer(self, found: CustomerPlan, business_number: str) -> Customer:
        random, is_company = self.random, found.kind == "company"
        locked = found.status == "won" and random.random() < 0.15
        return Customer(
            name=found.name,
            short_name=found.short_name if is_company else None,
            kind=found.kind,
            tax_id=business_number if is_company and is_business_number(business_number) else None,
            level=found.level,
            status=found.status,
            industry=found.industry,
            source=random.choice(("referral", "exhibition", "website", "enquiry", "cold_call", "partner")),
            region=found.city.code,
            address=places.address(random, found.city),
            phone=places.landline(random, found.city),
            email=f"service@{found.domain}" if is_company else None,
            website=f"https://www.{found.domain}" if is_company and random.random() < 0.8 else None,
            owner_id=self.users[found.first],
            received_on=found.received_on,
            last_visit_on=found.visits[-1].on if found.visits else None,
            next_contact_on=found.next_on,
            deal_on=found.deal_on,
            locked_until=self.today + timedelta(days=random.randint(30, 200)) if locked else None,
            tags=random.sample(_TAGS, random.choice((0, 0, 1, 1, 2))),
            note=random.choice(_NOTES) if random.random() < 0.25 else None,
        )

    def hand_over(self, plans: Sequence[CustomerPlan]) -> None:
        """Gives customers to whoever has them today."""
        changed = [found for found in plans if found.changed_on is not None]
        for reason, group in _grouped(changed, lambda found: found.reason).items():
            with acting_as(self.env, self.users[self._manager(group[0])], "assign", reason):
                for found in group:
                    self.customers[id(found)].owner_id = self.users[found.seller] if found.seller else None
        moments = [(self.customers[id(p)], self._at(p.changed_on, 11 * 60)) for p in changed if p.changed_on]
        backdate(self.env, moments, "assign")

    def share(self, plans: Sequence[CustomerPlan]) -> None:
        """Lets colleagues take part, before there is anything else that they would have to be added to."""
        taken = set()
        for seller, user, level, days in _SHARES:
            found = next(p for p in plans if p.seller == seller and p.status == "intent" and id(p) not in taken)
            taken.add(id(found))
            add_collaborator(
                self.env,
                self.customers[id(found)],
                self.users[user],
                level=level,
                by=self.users[seller],
                since=clock.now() - timedelta(days=21),
                until=clock.now() + timedelta(days=days) if days else None,
            )

    def add_contacts(self, plans: Sequence[CustomerPlan]) -> None:
        moments = []
        for found in plans:
            customer = self.customers[id(found)]
            for place, contact in enumerate(found.contacts):
                made = Contact(
                    name=contact.name,
                    customer_id=customer.id,
                    job_title=contact.title,
                    role=contact.role,
                    mobile=contact.mobile,
                    phone=f"{customer.phone} #{contact.extension}" if customer.kind == "company" else None,
                    email=contact.email,
                    line_id=contact.line_id,
                    birthday=contact.birthday,
                    is_primary=place == 0,
                )
                self.contacts[id(contact)] = made
                moments.append((made, self._at(found.received_on + timedelta(days=place * 3), 10 * 60 + 5)))
        everybody = [(found, contact) for found in plans for contact in found.contacts]
        self._write(everybody, lambda pair: pair[0].first, lambda pair: self.contacts[id(pair[1])])
        backdate(self.env, moments)

    def add_visits(self, plans: Sequence[CustomerPlan]) -> None:
        everything = [(found, visit) for found in plans for visit in found.visits]
        everything.sort(key=lambda pair: (pair[1].on, pair[1].minute))
        made = {id(visit): self._visit(found, visit) for found, visit in everything}
        self._add_photos([made[id(visit)] for _found, visit in everything if visit.method == "visit"])
        self._write(everything, lambda pair: pair[1].seller, lambda pair: made[id(pair[1])])
        backdate(self.env, [(made[id(v)], self._at(v.on, v.minute + 75)) for _found, v in everything])

    def _add_photos(self, visits: Sequence[Visit]) -> None:
        """Of the latest visits on the spot."""
        random = Random(SEED)
        for visit in visits[-PHOTOS:]:
            name = f"{visit.visited_at.astimezone(self.zone):%Y%m%d_%H%M}.jpg"
            visit.photo = keep_file(self.env, name=name, stream=photo(random))

    def _visit(self, found: CustomerPlan, visit: VisitPlan) -> Visit:
        return Visit(
            customer_id=self.customers[id(found)].id,
            method=visit.method,
            content=visit.content,
            visited_at=self._at(visit.on, visit.minute),
            contact_id=self.contacts[id(visit.contact)].id if visit.contact else None,
            next_contact_on=visit.next_on,
            owner_id=self.users[visit.seller],
        )

    def add_periods(self, plans: Sequence[CustomerPlan]) -> None:
        periods = [period for found in plans for period in self._periods(found)]
        with acting_as(self.env, None) as session:
            session.add_all(periods)
        backdate(self.env, [(period, period.since) for period in periods])

    def _periods(self, found: CustomerPlan) -> list[OwnershipPeriod]:
        """Who had the customer when: one period, or two where it changed hands."""
        customer_id, first = self.customers[id(found)].id, self.users[found.first]
        since = self._at(found.received_on, 9 * 60 + 40)
        changed = self._at(found.changed_on, 11 * 60) if found.changed_on else None
        made = [
            OwnershipPeriod(
                customer_id=customer_id,
                owner_id=first,
                since=since,
                until=changed,
                by_id=first,
                rule="created",
            )
        ]
        if changed is not None:
            made.append(
                OwnershipPeriod(
                    customer_id=customer_id,
                    owner_id=self.users[found.seller] if found.seller else None,
                    since=changed,
                    by_id=self.users[self._manager(found)],
                    rule="assigned" if found.seller else "released",
                    reason=found.reason,
                )
            )
        return made

    def _manager(self, found: CustomerPlan) -> str:
        return "manager" if found.city.code in places.NORTH else "tsai.mingche"

    def _at(self, day: date, minute: int) -> datetime:
        """A minute of that day where the company is, but not in the future."""
        moment = datetime.combine(day, time(), self.zone) + timedelta(minutes=minute)
        return min(moment, clock.now())

    def _write(self, items: Iterable[T], author: Callable[[T], str], record: Callable[[T], Model]) -> None:
        for username, group in _grouped(items, author).items():
            with acting_as(self.env, self.users[username]) as session:
                session.add_all(record(item) for item in group)


def _grouped(items: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return found


_TAGS = ("key_account", "long_term", "price_sensitive", "technical", "expanding", "competitor")

_NOTES = (
    "進廠需前一天登記，並穿安全鞋。",
    "發票開立地址與廠址不同，請款前先確認。",
    "每月 25 日結帳，請款單要在 20 日前送到。",
    "農曆年前一定會盤點，那兩週不要約拜訪。",
    "收貨區下午四點關門。",
    "老闆娘管財務，付款前會再問一次細節。",
    "廠內禁止拍照，需要照片請對方提供。",
    "週三上午是他們的產銷會議，打電話要避開。",
    "停車場要先給車號，警衛室很嚴格。",
    "他們的供應商評鑑每年三月做，資料要先備好。",
)

_SHARES = (
    ("sales", "hsu.chiahao", ShareLevel.EDIT, 0),
    ("sales", "sales2", ShareLevel.READ, 60),
    ("wang.pohan", "sales", ShareLevel.EDIT, 0),
    ("sales2", "kuo.chunhsien", ShareLevel.EDIT, 0),
    ("sales2", "sales", ShareLevel.READ, 90),
    ("cheng.yawen", "sales2", ShareLevel.READ, 0),
)
"""(owner, collaborator, level, days that it lasts; 0 for ever)."""
