"""Records that are written with their parts."""

import threading
from typing import Any

import pytest
from sqlalchemy import func, select, update

from addons.customer.models import Customer
from addons.sales.models import Quote, QuoteLine
from core.access.models import ShareLevel
from core.errors import AppError, Forbidden, Invalid, Stale
from core.orm.model import describe
from core.ownership import give
from core.site import Site
from core.testing.cast import Cast
from core.workflow.errors import Locked
from tests.core.parts.conftest import make_quote, row, texts


def test_the_complete_list_changes_adds_removes_and_orders(cast: Cast, quote: int) -> None:
    with cast.env("sales") as env:
        found = env.get(Quote, quote)
        first, _second, third = env.parts(found, "lines")

        env.records(Quote).update(found, {"lines": [{"id": third.id}, {"id": first.id, "quantity": 7}, row("新")]})

        assert texts(env, found) == [(1, "刀把"), (2, "鑽頭"), (3, "新")]
        assert found.version == 2
        assert env.parts(found, "lines")[1].quantity == 7


def test_without_the_name_they_stay(cast: Cast, quote: int) -> None:
    with cast.env("sales") as env:
        found = env.get(Quote, quote)

        env.records(Quote).update(found, {"name": "另一個"})

        assert len(texts(env, found)) == 3
        assert [line.version for line in env.parts(found, "lines")] == [1, 1, 1]


def test_the_same_again_changes_nothing(cast: Cast, quote: int) -> None:
    with cast.env("sales") as env:
        found = env.get(Quote, quote)
        rows = [{"id": line.id, "quantity": line.quantity} for line in env.parts(found, "lines")]

        env.records(Quote).update(found, {"lines": rows})
        env.flush()

        assert found.version == 1


def test_a_part_is_not_written_by_itself(cast: Cast, quote: int) -> None:
    with cast.env("gm") as env:
        line = env.parts(env.get(Quote, quote), "lines")[0]
        service = env.records(QuoteLine)

        for attempt in (
            lambda: service.create({"quote_id": quote, **row()}),
            lambda: service.update(line, {"quantity": 9}),
            lambda: service.delete(line),
        ):
            with pytest.raises(Forbidden):
                attempt()
        line.quantity = 9
        with pytest.raises(Forbidden):
            env.flush()
        env.session.expunge_all()


def test_a_new_part_in_the_session_is_refused_too(cast: Cast, quote: int) -> None:
    with cast.env("gm") as env:
        env.session.add(QuoteLine(quote_id=quote, position=1, **row()))
        with pytest.raises(Forbidden):
            env.flush()
        env.session.expunge_all()


def test_the_state_of_the_whole_locks_its_parts(cast: Cast, quote: int, site: Site) -> None:
    with site.system("submitted before") as env:
        env.connection_of_core.execute(update(Quote.__table__).values(state="submitted"))

    with cast.env("sales") as env:
        found = env.get(Quote, quote)
        with pytest.raises(Locked):
            env.records(Quote).update(found, {"lines": []})
        env.records(Quote).update(found, {"note": "開放的欄位"})


def test_two_writers_of_the_lines(cast: Cast, quote: int) -> None:
    with cast.env("sales", write=False) as env:
        seen = env.get(Quote, quote)
        lines = [{"id": line.id} for line in env.parts(seen, "lines")]
    with cast.env("gm") as env:
        env.records(Quote).update(env.get(Quote, quote), {"lines": lines[:1]}, version=1)

    with cast.env("sales") as env, pytest.raises(Stale):
        env.records(Quote).update(env.get(Quote, quote), {"lines": lines[1:]}, version=1)


