"""Records that are made up are valid, and so is what they need."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from addons.customer.models import Contact, Customer, Visit
from core.access.models import User
from core.orm.model import Model, describe, models
from core.site import Site
from core.testing.cast import Cast
from core.testing.factories import CannotMake, Factory, make
from core.testing.plugin import registry


@pytest.fixture
def backend() -> str:
    return "sqlite"


def test_given_values_are_kept_and_the_rest_is_filled(cast: Cast) -> None:
    with cast.env("sales") as env:
        customer = make(env, Customer, level="A")

        assert (customer.level, customer.owner_id) == ("A", cast.sales)
        assert customer.name.startswith("Customer name ")


def test_each_record_has_a_name_of_its_own(make: Factory) -> None:
    names = {record.name for record in make.many(3, Customer)}

    assert len(names) == 3


def test_a_required_link_is_made_along(make: Factory, cast: Cast) -> None:
    contact = make(Contact, by="sales", name="王小明")

    with cast.env("sales") as env:
        customer = env.get(Customer, contact.customer_id)
        assert (contact.name, customer.owner_id) == ("王小明", cast.sales)


def test_without_a_person_it_belongs_to_sales(make: Factory, cast: Cast) -> None:
    assert make(Customer).owner_id == cast.sales
    assert make(Customer, owner_id=cast.sales2).owner_id == cast.sales2


INTERNAL = frozenset({"approval_entry", "approval_signer"})
"""Models that only code of their addon makes, without fields that anybody sees."""


def every() -> list[str]:
    """The keys of all installed models that can be made."""
    registry()
    return sorted(models().keys() - INTERNAL)


@pytest.mark.parametrize("key", every())
def test_any_model_can_be_made(key: str, site: Site, cast: Cast) -> None:
    model: type[Model] = models()[key]

    with site.system("make one of each") as env:
        record = make(env, model)

        assert env.session.scalar(select(model.id).where(model.id == record.id)) == record.id


def test_numbers_keep_within_their_bounds(make: Factory, site: Site) -> None:
    from core.testing.factories import value_for

    spec = describe(Customer).fields["name"]
    with site.system("make a number", write=False) as env:
        info = describe(User)
        price = spec.bind(kind="money", minimum=Decimal(5), maximum=Decimal(9), unique=True)

        assert all(Decimal(5) <= value_for(env, price, info) <= Decimal(9) for _ in range(3))


def test_a_rule_that_is_broken_names_the_values_to_give(make: Factory) -> None:
    with pytest.raises(CannotMake, match=r"Give these values: make\(Customer, tax_id=…\)"):
        make(Customer, tax_id="1")


def test_a_visit_is_of_the_person_who_makes_it(make: Factory, cast: Cast) -> None:
    assert make(Visit, by="manager").owner_id == cast.manager
