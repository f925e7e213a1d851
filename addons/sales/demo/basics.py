"""What the documents of the demo company are written with: rates of currencies, payment terms, highest discounts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from addons.sales.demo.words import CASH_TERMS, TERMS
from addons.sales.models import Currency, DiscountLimit, PaymentTerms
from core.api import Env, Role, acting_as, add_parts, backdate

RATES = {"USD": Decimal("31.85"), "JPY": Decimal("0.2085"), "EUR": Decimal("36.9")}
"""What one unit is worth in NT$."""

LIMITS = {"salesperson": Decimal(10), "manager": Decimal(15)}
"""Preset role → highest discount in percent; the general manager has none."""


def enter_rates(env: Env) -> None:
    """Puts the foreign currencies into use that nobody has entered a rate for."""
    for code, rate in RATES.items():
        _rate(env, code, before=None, after=rate)


def forget_rates(env: Env) -> None:
    """Takes them out of use again, unless somebody has entered another rate."""
    for code, rate in RATES.items():
        _rate(env, code, before=rate, after=None)


def _rate(env: Env, code: str, *, before: Decimal | None, after: Decimal | None) -> None:
    """Past the history: the currency is not of the demo, and is as it was once that is removed."""
    table: Any = Currency.__table__
    wanted = update(table).where(
        table.c.code == code, table.c.rate.is_(None) if before is None else table.c.rate == before
    )
    env.connection_of_core.execute(wanted.values(rate=after, is_active=after is not None))


def add_terms(env: Env, author: int, at: datetime) -> dict[str, PaymentTerms]:
    """Payment terms as they are usual in Taiwan, by their names."""
    there = set(env.session.scalars(select(PaymentTerms.name)))
    with acting_as(env, author) as session:
        made = [PaymentTerms(name=each.name, note=each.note or None) for each in (*TERMS, CASH_TERMS)]
        session.add_all(each for each in made if each.name not in there)
        session.flush()
        for plan, terms in zip((*TERMS, CASH_TERMS), made, strict=True):
            if terms.id is not None:
                names = ("name", "percent", "event", "days", "month_end")
                rows = [dict(zip(names, step, strict=True)) for step in plan.steps]
                parts = add_parts(env, terms, "steps", rows)
                backdate(env, [(part, at) for part in parts])
    backdate(env, [(terms, at) for terms in made if terms.id is not None])
    return {each.name: each for each in env.session.scalars(select(PaymentTerms))}


def add_limits(env: Env, author: int, at: datetime) -> None:
    """How much salespeople and managers take off by themselves."""
    presets = env.session.execute(select(Role.preset, Role.id).where(Role.preset.in_(LIMITS))).all()
    limited = set(env.session.scalars(select(DiscountLimit.role_id)))
    made = [DiscountLimit(role_id=id, highest=LIMITS[preset]) for preset, id in presets if preset and id not in limited]
    with acting_as(env, author) as session:
        session.add_all(made)
    backdate(env, [(limit, at) for limit in made])
