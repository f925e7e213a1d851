"""The figures and charts of the start page. Every number counts only what its reader may see."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from addons.customer.models import Customer, Visit
from core.api import Card, Chart, Env, Figure, ListRequest, _, count

MONTHS = 12
_WHOLE_LIST = "/customer?view=none"
"""What was counted, also for who begins the list with a view."""
LONG = 10
"""Characters of a label under a bar."""


def _new_customers(env: Env) -> Figure:
    """Customers received since the first of the month."""
    return _this_month(env, _received, "/customer?filter=received_on:ge:")


def _received(env: Env, first: date, last: date) -> int:
    wanted = select(func.count(Customer.id)).where(Customer.received_on >= first, Customer.received_on <= last)
    return env.session.scalar(wanted) or 0


def _visits(env: Env) -> Figure:
    """Visits since the first of the month."""
    return _this_month(env, _visited, "/visit?filter=visited_at:ge:")


def _visited(env: Env, first: date, last: date) -> int:
    begin, end = _moment(env, first), _moment(env, last + timedelta(days=1))
    wanted = select(func.count(Visit.id)).where(Visit.visited_at >= begin, Visit.visited_at < end)
    return env.session.scalar(wanted) or 0


def _this_month(env: Env, counted: Callable[[Env, date, date], int], url: str) -> Figure:
    """What is `counted` from a first to a last day: since the first of the month, against the same days of the last.

    `url` lists it, once the first day stands at its end.
    """
    start, before, until = _months(env.today)
    return Figure(
        value=counted(env, start, env.today),
        text=_("since the first of the month"),
        before=counted(env, before, until),
        compared=_("against last month by this day"),
        is_good=True,
        url=f"{url}{start.isoformat()}",
    )


def _overdue(env: Env) -> Figure:
    """Customers whose next contact has passed, whoever looks after them."""
    found = count(env, ListRequest(Customer, filters=("next_contact_on:lt:today",)))
    return Figure(
        value=found.number,
        text=_("customers wait for a call or a visit"),
        is_good=False,
        url="/customer?filter=next_contact_on:lt:today",
    )


def _all(env: Env) -> Figure:
    """All customers that the reader may see."""
    return Figure(value=count(env, ListRequest(Customer)).number, text=_("that you may see"), url=_WHOLE_LIST)


def _by_status(env: Env) -> Chart | None:
    """How many customers have which status, in the order of the list."""
    found: dict[str, int] = dict(
        env.session.execute(select(Customer.status, func.count(Customer.id)).group_by(Customer.status)).all()
    )
    if not found:
        return None
    labels = env.lists.values("customer.status")
    points = [(value.label[:LONG], found.get(code, 0)) for code, value in labels.items()]
    return Chart(kind="bar", points=points, text=_("Customers by status"), url=_WHOLE_LIST)


def _by_month(env: Env) -> Chart | None:
    """Visits per month of the last twelve, this one included."""
    months = [_first_of_month(env.today, back) for back in range(MONTHS - 1, -2, -1)]
    points = [
        (f"{month.month}", _visited(env, month, following - timedelta(days=1)))
        for month, following in itertools.pairwise(months)
    ]
    if not any(found for _month, found in points):
        return None
    return Chart(kind="line", points=points, text=_("Visits per month"), url="/visit?view=none")


def _months(today: date) -> tuple[date, date, date]:
    """The first of this month, the first of the one before, and that one's day that is today's."""
    start, before = today.replace(day=1), _first_of_month(today, 1)
    return start, before, min(before + timedelta(days=today.day - 1), start - timedelta(days=1))


def _first_of_month(today: date, back: int) -> date:
    months = today.year * 12 + today.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _moment(env: Env, day: date) -> datetime:
    zone: ZoneInfo = env.timezone
    return datetime.combine(day, time(), zone)


_READ_CUSTOMERS, _READ_VISITS = ("customer", "read"), ("visit", "read")

FIGURES = [
    Card(key="all_customers", label=_("Customers"), figure=_all, grant=_READ_CUSTOMERS, position=1, width=1, height=1),
    Card(
        key="new_customers",
        label=_("New customers"),
        figure=_new_customers,
        grant=_READ_CUSTOMERS,
        position=2,
        width=1,
        height=1,
    ),
    Card(key="visits_this_month", label=_("Visits"), figure=_visits, grant=_READ_VISITS, position=3, width=1, height=1),
    Card(
        key="all_overdue",
        label=_("Overdue, all owners"),
        figure=_overdue,
        grant=_READ_CUSTOMERS,
        position=4,
        width=1,
        height=1,
    ),
    Card(
        key="by_status",
        label=_("Customers by status"),
        chart=_by_status,
        grant=_READ_CUSTOMERS,
        position=40,
        height=1,
    ),
    Card(key="by_month", label=_("Visits per month"), chart=_by_month, grant=_READ_VISITS, position=50, height=1),
]
"""The cards with numbers."""
