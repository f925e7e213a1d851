from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from addons.customer.models import Contact, Customer, Visit
from core import clock
from core.access.models import ShareLevel
from core.deletion import restore
from core.errors import Invalid
from core.orm.tables import Change
from core.site import Site
from core.testing.cast import Cast

NOON = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
"""Wednesday, 12:00 in Taipei."""


@pytest.fixture(autouse=True)
def _noon() -> object:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def customer(cast: Cast) -> int:
    with cast.env("sales") as env:
        return int(env.records(Customer).create({"name": "台榮精密機械"}).id)


def visit(cast: Cast, of: int, days_ago: int = 0, who: str = "sales", **values: object) -> int:
    with cast.env(who) as env:
        given = {"customer_id": of, "content": "談到第二條線", "visited_at": NOON - timedelta(days=days_ago)}
        return int(env.records(Visit).create(given | values).id)


def dates(cast: Cast, id: int) -> tuple[date | None, date | None]:
    with cast.env("gm", write=False) as env:
        record = env.get(Customer, id)
        return record.last_visit_on, record.next_contact_on


def test_visit_updates_last_visit_and_next_contact(cast: Cast, customer: int) -> None:
    visit(cast, customer, 3, next_contact_on=date(2026, 6, 1))

    assert dates(cast, customer) == (date(2026, 5, 17), date(2026, 6, 1))


def test_visit_starts_with_its_author_and_the_present_minute(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        made = env.records(Visit).create({"customer_id": customer, "content": "致電"})
        assert (made.owner_id, made.visited_at, made.method) == (cast.sales, NOON, "visit")


def test_visit_of_the_past_changes_neither_date(cast: Cast, customer: int) -> None:
    visit(cast, customer, 3, next_contact_on=date(2026, 6, 1))
    visit(cast, customer, 10, next_contact_on=date(2026, 5, 12))

    assert dates(cast, customer) == (date(2026, 5, 17), date(2026, 6, 1))


def test_visit_settles_a_contact_that_was_due(cast: Cast, customer: int) -> None:
    visit(cast, customer, 10, next_contact_on=date(2026, 5, 18))
    visit(cast, customer, 1)

    assert dates(cast, customer) == (date(2026, 5, 19), None)


def test_visit_without_a_date_keeps_a_contact_planned_for_later(cast: Cast, customer: int) -> None:
    visit(cast, customer, 10, next_contact_on=date(2026, 6, 30))
    visit(cast, customer, 1)

    assert dates(cast, customer) == (date(2026, 5, 19), date(2026, 6, 30))


def test_day_of_a_visit_is_that_of_the_company(cast: Cast, customer: int) -> None:
    visit(cast, customer, visited_at=datetime(2026, 5, 18, 17, 0, tzinfo=UTC))

    assert dates(cast, customer)[0] == date(2026, 5, 19)


def test_changed_visit_moves_the_dates(cast: Cast, customer: int) -> None:
    visit(cast, customer, 9)
    id = visit(cast, customer, 3)
    with cast.env("sales") as env:
        moved = {"visited_at": NOON - timedelta(days=12), "next_contact_on": date(2026, 5, 30)}
        env.records(Visit).update(env.get(Visit, id), moved)
    assert dates(cast, customer) == (date(2026, 5, 11), None)

    with cast.env("sales") as env:
        env.records(Visit).update(env.get(Visit, id), {"visited_at": NOON})
    assert dates(cast, customer) == (date(2026, 5, 20), date(2026, 5, 30))


def test_visit_moved_to_another_customer_updates_both(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        other = env.records(Customer).create({"name": "台榮電子"}).id
    visit(cast, customer, 9)
    id = visit(cast, customer, 2)

    with cast.env("sales") as env:
        env.records(Visit).update(env.get(Visit, id), {"customer_id": other})

    assert dates(cast, customer)[0] == date(2026, 5, 11)
    assert dates(cast, other)[0] == date(2026, 5, 18)


def test_visit_takes_its_next_contact_along_to_another_customer(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        other = env.records(Customer).create({"name": "台榮電子"}).id
    visit(cast, customer, 9, next_contact_on=date(2026, 5, 25))
    id = visit(cast, customer, 2, next_contact_on=date(2026, 6, 9))

    with cast.env("sales") as env:
        env.records(Visit).update(env.get(Visit, id), {"customer_id": other})

    assert dates(cast, customer) == (date(2026, 5, 11), date(2026, 5, 25))
    assert dates(cast, other) == (date(2026, 5, 18), date(2026, 6, 9))


def test_visit_moved_away_leaves_what_was_planned_otherwise(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        other = env.records(Customer).create({"name": "台榮電子"}).id
    id = visit(cast, customer, 2, next_contact_on=date(2026, 6, 9))
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customer), {"next_contact_on": date(2026, 7, 1)})

    with cast.env("sales") as env:
        env.records(Visit).update(env.get(Visit, id), {"customer_id": other})

    assert dates(cast, customer) == (None, date(2026, 7, 1))


def test_next_contact_taken_back_from_the_latest_visit_goes_from_the_customer(cast: Cast, customer: int) -> None:
    id = visit(cast, customer, 2, next_contact_on=date(2026, 6, 9))

    with cast.env("sales") as env:
        env.records(Visit).update(env.get(Visit, id), {"next_contact_on": None})

    assert dates(cast, customer) == (date(2026, 5, 18), None)


def test_next_contact_changed_in_an_earlier_visit_is_followed_while_it_holds(cast: Cast, customer: int) -> None:
    id = visit(cast, customer, 9, next_contact_on=date(2026, 6, 9))
    visit(cast, customer, 2)

    with cast.env("sales") as env:
        env.records(Visit).update(env.get(Visit, id), {"next_contact_on": date(2026, 6, 12)})

    assert dates(cast, customer) == (date(2026, 5, 18), date(2026, 6, 12))


def test_deleting_the_latest_visit_brings_back_the_one_before(cast: Cast, customer: int) -> None:
    visit(cast, customer, 9, next_contact_on=date(2026, 5, 25))
    id = visit(cast, customer, 3, next_contact_on=date(2026, 6, 9))

    with cast.env("manager") as env:
        env.records(Visit).delete(env.get(Visit, id))

    assert dates(cast, customer) == (date(2026, 5, 11), date(2026, 5, 25))


def test_deleting_the_only_visit_leaves_a_customer_never_visited(cast: Cast, customer: int) -> None:
    id = visit(cast, customer, 3, next_contact_on=date(2026, 6, 9))

    with cast.env("manager") as env:
        env.records(Visit).delete(env.get(Visit, id))

    assert dates(cast, customer) == (None, None)


@pytest.mark.parametrize(
    ("planned", "said"),
    [(date(2026, 6, 20), date(2026, 6, 9)), (date(2026, 5, 20), None), (date(2026, 5, 1), date(2026, 6, 9))],
)
def test_deleting_a_visit_brings_back_what_it_put_aside(
    cast: Cast, customer: int, planned: date, said: date | None
) -> None:
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customer), {"next_contact_on": planned})
    id = visit(cast, customer, next_contact_on=said)
    assert dates(cast, customer) == (date(2026, 5, 20), said)

    with cast.env("manager") as env:
        env.records(Visit).delete(env.get(Visit, id))

    assert dates(cast, customer) == (None, planned)


