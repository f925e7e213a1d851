"""The figures on a customer's page, and who is told them."""

import pytest
from sqlalchemy import select

from addons.customer.models import Customer
from addons.sales.pages.money import customer_figures
from core.access.models import FieldGrant, FieldLevel, Role
from core.orm.versions import bump
from core.testing.cast import Cast
from tests.addons.sales.conftest import Shop


@pytest.fixture
def backend() -> str:
    return "sqlite"


def figures(cast: Cast, shop: Shop) -> str:
    with cast.env("sales", write=False) as env:
        return str(customer_figures(env, env.get(Customer, shop.customer)))


def limit(cast: Cast, field: str, level: FieldLevel) -> None:
    with cast.site.system("limit a field") as env:
        roles = env.session.scalars(select(Role.id).where(Role.preset == "salesperson"))
        env.session.add_all(FieldGrant(role_id=id, model="quote", field=field, level=level.value) for id in roles)
        bump(env.connection_of_core, "organisation")


def test_what_was_quoted_is_added_up(cast: Cast, shop: Shop) -> None:
    shop.quote("submit", "approve", "send")

    assert "2,100" in figures(cast, shop)


@pytest.mark.parametrize("level", [FieldLevel.HIDDEN, FieldLevel.MASKED, FieldLevel.MASKED_IN_LISTS])
def test_who_does_not_see_amounts_sees_no_sum_of_them(cast: Cast, shop: Shop, level: FieldLevel) -> None:
    shop.quote("submit", "approve", "send")

    limit(cast, "total", level)

    told = figures(cast, shop)
    assert "2,100" not in told
    assert "Quoted" not in told
    assert "Ordered" in told
