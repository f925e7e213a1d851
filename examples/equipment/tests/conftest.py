"""Machines to try things on. `make_machine()` gives the id of one of sales'."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from core.testing.cast import Cast

MakeMachine = Callable[..., int]


@pytest.fixture
def make_machine(cast: Cast) -> MakeMachine:
    """A machine ready to be put into service, unless told otherwise."""
    from addons.customer.models import Customer
    from addons.equipment.models import Equipment

    def make(*, by: str = "sales", **values: Any) -> int:
        with cast.env(by) as env:
            customer = env.records(Customer).create({"name": "台榮精密"}).id
            given = {"name": "X1", "customer_id": customer, "serial": "S-1", "installed_on": date(2026, 3, 2)}
            return int(env.records(Equipment).create(given | values).id)

    return make