def test_deleting_a_visit_brings_back_nothing_that_somebody_else_put_aside(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customer), {"next_contact_on": date(2026, 6, 20)})
    id = visit(cast, customer)
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customer), {"next_contact_on": None})

    with cast.env("manager") as env:
        env.records(Visit).delete(env.get(Visit, id))

    assert dates(cast, customer) == (None, None)


def test_deleting_a_visit_keeps_a_contact_planned_otherwise(cast: Cast, customer: int) -> None:
    id = visit(cast, customer, 3, next_contact_on=date(2026, 6, 9))
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customer), {"next_contact_on": date(2026, 7, 1)})

    with cast.env("manager") as env:
        env.records(Visit).delete(env.get(Visit, id))

    assert dates(cast, customer) == (None, date(2026, 7, 1))


def test_visit_by_a_reading_collaborator_updates_the_customer(site: Site, cast: Cast, customer: int) -> None:
    with cast.env("gm") as env:
        env.records(Customer).share(env.get(Customer, customer), user=cast.sales2, level=ShareLevel.EDIT)

    visit(cast, customer, 1, who="sales2", next_contact_on=date(2026, 6, 2))

    assert dates(cast, customer) == (date(2026, 5, 19), date(2026, 6, 2))
    with site.system("look", write=False) as env:
        wanted = select(Change).where(Change.model == "customer", Change.action == "update")
        assert [entry.user_id for entry in env.session.scalars(wanted)] == [cast.sales2]


