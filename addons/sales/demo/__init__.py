"""The deals of the demo company: what was offered and ordered over the last year, and what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from addons.customer.models import Customer
from addons.opportunity.models import Opportunity
from addons.product.models import Product
from addons.sales.demo.basics import add_limits, add_terms, enter_rates, forget_rates
from addons.sales.demo.contracts import add_contracts
from addons.sales.demo.documents import Documents
from addons.sales.demo.money import Money
from addons.sales.demo.plan import Planner
from addons.sales.demo.scene import Scene
from core.api import Env, clock

SEED = 17
FOUNDED = timedelta(days=730)
"""So long ago the terms were laid down."""


def load(env: Env) -> None:
    """Quotes, orders, contracts, receivables and receipts, the same every day but for the dates."""
    enter_rates(env)
    scene = Scene(env, Random(SEED))
    begun = clock.now() - FOUNDED
    terms = add_terms(env, scene.users["accountant"], begun)
    add_limits(env, scene.users["gm"], begun)
    theirs = set(scene.users.values())
    planner = Planner(
        scene.random,
        scene.today,
        [each for each in _made_by(env, Customer, theirs) if each.owner_id is not None],
        _made_by(env, Opportunity, theirs),
        {each.code: each for each in _made_by(env, Product, theirs)},
        teller=scene.users["sales"],
    )
    deals = planner.plan()
    documents = Documents(scene, terms)
    documents.add_quotes(deals)
    documents.add_orders(deals)
    documents.carry_out(deals, add_contracts(scene, documents, deals))
    money = Money(scene, documents, deals)
    money.add_receivables()
    money.add_receipts()
    money.settle()


def unload(env: Env) -> None:
    """Takes the rates of currencies back, which were there without."""
    forget_rates(env)


def _made_by(env: Env, model: Any, users: set[int]) -> Sequence[Any]:
    """Real records that were there before have no part in the demo."""
    return env.session.scalars(select(model).where(model.created_by.in_(users)).order_by(model.id)).all()
