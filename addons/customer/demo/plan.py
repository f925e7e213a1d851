"""Who the demo company's customers are and what has happened with each, worked out before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from random import Random

from addons.customer.demo import names, places
from addons.customer.demo.diary import add_visits
from addons.customer.demo.outline import ContactPlan, CustomerPlan

CUSTOMERS, CONTACTS, PEOPLE = 120, 200, 2

SELLERS = {
    "sales": 22,
    "wang.pohan": 14,
    "wu.peishan": 12,
    "hsu.chiahao": 10,
    "manager": 2,
    "sales2": 18,
    "cheng.yawen": 14,
    "kuo.chunhsien": 13,
    "hung.shihhan": 13,
    "tsai.mingche": 2,
}
"""Sign-in name → how many customers; the first five are in the North."""

NORTHERN = frozenset(list(SELLERS)[:5])
LEAVER, LEFT_DAYS_AGO = "liu.tsunghan", 152

GROUPS = (
    (
        "瀚擎",
        "hancheng",
        (("控股", "machinery"), ("電子", "electronics"), ("精機", "machinery"), ("光電", "optoelectronics")),
    ),
    ("隆裕", "lungyu", (("實業", "plastics"), ("塑膠", "plastics"), ("食品", "food"))),
)
"""(name, domain, members with their industry); the first member is the head."""

PREFIXES = tuple(name for name, _domain, _members in GROUPS)

STATUSES = {"potential": 32, "intent": 42, "won": 30, "lost": 10, "invalid": 6}
LEVELS = {"potential": "BCCD", "intent": "ABBC", "won": "AABB", "lost": "BCCD", "invalid": "CD"}
TITLES = (
    ("總經理", "decision_maker", "總"),
    ("廠長", "decision_maker", "廠長"),
    ("生產部經理", "influencer", "經理"),
    ("採購課長", "purchasing", "課長"),
    ("採購專員", "purchasing", "專員"),
    ("設備工程師", "technical", "工程師"),
    ("自動化課課長", "technical", "課長"),
    ("品保經理", "influencer", "經理"),
    ("製造部副理", "user", "副理"),
    ("總經理特助", "supporter", "特助"),
    ("財務協理", "finance", "協理"),
    ("資材主任", "purchasing", "主任"),
)
"""Job title, part in the decision, and how one is addressed after the surname."""


def plan(random: Random, today: date) -> list[CustomerPlan]:
    """All customers, the longest known first."""
    sellers = [seller for seller, count in SELLERS.items() for _place in range(count)]
    statuses = [status for status, count in STATUSES.items() for _place in range(count)]
    random.shuffle(statuses)
    found = [
        _customer(random, today, seller, status, company)
        for seller, status, company in zip(sellers, statuses, _companies(random), strict=False)
    ]
    _join_groups(found)
    _change_owners(random, today, found)
    _add_contacts(random, found)
    add_visits(random, today, found)
    return sorted(found, key=lambda customer: (customer.head is not None, customer.received_on))


def _companies(random: Random) -> Iterator[tuple[str, str, str, str]]:
    """Members of groups between companies that stand alone, and a few people."""
    grouped = [
        (industry, f"{name}{word}股份有限公司", name + word, f"{domain}-{place}.example")
        for name, domain, members in GROUPS
        for place, (word, industry) in enumerate(members, 1)
    ]
    alone = (company for company in names.companies(random) if not company[2].startswith(PREFIXES))
    persons = [("machinery", name, name, "") for name, _local in islice(names.people(Random(97)), PEOPLE)]
    found = [*islice(alone, CUSTOMERS - len(grouped) - PEOPLE), *grouped, *persons]
    random.shuffle(found)
    yield from found


def _customer(
    random: Random, today: date, seller: str, status: str, company: tuple[str, str, str, str]
) -> CustomerPlan:
    industry, name, short, domain = company
    cities = [city for city in places.CITIES if (city.code in places.NORTH) == (seller in NORTHERN)]
    earliest = 90 if status == "potential" else 200
    return CustomerPlan(
        name=name,
        short_name=short,
        domain=domain,
        industry=industry,
        city=random.choice(cities),
        kind="company" if domain else "person",
        status=status,
        level=random.choice(LEVELS[status]),
        seller=seller,
        first=seller,
        received_on=today - timedelta(days=random.randint(earliest, 720)),
    )


def _join_groups(found: Sequence[CustomerPlan]) -> None:
    for name, _domain, members in GROUPS:
        of_group = {c.short_name: c for c in found}
        head = of_group[name + members[0][0]]
        for word, _industry in members[1:]:
            of_group[name + word].head = head


def _change_owners(random: Random, today: date, found: Sequence[CustomerPlan]) -> None:
    """The customers of somebody who left, some that were handed on, and four that nobody has any more."""
    old = [c for c in found if c.received_on < today - timedelta(days=260)]
    left = today - timedelta(days=LEFT_DAYS_AGO)
    for customer in random.sample([c for c in old if c.seller in NORTHERN], 9):
        customer.first, customer.changed_on, customer.reason = LEAVER, left, "劉宗翰離職，客戶交接"
    rest = [c for c in old if c.changed_on is None and c.seller not in ("manager", "tsai.mingche")]
    for customer in random.sample(rest, 10):
        sellers = [s for s in SELLERS if (s in NORTHERN) == (customer.seller in NORTHERN)]
        customer.first = random.choice([s for s in sellers if s != customer.seller])
        customer.changed_on = today - timedelta(days=random.randint(40, 230))
        customer.reason = random.choice(
            ("依區域重新分配", "客戶希望由資深業務服務", "產品線調整，轉由專責業務負責", "原負責人案量過多")
        )
    alone = [c for c in rest if c.changed_on is None and not c.short_name.startswith(PREFIXES)]
    stuck = [c for c in alone if c.status in ("potential", "lost", "invalid")]
    for customer in random.sample(stuck, 4):
        customer.seller, customer.changed_on = None, today - timedelta(days=random.randint(12, 35))
        customer.reason = random.choice(("長期沒有進展，先釋出", "業務調整，待重新指派"))


def _add_contacts(random: Random, found: Sequence[CustomerPlan]) -> None:
    """One for almost everybody; the more important the customer, the more of them."""
    people = names.people(random)
    companies = [c for c in found if c.kind == "company"]
    without = {id(c) for c in random.sample([c for c in companies if c.status == "potential"], 6)}
    wanted = [c for c in found if id(c) not in without]
    chosen = wanted + random.choices(
        [c for c in companies if id(c) not in without and c.level in "AB"], k=CONTACTS - len(wanted)
    )
    for customer in chosen:
        taken = {contact.title for contact in customer.contacts}
        title, role, address = random.choice([t for t in TITLES if t[0] not in taken])
        name, local = next(people)
        if customer.kind == "person":
            name, title, role, address = customer.name, "負責人", "decision_maker", "老闆"
        customer.contacts.append(
            ContactPlan(
                name=name,
                title=title,
                role=role,
                address=address,
                mobile=places.mobile(random),
                email=f"{local}@{customer.domain}" if customer.domain else f"{local}@mail.example",
                extension=str(random.randint(101, 899)),
                line_id=f"{local.replace('.', '_')}{random.randint(10, 99)}" if random.random() < 0.4 else None,
                birthday=date(random.randint(1962, 1996), random.randint(1, 12), random.randint(1, 28))
                if random.random() < 0.35
                else None,
            )
        )
