"""Where people start: the menu, and the cards of the start page."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from addons.opportunity.models import Opportunity, Pipeline
from core.api import Card, Chart, Env, Figure, Menu, _

AHEAD = 6
"""So many months of the forecast are shown, this one included."""

_OPEN = "/opportunity?view=none&filter=state:is:open"


def _expected(env: Env, first: date, last: date) -> Decimal:
    wanted = select(func.sum(Opportunity.forecast)).where(
        Opportunity.state == "open", Opportunity.expected_close_on >= first, Opportunity.expected_close_on <= last
    )
    return env.session.scalar(wanted) or Decimal(0)


def _forecast(env: Env) -> Figure:
    """What is likely to come in this month: amount × probability of what is expected to close by its end."""
    first, following = _month(env.today, 0), _month(env.today, 1)
    last = following - timedelta(days=1)
    return Figure(
        value=_expected(env, first, last),
        text=_("likely by the end of the month"),
        url=f"{_OPEN}&filter=expected_close_on:between:{first}|{last}",
    )


def _forecast_by_month(env: Env) -> Chart | None:
    """The forecast of this month and the next ones."""
    months = [_month(env.today, ahead) for ahead in range(AHEAD + 1)]
    points = [
        (f"{month.month}", _expected(env, month, following - timedelta(days=1)))
        for month, following in itertools.pairwise(months)
    ]
    if not any(found for _label, found in points):
        return None
    return Chart(kind="bar", points=points, text=_("Forecast per month"), url=_OPEN)


def _month(today: date, ahead: int) -> date:
    months = today.year * 12 + today.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


_READ = ("opportunity", "read")

START = [
    Menu(group="sales", key="opportunity", label=_("Opportunities"), icon="target", model=Opportunity, position=10),
    Menu(
        group="settings",
        key="pipeline",
        label=_("Pipelines"),
        icon="filter",
        model=Pipeline,
        grant=("pipeline", "edit"),
        position=46,
    ),
    Card(key="forecast", label=_("Forecast"), figure=_forecast, grant=_READ, position=5, width=2, height=1),
    Card(
        key="forecast_by_month",
        label=_("Forecast per month"),
        chart=_forecast_by_month,
        grant=_READ,
        position=45,
        height=1,
    ),
    Card(
        key="stale_opportunities",
        label=_("My stale opportunities"),
        model=Opportunity,
        filters=("owner_id:is:me", "state:is:open", "stale_on:lt:today"),
        sort="-amount",
        columns=("name", "customer_id", "amount", "stale_on"),
        position=25,
        height=1,
    ),
]
