"""Lists: pages by seeking in every order, counts, strategies that agree, cursors, labels and autocomplete."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import delete, event, insert, select

from addons.customer.models import Contact, Customer, Visit
from core.access.models import FieldGrant, FieldLevel, Grant, Role, ShareLevel, User
from core.clock import now
from core.env import Env
from core.errors import BadRequest
from core.orm.labels import mask
from core.orm.listing import (
    Count,
    ListRequest,
    counting,
    cursor,
    iterate,
    labels,
    list_page,
    list_records,
    lookup,
    page,
    sortable,
)
from core.orm.listing.counting import count
from core.orm.listing.strategy import Strategy
from core.orm.model import describe, finish_tables
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast

SORTS = ("name", "-name", "next_contact_on", "-next_contact_on", "id", "-id", "phone", "-phone", "created_at")


@pytest.fixture
def customers(cast: Cast) -> list[int]:
    """Sixteen customers: in turn of sales, of sales2 and of nobody; every fourth without a next contact."""
    owners = itertools.cycle([cast.sales, cast.sales2, None])
    with cast.env("gm") as env:
        return [
            env.records(Customer)
            .create(
                {
                    "name": f"{'宏岳' if n % 2 else '台灣'}{n * 7 % 16:02}公司",
                    "phone": f"02-2345-67{n:02}" if n % 3 else None,
                    "owner_id": next(owners),
                    "next_contact_on": None if n % 4 == 0 else date(2026, 1, 1 + n % 5),
                }
            )
            .id
            for n in range(16)
        ]


def expected(customers: list[int], env: Env, sort: str, q: str, visible: set[int]) -> list[int]:
    """The order of the list, worked out in Python."""
    name = sort.removeprefix("-")
    with env.system("compare") as session:
        records = session.scalars(select(Customer).where(Customer.id.in_(visible))).all()
    found = sorted(
        (r for r in records if q in r.name and getattr(r, name) is not None),
        key=lambda r: (getattr(r, name), r.id),
        reverse=sort.startswith("-"),
    )
    empty = [r.id for r in records if q in r.name and getattr(r, name) is None]
    return [r.id for r in found] + sorted(empty, reverse=sort.startswith("-"))


def forwards(env: Env, request: ListRequest) -> Iterator[list[int]]:
    """The pages from the first to the last, each read back from its successor too."""
    pages: list[list[int]] = []
    after = None
    while True:
        asked = ListRequest(request.model, request.filters, request.sort, request.q, request.limit, after)
        found = list_page(env, asked, ["name"])
        pages.append([row.id for row in found.rows])
        yield pages[-1]
        assert (found.previous is None) == (after is None)
        if after is not None:
            asked = ListRequest(*_parts(request), before=found.previous)
            back = list_page(env, asked)
            assert [row.id for row in back.rows] == pages[-2]
            assert (back.previous is None) == (len(pages) == 2)
            assert back.next is not None
        after = found.next
        if after is None:
            return


def _parts(request: ListRequest) -> tuple[object, ...]:
    return (request.model, request.filters, request.sort, request.q, request.limit)


@pytest.mark.parametrize("way", [None, *Strategy])
def test_pages_are_the_same_list_for_every_reader_order_and_strategy(
    customers: list[int], cast: Cast, monkeypatch: pytest.MonkeyPatch, way: Strategy | None
) -> None:
    with cast.env("gm") as env:
        shared = env.get(Customer, customers[1])
        env.records(Customer).share(shared, user=cast.sales, level=ShareLevel.READ)
    readers = {
        "sales": {id for n, id in enumerate(customers) if n % 3 == 0} | {customers[1]},
        "sales2": {id for n, id in enumerate(customers) if n % 3 == 1},
        "manager": {id for n, id in enumerate(customers) if n % 3 == 0},
        "gm": set(customers),
        "accountant": set(),
    }
    for username, visible in readers.items():
        with cast.env(username) as env:
            if way is not None and username in ("sales", "sales2", "manager"):
                monkeypatch.setattr(page, "strategy", lambda query: way)
            else:
                monkeypatch.undo()
            for sort, q in itertools.product(SORTS, ("", "宏岳")):
                request = ListRequest(Customer, sort=sort, q=q, limit=3)
                wanted = expected(customers, env, sort, q, visible)

                assert [id for ids in forwards(env, request) for id in ids] == wanted, (username, sort, q)
                assert count(env, request) == Count(len(wanted), True)


def test_followers_are_reached_by_root_owner_own_owner_and_share(cast: Cast) -> None:
    with cast.env("sales") as env:
        mine = env.records(Customer).create({"name": "mine"}).id
    with cast.env("sales2") as env:
        theirs = env.records(Customer).create({"name": "theirs"}).id
        shared = env.records(Customer).create({"name": "shared"}).id
    with cast.env("gm") as env:
        env.records(Customer).share(env.get(Customer, shared), user=cast.sales, level=ShareLevel.READ)
        visits = {
            (customer, owner): env.records(Visit)
            .create(
                {
                    "customer_id": customer,
                    "owner_id": owner,
                    "method": "phone",
                    "content": "報價",
                    "visited_at": now(),
                }
            )
            .id
            for customer in (mine, theirs, shared)
            for owner in (cast.sales, cast.sales2, None)
        }

    with cast.env("sales") as env:
        for request in (ListRequest(Visit), ListRequest(Visit, q="報價"), ListRequest(Visit, sort="id")):
            found = {row.id for row in list_page(env, request).rows}

            assert found == set(visits.values()) - {visits[theirs, cast.sales2], visits[theirs, None]}
            assert count(env, request).number == 7


def test_reader_of_followers_alone_reaches_nothing_through_customers(site: Site, cast: Cast) -> None:
    with cast.env("sales") as env:
        customer = env.records(Customer).create({"name": "mine"}).id
        env.records(Contact).create({"name": "王小美", "customer_id": customer})
    with site.system("take customers away") as env:
        env.connection_of_core.execute(delete(Grant).where(Grant.model == "customer", Grant.action == "read"))
        bump(env.connection_of_core, "organisation")

    with cast.env("sales") as env:
        for request in (ListRequest(Contact), ListRequest(Contact, q="王小"), ListRequest(Customer)):
            assert (list(list_page(env, request).rows), count(env, request).number) == ([], 0)


def test_rows_have_the_wanted_columns(customers: list[int], cast: Cast) -> None:
    with cast.env("sales") as env:
        row = list_page(env, ListRequest(Customer, sort="id"), ["name", "next_contact_on"]).rows[1]

        assert (row.id, row.version, row.name, row.next_contact_on) == (
            customers[3],
            1,
            "宏岳05公司",
            date(2026, 1, 4),
        )


def test_records_come_in_the_order_of_the_list(customers: list[int], cast: Cast) -> None:
    with cast.env("sales") as env:
        records, found = list_records(env, Customer, ListRequest(Customer, sort="-name", limit=3))

        assert [record.name for record in records] == sorted((r.name for r in records), reverse=True)
        assert [record.id for record in records] == [row.id for row in found.rows]


def test_iterate_gives_all_rows(customers: list[int], cast: Cast) -> None:
    with cast.env("gm") as env:
        assert [row.id for row in iterate(env, ListRequest(Customer, sort="-id"), batch=3)] == customers[::-1]


def test_page_sees_what_was_written_before_in_the_same_transaction(customers: list[int], cast: Cast) -> None:
    with cast.env("sales") as env:
        assert count(env, ListRequest(Customer)).number == 6
        env.session.add(Customer(name="new", owner_id=cast.sales, kind="company", status="potential"))

        assert len(list_page(env, ListRequest(Customer)).rows) == 7
        assert count(env, ListRequest(Customer)).number == 7


def test_count_stops_at_the_cap_unless_asked_for_all(
    customers: list[int], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "CAP", 4)
    for username, number in (("sales", 6), ("gm", 16)):
        with cast.env(username) as env:
            request = ListRequest(Customer)

            assert count(env, request) == Count(4, False)
            assert count(env, request, exact=True) == Count(number, True)


def test_unindexed_column_sorts_few_rows_only(
    customers: list[int], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cast.env("gm") as env:
        assert sortable(env, ListRequest(Customer), "phone") is None
    monkeypatch.setattr(counting, "CAP", 10)
    with cast.env("gm") as env:
        request = ListRequest(Customer, sort="phone")
        few = ListRequest(Customer, sort="phone", filters=("phone:empty:yes",))

        assert "filter first" in str(sortable(env, request, "phone"))
        assert sortable(env, request, "name") is None
        assert len(list_page(env, few).rows) == 6
        with pytest.raises(BadRequest) as raised:
            list_page(env, request)
        assert raised.value.details["field"] == "phone"


@pytest.mark.parametrize("sort", ["nothing", "deleted_at", "note", "owner_id", "parent.name", "tags", "--name"])
def test_sort_is_refused_by_name(cast: Cast, sort: str) -> None:
    with cast.env("gm") as env:
        assert sortable(env, ListRequest(Customer), sort) is not None
        with pytest.raises(BadRequest) as raised:
            list_page(env, ListRequest(Customer, sort=sort))
        assert raised.value.details["field"] == sort.removeprefix("-")


def test_hidden_field_does_not_sort(site: Site, cast: Cast) -> None:
    hide(site, "next_contact_on")

    with cast.env("sales") as env, pytest.raises(BadRequest):
        list_page(env, ListRequest(Customer, sort="next_contact_on"))


def hide(site: Site, name: str) -> None:
    with site.system("hide a field") as env:
        role = env.session.scalars(select(Role.id).where(Role.preset == "salesperson")).one()
        row = {"role_id": role, "model": "customer", "field": name, "level": FieldLevel.HIDDEN.value}
        env.connection_of_core.execute(insert(FieldGrant).values(row))
        bump(env.connection_of_core, "organisation")


def test_cursor_that_was_tampered_with_is_refused(customers: list[int], cast: Cast) -> None:
    with cast.env("gm") as env:
        good = list_page(env, ListRequest(Customer, sort="name", limit=2)).next
        dates = list_page(env, ListRequest(Customer, sort="next_contact_on", limit=2)).next
        assert good is not None
        assert dates is not None
        for sort, bad in [
            ("-name", good),
            ("id", good),
            ("name", good[:-3]),
            ("name", "x"),
            ("name", "é"),
            ("name", ""),
            ("name", "W10"),
            ("name", cursor.encode(_sort("name"), 5, 1)),
            ("name", cursor.encode(_sort("name"), None, 1)),
            ("name", cursor.encode(_sort("name"), "a", -1)),
            ("next_contact_on", cursor.encode(_sort("next_contact_on"), "soon", 1)),
        ]:
            if not bad:
                continue
            with pytest.raises(BadRequest):
                list_page(env, ListRequest(Customer, sort=sort, after=bad))
            with pytest.raises(BadRequest):
                list_page(env, ListRequest(Customer, sort=sort, before=bad))


def _sort(name: str) -> page.Query:
    from core.orm.field import Kind
    from core.orm.listing.sorting import Sort

    return Sort(name, False, True, True, Kind.TEXT)  # type: ignore[return-value]


def test_page_after_its_end_leads_back(customers: list[int], cast: Cast) -> None:
    with cast.env("gm") as env:
        last = list_page(env, ListRequest(Customer, sort="id", limit=15)).next
        env.records(Customer).delete(env.get(Customer, customers[15]))
        found = list_page(env, ListRequest(Customer, sort="id", limit=15, after=last))

        assert (found.rows, found.next) == ([], None)
        assert found.previous is not None


def test_recycle_bin_lists_what_the_reader_could_have_deleted(customers: list[int], cast: Cast) -> None:
    with cast.env("gm") as env:
        for id in (customers[0], customers[3], customers[1]):
            env.records(Customer).delete(env.get(Customer, id))
    for username, wanted in (("gm", [1, 3, 0]), ("sales", []), ("manager", [3, 0])):
        with cast.env(username) as env:
            request = ListRequest(Customer, deleted=True, limit=2)
            pages = list(forwards_in_bin(env, request))

            assert pages == [customers[n] for n in wanted]
            assert count(env, request).number == len(wanted)


def forwards_in_bin(env: Env, request: ListRequest) -> Iterator[int]:
    yield from (row.id for row in iterate(env, request, batch=2))


@contextmanager
def statements(env: Env) -> Iterator[list[str]]:
    found: list[str] = []

    def note(*arguments: object) -> None:
        found.append(str(arguments[2]))

    event.listen(env.connection_of_core, "before_cursor_execute", note)
    yield found
    event.remove(env.connection_of_core, "before_cursor_execute", note)


@pytest.mark.parametrize("username", ["sales", "manager", "gm"])
def test_page_with_its_count_and_labels_takes_a_constant_number_of_statements(
    customers: list[int], cast: Cast, username: str
) -> None:
    numbers = set()
    for limit in (1, 5):
        with cast.env(username) as env, statements(env) as issued:
            found = list_page(env, ListRequest(Customer, sort="name", limit=limit), ["name", "owner_id", "parent_id"])
            count(env, ListRequest(Customer, sort="name", limit=limit))
            labels(env, User, [row.owner_id for row in found.rows])
            labels(env, Customer, [row.parent_id for row in found.rows])
            numbers.add(len(issued))

    assert numbers == {2}


@pytest.mark.parametrize("cap", [2, 10_000])
def test_conditions_find_the_same_rows_in_short_and_in_long_lists(
    customers: list[int], cast: Cast, monkeypatch: pytest.MonkeyPatch, cap: int
) -> None:
    monkeypatch.setattr(counting, "CAP", cap)
    for username, step in (("sales", 3), ("gm", 1)):
        with cast.env(username) as env:
            request = ListRequest(Customer, filters=("phone:empty:no",), sort="-next_contact_on", limit=4)
            visible = {id for n, id in enumerate(customers) if n % step == 0 and n % 3}

            assert [id for ids in forwards(env, request) for id in ids] == expected(
                customers, env, "-next_contact_on", "", visible
            )


def test_extra_condition_narrows_the_list(customers: list[int], cast: Cast) -> None:
    with cast.env("sales") as env:
        for extra in (Customer.phone.is_(None), Customer.__table__.c.phone.is_(None)):
            request = ListRequest(Customer, extra=extra)

            assert {row.id for row in list_page(env, request).rows} == set(customers[::3])
        request = ListRequest(Customer, extra=Customer.id == customers[3])
        assert (len(list_page(env, request).rows), count(env, request).number) == (1, 1)


def test_labels_mask_what_the_reader_may_not_open(customers: list[int], cast: Cast) -> None:
    with cast.env("gm") as env:
        env.records(Customer).delete(env.get(Customer, customers[3]))

    with cast.env("sales") as env:
        found = labels(env, Customer, [customers[0], customers[1], customers[3], 999, None])

        assert {id: (label.text, label.is_masked, label.has_link) for id, label in found.items()} == {
            customers[0]: ("台灣00公司", False, True),
            customers[1]: ("宏岳○○公司", True, False),
            customers[3]: ("宏岳05公司", False, False),
        }
        assert labels(env, User, [cast.gm])[cast.gm].text == "張淑芬"


def test_labels_mask_everywhere_when_the_name_is_hidden(customers: list[int], site: Site, cast: Cast) -> None:
    hide(site, "name")

    with cast.env("sales") as env:
        assert labels(env, Customer, [customers[0]])[customers[0]].text == "台灣○○公司"


def test_mask_never_shows_a_name_whole() -> None:
    names = ["", "王", "王明", "王大明", "歐陽大明", "宏岳自動化", "John Smith"]

    assert [mask(name) for name in names] == ["○", "王○", "王○", "王○明", "歐○○明", "宏岳○○動化", "Jo○○th"]


def test_lookup_finds_readable_records_and_names_that_begin_with_it_first(cast: Cast) -> None:
    with cast.env("sales") as env:
        for name in ("大宏岳", "宏岳一", "別家"):
            env.records(Customer).create({"name": name, "phone": "02-2345-6789"})
    with cast.env("sales2") as env:
        env.records(Customer).create({"name": "宏岳二"})

    with cast.env("sales") as env:
        assert [(hit.label, hit.hint) for hit in lookup(env, Customer, "宏岳")] == [
            ("宏岳一", "C00002"),
            ("大宏岳", "C00001"),
        ]
        assert [hit.label for hit in lookup(env, Customer, "", limit=2)] == ["別家", "大宏岳"]
        assert lookup(env, Customer, "宏岳二") == []
        assert [hit.label for hit in lookup(env, User, "志")] == ["黃志明"]
        assert [hit.label for hit in lookup(env, User, "sales2")] == ["黃志明"]
        assert lookup(env, Contact, "宏") == []


def test_describe_knows_the_indexes_that_lists_need() -> None:
    finish_tables()

    names = {index.name for index in describe(Visit).table.indexes}

    assert {"ix_visit_visited_at", "ix_visit_root_owner_id_visited_at", "ix_visit_owner_id_visited_at"} <= names
