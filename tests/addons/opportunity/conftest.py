"""What the tests of opportunities share: a pipeline of three stages, and opportunities in it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from addons.customer.models import Customer
from addons.opportunity.models import Opportunity, Pipeline, PipelineStage
from core.testing.cast import Cast

Begin = Callable[..., int]
Stages = dict[str, int]


@pytest.fixture
def stages(cast: Cast) -> Stages:
    """The stages by name: “talk” (10 %), “plan” (40 %, stale after 10 days), “sign” (80 %, wants an amount)."""
    with cast.env("admin") as env:
        pipeline = env.records(Pipeline).create({"name": "New business"}).id
        more: dict[str, dict[str, Any]] = {
            "talk": {"probability": Decimal(10), "position": 1},
            "plan": {"probability": Decimal(40), "position": 2, "stale_days": 10},
            "sign": {
                "probability": Decimal(80),
                "position": 3,
                "required_fields": ["amount", "expected_close_on"],
                "backwards": "granted",
            },
        }
        service = env.records(PipelineStage)
        return {n: service.create({"name": n, "pipeline_id": pipeline, **values}).id for n, values in more.items()}


@pytest.fixture
def begin(cast: Cast, stages: Stages) -> Begin:
    """Makes an opportunity of a new customer of `who`, and returns its id."""

    def make(who: str = "sales", **values: Any) -> int:
        with cast.env(who) as env:
            customer = env.records(Customer).create({"name": f"Customer of {who}"}).id
            return env.records(Opportunity).create({"name": "A deal", "customer_id": customer, **values}).id

    return make
