"""The settings of sales: who may change them, what is refused, and what follows of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from addons.sales.models import Quote
from addons.sales.services.settings import SalesSettings
from core.errors import Forbidden, Invalid
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.addons.sales.conftest import Shop


def test_new_documents_follow_the_settings_and_old_ones_stay(
    shop: Shop, cast: Cast, visit: Callable[..., Visitor]
) -> None:
    old = shop.quote()

    answer = visit("admin").post("/settings/sales", {"tax_rate": "7.5", "quote_days": "14", "self_approval": "1"})

    assert answer.status_code == 303, answer.text
    new = shop.quote()
    with cast.env("sales", write=False) as env:
        before, after = env.get(Quote, old), env.get(Quote, new)
        assert (before.tax_rate, before.total) == (5, 2100)
        assert (after.tax_rate, after.total) == (Decimal("7.5"), 2150)
        assert after.valid_until == after.dated_on + timedelta(days=14)
        assert env.service(SalesSettings).values() == {
            "tax_rate": Decimal("7.5"),
            "quote_days": 14,
            "self_approval": True,
        }


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"tax_rate": Decimal(101)}, "tax_rate"),
        ({"tax_rate": Decimal(-1)}, "tax_rate"),
        ({"tax_rate": None}, "tax_rate"),
        ({"quote_days": -1}, "quote_days"),
        ({"quote_days": 10_000}, "quote_days"),
    ],
)
def test_settings_that_make_no_sense_are_refused(cast: Cast, values: dict[str, object], field: str) -> None:
    with cast.env("admin") as env, pytest.raises(Invalid) as refused:
        env.service(SalesSettings).save(values)

    assert list(refused.value.fields) == [field]


def test_what_is_wrong_is_said_at_its_field(visit: Callable[..., Visitor]) -> None:
    answer = visit("admin").post("/settings/sales", {"tax_rate": "200", "quote_days": "30"})

    assert answer.status_code == 422
    assert "At most 100." in answer.text
    assert 'value="200"' in answer.text


def test_settings_are_for_administrators(cast: Cast, visit: Callable[..., Visitor]) -> None:
    for username in ("sales", "manager", "accountant"):
        assert visit(username).get("/settings/sales").status_code == 403
    with cast.env("gm") as env, pytest.raises(Forbidden):
        env.service(SalesSettings).save({"quote_days": 1})
    assert "/settings/sales" in visit("admin").get("/settings/sales").text
