"""Quotes to approve, and flows to approve them by. Approval itself knows nothing of quotes."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from core.testing.cast import Cast

MakeQuote = Callable[..., int]
MakeFlow = Callable[..., int]


@pytest.fixture
def make_quote(cast: Cast) -> MakeQuote:
    """The id of a quote of somebody, a draft; submitted if asked for."""
    from addons.customer.models import Customer
    from addons.sales.models import Quote

    def make(*, by: str = "sales", submits: bool = True, **values: Any) -> int:
        with cast.env(by) as env:
            customer = env.records(Customer).create({"name": "台榮精密"})
            line = {"description": "伺服馬達", "quantity": 1, "unit_price": 1000}
            given = {"name": "報價", "customer_id": customer.id, "lines": [line]}
            quote = env.records(Quote).create(given | values)
            if submits:
                env.workflow.perform(quote, "submit")
            return int(quote.id)

    return make


@pytest.fixture
def make_flow(cast: Cast) -> MakeFlow:
    """The id of a flow that approves quotes. `steps` name people, or are steps as they are kept."""
    from addons.approval.models import ApprovalFlow

    def make(*steps: str | Sequence[str] | dict[str, Any], **values: Any) -> int:
        def step(given: Any) -> dict[str, Any]:
            if isinstance(given, dict):
                return given
            names = [given] if isinstance(given, str) else given
            return {"who": "users", "users": [cast.ids[name] for name in names]}

        with cast.env("admin") as env:
            made = {"name": f"流程 {env.session.scalar(select(ApprovalFlow.id).limit(1))}", "model": "quote"}
            made |= {"transition": "approve", "steps": list(map(step, steps))}
            return int(env.records(ApprovalFlow).create(made | values).id)

    return make
