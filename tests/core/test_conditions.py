"""Conditions that are kept: in the eyes of the system, whoever asks."""

import pytest

from addons.customer.models import Customer
from core.api import BadRequest, conditions
from core.testing.cast import Cast


@pytest.mark.parametrize(
    ("texts", "holds"),
    [
        ([], True),
        (["name:is:台榮"], True),
        (["name:is:台榮", "level:is:B"], False),
        (["any=level:is:B&any=name:starts:台"], True),
        (["owner.username:is:sales"], True),
        (["owner_id:empty:yes"], False),
    ],
)
def test_a_record_fulfils_all_conditions_or_does_not(cast: Cast, texts: list[str], holds: bool) -> None:
    with cast.env("sales") as env:
        customer = env.records(Customer).create({"name": "台榮", "level": "A"})

        assert conditions.fulfils(env, customer, texts) is holds


def test_what_the_reader_may_not_see_counts_all_the_same(cast: Cast) -> None:
    with cast.env("sales") as env:
        id = env.records(Customer).create({"name": "台榮"}).id

    with cast.env("gm") as env:
        assert conditions.fulfils(env, env.get(Customer, id), [f"owner_id:is:{cast.sales}"])
    with cast.env("sales") as env:
        assert not conditions.fulfils(env, env.get(Customer, id), [f"owner_id:is:{cast.sales2}"])


def test_nobody_in_particular_asks(cast: Cast) -> None:
    with cast.env("sales") as env, pytest.raises(BadRequest):
        conditions.parse_conditions(env, Customer, ["owner_id:is:me"])


def test_conditions_read_as_sentences_and_broken_ones_as_they_are_written(cast: Cast) -> None:
    with cast.env("sales") as env:
        found = conditions.sentences(env, Customer, ["level:is:A", "nothing:is:1"])

    assert found == ["Level is A", "nothing:is:1"]


def test_readers_are_those_who_are_active_and_may_see_the_record(cast: Cast) -> None:
    with cast.env("sales") as env:
        customer = env.records(Customer).create({"name": "台榮"})
        everybody = [*cast.ids.values(), 999]

        found = env.readers_among(customer, everybody)

    assert found == {cast.sales, cast.manager, cast.gm}
