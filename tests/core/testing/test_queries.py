"""What is asked of the database is counted, and what is asked once per row is noticed."""

import pytest
from sqlalchemy import select

from addons.customer.models import Customer
from core.site import Site
from core.testing.cast import Cast
from core.testing.factories import Factory
from core.testing.queries import assert_constant, queries


@pytest.fixture
def backend() -> str:
    return "sqlite"


def test_statements_are_counted_without_the_bounds_of_transactions(site: Site, cast: Cast) -> None:
    with site.system("ask", write=False) as env, queries(site) as counted:
        env.session.scalars(select(Customer.id)).all()
        env.session.scalars(select(Customer.name)).all()

    assert counted.number == 2
    assert str(counted).startswith("SELECT customer.id")


def test_what_asks_once_per_row_is_noticed(site: Site, make: Factory) -> None:
    make(Customer)

    def ask() -> None:
        with site.system("ask", write=False) as env:
            for id in env.session.scalars(select(Customer.id)).all():
                env.session.execute(select(Customer.name).where(Customer.id == id))

    with pytest.raises(AssertionError, match=r"3 × SELECT customer\.name"):
        assert_constant(site, ask, lambda: make.many(3, Customer))


def test_what_asks_as_often_for_many_rows_passes(site: Site, make: Factory) -> None:
    make(Customer)

    def ask() -> None:
        with site.system("ask", write=False) as env:
            env.session.scalars(select(Customer.name)).all()

    assert_constant(site, ask, lambda: make.many(3, Customer))
