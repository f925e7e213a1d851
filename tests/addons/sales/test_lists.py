"""Documents in lists."""

from collections.abc import Callable

import pytest

from addons.sales.models import Receipt
from core.testing.web import Visitor

from .conftest import Shop

Visit = Callable[..., Visitor]


@pytest.fixture
def backend() -> str:
    return "sqlite"


def test_draft_without_a_number_can_be_opened_from_its_list(shop: Shop, visit: Visit) -> None:
    with shop.cast.env("sales") as env:
        id = env.records(Receipt).create({"customer_id": shop.customer, "amount": 500}).id

    html = visit("sales").get("/receipt").text

    assert f'<a href="/receipt/{id}">No number yet</a>' in html
