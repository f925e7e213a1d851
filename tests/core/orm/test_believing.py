"""Counts that are believed: never against what the reader has written, never for long."""

from collections.abc import Iterator

import pytest

from addons.customer.models import Customer
from core.access.models import ShareLevel
from core.env import Env
from core.orm.listing import Count, ListRequest, believing, count, counting, hits, list_page
from core.site import Site
from core.testing.cast import Cast

REQUEST = ListRequest(Customer, q="宏岳", limit=2)


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(believing, "MANY", 3)
    monkeypatch.setattr(hits, "MANY", 3)


@pytest.fixture
def customers(cast: Cast) -> list[int]:
    """Five of sales, one of sales2 shared with sales."""
    with cast.env("gm") as env:
        found = [_create(env, f"宏岳{n}", cast.sales) for n in range(5)]
        other = env.records(Customer).create({"name": "宏岳五", "owner_id": cast.sales2})
        env.records(Customer).share(other, user=cast.sales, level=ShareLevel.READ)
        return [*found, other.id]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Grows whenever the database counts."""
    found: list[int] = []
    plain = counting.counting_statement
    monkeypatch.setattr(counting, "kept", lambda actor, key, build: build())
    monkeypatch.setattr(counting, "counting_statement", lambda *given: found.append(1) or plain(*given))
    return found  # type: ignore[return-value]


def _create(env: Env, name: str, owner: int) -> int:
    return env.records(Customer).create({"name": name, "owner_id": owner}).id


def seen(cast: Cast, username: str = "sales") -> Count:
    with cast.env(username) as env:
        return count(env, REQUEST)


def test_a_long_search_is_counted_once(customers: list[int], cast: Cast, counted: list[int]) -> None:
    assert [seen(cast), seen(cast)] == [Count(6, True)] * 2
    assert len(counted) == 1


def test_a_short_search_is_counted_each_time(cast: Cast, counted: list[int]) -> None:
    with cast.env("gm") as env:
        _create(env, "宏岳", cast.sales)

    assert [seen(cast), seen(cast)] == [Count(1, True)] * 2
    assert len(counted) == 2


def test_what_anybody_writes_is_counted_at_once(customers: list[int], cast: Cast) -> None:
    assert seen(cast) == Count(6, True)
    with cast.env("gm") as env:
        _create(env, "宏岳六", cast.sales)

    assert seen(cast) == Count(7, True)
    with cast.env("gm") as env:
        env.records(Customer).unshare(env.get(Customer, customers[5]), user=cast.sales)
    assert seen(cast) == Count(6, True)
    with cast.env("gm") as env:
        env.records(Customer).delete(env.get(Customer, customers[0]))
    assert seen(cast) == Count(5, True)


def test_what_is_written_in_the_same_unit_of_work_is_counted_and_not_believed_later(
    customers: list[int], cast: Cast
) -> None:
    assert seen(cast) == Count(6, True)
    with pytest.raises(RuntimeError), cast.env("sales") as env:
        _create(env, "宏岳六", cast.sales)
        assert count(env, REQUEST) == Count(7, True)
        raise RuntimeError

    assert seen(cast) == Count(6, True)


def test_a_belief_ends(customers: list[int], cast: Cast, counted: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(cast) == Count(6, True)
    monkeypatch.setattr(believing.time, "monotonic", lambda: float("inf"))

    assert seen(cast) == Count(6, True)
    assert len(counted) == 2


def test_an_exact_count_beyond_the_cap_does_not_make_the_list_a_short_one(
    customers: list[int], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "CAP", 4)
    with cast.env("sales") as env:
        assert count(env, REQUEST, exact=True) == Count(6, True)

    assert seen(cast) == Count(4, False)


def test_beliefs_of_one_reader_are_not_those_of_another(customers: list[int], cast: Cast) -> None:
    assert [seen(cast, name) for name in ("sales", "sales2", "gm")] == [Count(n, True) for n in (6, 1, 6)]


@pytest.mark.parametrize("most", [1, 4, 2_500])
def test_pages_of_a_search_that_is_believed_are_the_same(
    customers: list[int], cast: Cast, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(hits, "MOST_WALKED", most)
    for username, expected in (("sales", customers), ("manager", customers[:5]), ("gm", customers)):
        seen(cast, username)
        with cast.env(username) as env:
            pages, after = [], None
            while True:
                found = list_page(env, ListRequest(Customer, q="宏岳", limit=2, after=after), ["name"])
                pages += [row.id for row in found.rows]
                after = found.next
                if after is None:
                    break

        assert pages == expected[::-1], username


def test_a_page_that_is_walked_to_leaves_out_what_others_own(customers: list[int], cast: Cast, site: Site) -> None:
    with cast.env("gm") as env:
        for n in range(4):
            _create(env, f"宏岳外{n}", cast.sales2)
    seen(cast)

    with cast.env("sales") as env:
        assert [row.id for row in list_page(env, REQUEST).rows] == [customers[5], customers[4]]