def test_two_writers_at_once(cast: Cast, quote: int) -> None:
    outcome: list[object] = []
    barrier = threading.Barrier(2)

    def write(quantity: int) -> None:
        try:
            with cast.env("sales", write=False) as env:
                found = env.get(Quote, quote)
                rows = [{"id": line.id, "quantity": quantity} for line in env.parts(found, "lines")]
            barrier.wait(timeout=20)
            with cast.env("sales") as env:
                env.records(Quote).update(env.get(Quote, quote), {"lines": rows}, version=1)
            outcome.append("saved")
        except AppError as error:
            outcome.append(type(error))

    threads = [threading.Thread(target=write, args=(n,)) for n in (11, 12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=40)

    assert sorted(map(str, outcome)) == sorted(map(str, ["saved", Stale]))
    with cast.env("sales", write=False) as env:
        assert len({line.quantity for line in env.parts(env.get(Quote, quote), "lines")}) == 1


def test_more_than_the_most_are_refused(cast: Cast, quote: int) -> None:
    with cast.env("sales") as env, pytest.raises(Invalid) as caught:
        env.records(Quote).update(env.get(Quote, quote), {"lines": [row()] * 501})

    assert list(caught.value.fields) == ["lines"]


def test_links_to_what_the_author_may_not_see_are_refused(cast: Cast, quote: int) -> None:
    with cast.env("sales") as env, pytest.raises(Invalid) as caught:
        env.records(Quote).update(env.get(Quote, quote), {"lines": [row(), row(product_id=4711)]})

    assert list(caught.value.fields) == ["lines.1.product_id"]


def test_problems_of_whole_and_rows_are_told_together(cast: Cast, quote: int) -> None:
    with cast.env("sales") as env, pytest.raises(Invalid) as caught:
        env.records(Quote).update(env.get(Quote, quote), {"valid_until": "x", "lines": [row(quantity=-1), 7]})

    assert set(caught.value.fields) == {"valid_until", "lines.0.quantity", "lines.1"}


def test_the_recycle_bin_takes_and_gives_them_back(cast: Cast, quote: int) -> None:
    with cast.env("gm") as env:
        found = env.get(Quote, quote)
        dropped = env.parts(found, "lines")[0].id
        rows = [{"id": line.id} for line in env.parts(found, "lines")[1:]]
        env.records(Quote).update(found, {"lines": rows})
        act = env.records(Quote).delete(found)
        count = select(func.count()).select_from(QuoteLine)
        assert env.session.scalar(count) == 0

        env.records(Quote).restore(act)

        assert [line.description for line in env.parts(env.get(Quote, quote), "lines")] == ["銑刀", "刀把"]
        assert env.session.get(QuoteLine, dropped) is None


def _owners(site: Site) -> set[tuple[Any, Any]]:
    with site.system("look", write=False) as env:
        return {(line.owner_id, line.root_owner_id) for line in env.session.scalars(select(QuoteLine))}


def test_parts_have_the_owner_of_their_whole(cast: Cast, quote: int, customer: int, site: Site) -> None:
    assert _owners(site) == {(cast.sales, cast.sales)}

    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, customer), to=cast.sales2)
    assert _owners(site) == {(cast.sales, cast.sales2)}

    with site.system("hand over") as env:
        give(env, describe(Quote), [quote], of=cast.sales, to=cast.manager, reason="")
    assert _owners(site) == {(cast.manager, cast.sales2)}


@pytest.mark.parametrize(("who", "sees"), [("sales", 3), ("manager", 3), ("gm", 3), ("sales2", 0), ("accountant", 0)])
def test_whoever_reads_the_whole_reads_the_parts(who: str, sees: int, cast: Cast, quote: int) -> None:
    with cast.env(who, write=False) as env:
        assert len(env.session.scalars(select(QuoteLine)).all()) == sees
        assert env.actor.may("quote_line", "read") == env.actor.may("quote", "read")
        assert not any(
            env.actor.may("quote_line", action) for action in ("create", "edit", "delete", "import", "assign")
        )


def test_a_collaborator_who_may_edit_writes_them(cast: Cast, quote: int, customer: int) -> None:
    with cast.env("gm") as env:
        shared = env.get(Customer, customer)
        env.records(Customer).share(shared, user=cast.sales2, level=ShareLevel.EDIT)

    with cast.env("sales2") as env:
        found = env.get(Quote, quote)
        env.records(Quote).update(found, {"lines": [row("由協作者")]})

        assert texts(env, found) == [(1, "由協作者")]


def test_nothing_is_written_when_a_row_is_wrong(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        with pytest.raises(Invalid):
            make_quote(env, customer, [row(), row(quantity=-1)])

        assert env.session.scalar(select(func.count()).select_from(Quote)) == 0


def test_many_at_once_are_created_one_by_one_with_their_parts(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        made = make_quote(env, customer, [row()])
        values = {"customer_id": customer, "name": "x", "dated_on": made.dated_on, "currency_id": made.currency_id}
        rows = [{**values, "lines": [row("甲"), row("乙")]}, {**values, "lines": [row(quantity=-1)]}]

        outcome = env.records(Quote).create_many(rows)

        assert set(outcome.ids) == {0}
        assert texts(env, env.get(Quote, outcome.ids[0])) == [(1, "甲"), (2, "乙")]
        assert list(outcome.problems[1].fields) == ["lines.0.quantity"]  # type: ignore[attr-defined]