def test_visit_shows_the_new_dates_in_the_same_request(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        record = env.get(Customer, customer)
        assert record.last_visit_on is None

        env.records(Visit).create({"customer_id": customer, "content": "致電"})

        assert record.last_visit_on == date(2026, 5, 20)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"visited_at": NOON + timedelta(minutes=6)}, "visited_at"),
        ({"next_contact_on": date(2026, 5, 19)}, "next_contact_on"),
        ({"content": "  "}, "content"),
        ({"method": "pigeon"}, "method"),
        ({"customer_id": 999_999}, "customer_id"),
    ],
)
def test_visit_that_makes_no_sense_is_refused(cast: Cast, customer: int, values: dict[str, object], field: str) -> None:
    with cast.env("sales") as env, pytest.raises(Invalid) as refused:
        env.records(Visit).create({"customer_id": customer, "content": "致電", "visited_at": NOON} | values)

    assert list(refused.value.fields) == [field]


def test_visit_is_with_a_contact_of_the_same_customer(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        other = env.records(Customer).create({"name": "台榮電子"}).id
        stranger = env.records(Contact).create({"name": "林志豪", "customer_id": other}).id
        friend = env.records(Contact).create({"name": "陳淑惠", "customer_id": customer}).id

    with cast.env("sales") as env, pytest.raises(Invalid) as refused:
        env.records(Visit).create({"customer_id": customer, "content": "致電", "contact_id": stranger})
    assert list(refused.value.fields) == ["contact_id"]

    id = visit(cast, customer, contact_id=friend)
    with cast.env("sales", write=False) as env:
        assert env.get(Visit, id).contact_id == friend


@pytest.mark.parametrize("fate", ["deleted", "moved"])
def test_visit_can_be_edited_after_its_contact_has_gone(cast: Cast, customer: int, fate: str) -> None:
    with cast.env("sales") as env:
        other = env.records(Customer).create({"name": "台榮電子"}).id
        friend = env.records(Contact).create({"name": "陳淑惠", "customer_id": customer}).id
    id = visit(cast, customer, contact_id=friend)
    with cast.env("manager") as env:
        contacts, record = env.records(Contact), env.get(Contact, friend)
        contacts.delete(record) if fate == "deleted" else contacts.update(record, {"customer_id": other})

    with cast.env("sales") as env:
        env.records(Visit).update(env.get(Visit, id), {"content": "補充"})
        assert env.get(Visit, id).content == "補充"


def test_visit_does_not_take_its_contact_along_to_another_customer(cast: Cast, customer: int) -> None:
    with cast.env("sales") as env:
        other = env.records(Customer).create({"name": "台榮電子"}).id
        friend = env.records(Contact).create({"name": "陳淑惠", "customer_id": customer}).id
    id = visit(cast, customer, contact_id=friend)

    with cast.env("sales") as env, pytest.raises(Invalid) as refused:
        env.records(Visit).update(env.get(Visit, id), {"customer_id": other})
    assert list(refused.value.fields) == ["contact_id"]


def test_visit_that_comes_back_is_the_last_one_again(cast: Cast, customer: int) -> None:
    visit(cast, customer, 9, next_contact_on=date(2026, 5, 25))
    id = visit(cast, customer, 3, next_contact_on=date(2026, 6, 9))
    with cast.env("manager") as env:
        act = env.records(Visit).delete(env.get(Visit, id))

    with cast.env("manager") as env:
        restore(env, act)

    assert dates(cast, customer) == (date(2026, 5, 17), date(2026, 6, 9))


def test_visit_that_comes_back_leaves_what_was_planned_meanwhile(cast: Cast, customer: int) -> None:
    id = visit(cast, customer, 3, next_contact_on=date(2026, 6, 9))
    with cast.env("manager") as env:
        act = env.records(Visit).delete(env.get(Visit, id))
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, customer), {"next_contact_on": date(2026, 7, 1)})

    with cast.env("manager") as env:
        restore(env, act)

    assert dates(cast, customer) == (date(2026, 5, 17), date(2026, 7, 1))


def test_visits_saved_at_the_same_moment_keep_the_latest(cast: Cast, customer: int) -> None:
    with ThreadPoolExecutor(4) as pool:
        saved = list(pool.map(lambda days: visit(cast, customer, days), [5, 1, 9, 3, 7, 2, 8, 4]))

    assert len(set(saved)) == 8
    assert dates(cast, customer)[0] == date(2026, 5, 19)
