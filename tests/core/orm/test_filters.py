"""The filter language: what each condition finds, how it reads, and what it refuses."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select

from addons.customer.models import Customer, Visit
from core.access.models import Department, FieldGrant, FieldLevel, Role, User
from core.clock import frozen
from core.env import Env
from core.errors import BadRequest
from core.orm.field import Kind
from core.orm.filters import operators, parse, parse_all, parse_any, parse_text
from core.orm.filters.alternatives import joined, split
from core.orm.filters.periods import Period, add_months, describe_period, parse_dates
from core.orm.listing import ListRequest, count, list_page
from core.orm.model import Model, describe
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast

NOON = datetime(2026, 3, 11, 4, tzinfo=UTC)
"""Wednesday noon in Taipei."""


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with frozen(NOON):
        yield


@pytest.fixture
def names(cast: Cast) -> None:
    with cast.env("sales") as env:
        a = {
            "name": "Alpha 50%",
            "level": "A",
            "tags": ["key_account", "long_term"],
            "next_contact_on": date(2026, 3, 11),
            "phone": "02-2345-6789",
        }
        b = {"name": "Beta_x", "level": "B", "tags": ["long_term"], "next_contact_on": date(2026, 3, 15)}
        first = env.records(Customer).create(a)
        env.records(Customer).create(b)
        c = {"name": "Gamma|1", "tags": [], "next_contact_on": date(2026, 2, 28), "parent_id": first.id}
        env.records(Customer).create(c)
        env.records(Customer).create({"name": "Delta", "level": "A"})


def found(env: Env, *filters: str, model: type[Model] = Customer, shown: str = "name") -> list[str]:
    request = ListRequest(model, filters=filters, sort="id")
    rows = [getattr(row, shown)[:1] for row in list_page(env, request, [shown]).rows]
    assert count(env, request).number == len(rows)
    return rows


FINDS = {
    "name:is:Delta": "D",
    "name:is:delta": "",
    "name:not:Delta": "ABG",
    "name:contains:ta": "BD",
    "name:contains:TA": "BD",
    "name:contains:%": "A",
    "name:contains:_": "B",
    "name:starts:be": "B",
    "name:in:Delta|Beta_x": "BD",
    r"name:in:Gamma\|1|Delta": "GD",
    "name:is:Gamma|1": "G",
    "name:contains:|": "G",
    "name:contains:0%": "A",
    "phone:contains:-6789": "A",
    "phone:contains:2345678": "",
    "phone:starts:02-2345": "A",
    "parent.name:contains:lpha": "G",
    "phone:empty:no": "A",
    "phone:not:02-2345-6789": "BGD",
    "level:is:A": "AD",
    "level:not:A": "BG",
    "level:in:A|B": "ABD",
    "level:empty:yes": "G",
    "tags:has:long_term": "AB",
    "tags:any:key_account|long_term": "AB",
    "tags:has:key_account": "A",
    "tags:empty:yes": "GD",
    "tags:empty:no": "AB",
    "parent_id:is:1": "G",
    "parent_id:not:1": "ABD",
    "parent_id:empty:no": "G",
    "owner_id:is:me": "ABGD",
    "owner_id:not:me": "",
    "id:in:1|2": "AB",
    "id:gt:2": "GD",
    "next_contact_on:is:today": "A",
    "next_contact_on:not:today": "BGD",
    "next_contact_on:is:this_week": "AB",
    "next_contact_on:is:-11d": "G",
    "next_contact_on:le:today": "AG",
    "next_contact_on:lt:this_week": "G",
    "next_contact_on:gt:this_week": "",
    "next_contact_on:ge:2026-03-11": "AB",
    "next_contact_on:between:2026-02-01|today": "AG",
    "next_contact_on:in:today|last_month": "AG",
    "next_contact_on:empty:yes": "D",
    "created_at:is:today": "ABGD",
    "created_at:lt:today": "",
    "created_at:is:2026-03-11T12:00": "ABGD",
    "created_at:gt:2026-03-11T12:00": "",
    "created_at:is:yesterday": "",
    "parent.name:is:Alpha 50%": "G",
    "parent.level:is:A": "G",
    "parent_id.level:not:A": "",
    "owner.department.name:is:North": "ABGD",
    "owner.name:contains:林": "ABGD",
}


def test_filters_find(names: None, cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        assert {text: "".join(found(env, text)) for text in FINDS} == FINDS


def test_text_is_found_in_the_recycle_bin(names: None, cast: Cast) -> None:
    with cast.env("gm") as env:
        env.records(Customer).delete(env.get(Customer, 1))

        for text in ("name:contains:lph", "name:starts:alpha", "phone:contains:6789"):
            rows = list_page(env, ListRequest(Customer, filters=[text], deleted=True), ["name"]).rows
            assert [row.name for row in rows] == ["Alpha 50%"]


def test_filters_all_count_together(names: None, cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        assert found(env, "level:is:A", "phone:empty:yes") == ["D"]


def test_filters_on_booleans_and_numbers(cast: Cast, site: Site) -> None:
    with site.system("look", write=False) as env:
        assert found(env, "created_by:empty:yes", "name:is:North", model=Department) == ["N"]
        assert found(env, "department.name:is:South", model=User, shown="username") == ["s"]


def test_date_time_means_the_readers_day(names: None, cast: Cast, site: Site) -> None:
    late = datetime(2026, 3, 10, 16, 30, tzinfo=UTC)
    with cast.env("sales") as env:
        visit = {"customer_id": 1, "method": "phone", "content": "early", "visited_at": late}
        env.records(Visit).create(visit)

        assert found(env, "visited_at:is:2026-03-11", model=Visit, shown="content") == ["e"]
        assert found(env, "visited_at:is:2026-03-10", model=Visit, shown="content") == []
        assert found(env, "visited_at:is:2026-03-10T16:30Z", model=Visit, shown="content") == ["e"]
        assert found(env, "visited_at:is:2026-03-11 00:30", model=Visit, shown="content") == ["e"]


REFUSED = {
    "nonsense:is:1": "nonsense",
    "deleted_at:is:today": "deleted_at",
    "root_id:is:1": "root_id",
    "name": "name",
    "name:is": "name",
    "name:is:": "name",
    "name:like:x": "name",
    "level:is:Z": "level",
    "level:in:A|Z": "level",
    "level:lt:A": "level",
    "level:empty:maybe": "level",
    "id:is:x": "id",
    "id:is:1.5": "id",
    "id:is:99999999999999999999": "id",
    "id:is:1e999": "id",
    "id:is:nan": "id",
    "next_contact_on:is:2026-02-30": "next_contact_on",
    "next_contact_on:is:soon": "next_contact_on",
    "next_contact_on:is:+99999y": "next_contact_on",
    "next_contact_on:between:today": "next_contact_on",
    "next_contact_on:is:2026-01-01T10:00": "next_contact_on",
    "created_at:is:0001-01-01T00:00": "created_at",
    "owner_id:is:you": "owner_id",
    "parent_id:is:me": "parent_id",
    "parent_id:is:-1": "parent_id",
    "parent_id:is:٣": "parent_id",
    "parent.nothing:is:1": "parent.nothing",
    "level.name:is:x": "level.name",
    "owner.password_hash:contains:a": "owner.password_hash",
    "parent.parent.parent.parent.name:is:x": "parent.parent.parent.parent.name",
    "": "",
    ":::": "",
}


def test_filters_refuse_what_makes_no_sense_and_name_it(cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        for text, field in REFUSED.items():
            with pytest.raises(BadRequest) as raised:
                parse(env, Customer, text)
            assert raised.value.details["field"] == field, text
            assert str(raised.value.message)


def test_filters_tell_nothing_of_records_that_the_reader_may_not_open(names: None, cast: Cast) -> None:
    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, 1), to=cast.sales2)

    with cast.env("sales", write=False) as env:
        for text in ("parent.name:starts:Alpha", "parent.level:is:A", "parent_id:is:1", "parent.id:is:1"):
            assert found(env, text) == [], text
        assert found(env, "parent_id:empty:no") == ["G"]
    with cast.env("gm", write=False) as env:
        assert found(env, "parent.name:starts:Alpha") == ["G"]


@pytest.mark.parametrize("level", [FieldLevel.HIDDEN, FieldLevel.MASKED, FieldLevel.MASKED_IN_LISTS])
def test_filters_treat_a_hidden_field_as_unknown(names: None, site: Site, cast: Cast, level: FieldLevel) -> None:
    with site.system("hide the level") as env:
        role = env.session.scalars(select(Role.id).where(Role.preset == "salesperson")).one()
        row = {"role_id": role, "model": "customer", "field": "level", "level": level.value}
        env.connection_of_core.execute(insert(FieldGrant).values(row))
        bump(env.connection_of_core, "organisation")

    with cast.env("sales", write=False) as env:
        for text in ("level:is:A", "parent.level:is:A"):
            with pytest.raises(BadRequest) as hidden:
                parse(env, Customer, text)
            with pytest.raises(BadRequest) as unknown:
                parse(env, Customer, text.replace("level", "lefel"))
            assert str(hidden.value.message) == str(unknown.value.message).replace("lefel", "level")
    with cast.env("gm", write=False) as env:
        assert found(env, "level:is:B") == ["B"]


def test_condition_is_written_canonically(cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        texts = ["parent_id.level:in: A |B", r"name:in:a\|b|c", "created_at:is:today", "owner_id:is:me"]

        assert [condition.text for condition in parse_all(env, Customer, [*texts, *texts, " "])] == [
            "parent.level:in:A|B",
            r"name:in:a\|b|c",
            "created_at:is:today",
            "owner_id:is:me",
        ]


def test_condition_reads_as_a_sentence(names: None, cast: Cast) -> None:
    sentences = {
        "level:in:A|B": "Level is A, B",
        "parent.level:is:A": "Parent customer › Level is A",
        "name:contains:x": "Customer name contains “x”",
        "phone:empty:yes": "Phone is empty",
        "phone:empty:no": "Phone is not empty",
        "next_contact_on:le:today": "Next contact is on or before today",
        "next_contact_on:is:-7d": "Next contact: 7 days ago",
        "next_contact_on:between:today|+30d": "Next contact is between today and in 30 days",
        "owner_id:is:me": "Owner is me",
        f"owner_id:not:{cast.gm}": "Owner is not 張淑芬",
        "parent_id:is:1": "Parent customer is Alpha 50%",
        "parent_id:is:9": "Parent customer is 9",
        "id:gt:1200": "Record is more than 1200",
    }

    with cast.env("sales", write=False) as env:
        assert {text: parse(env, Customer, text).label(env) for text in sentences} == sentences


def test_operators_exist_for_every_kind_of_field() -> None:
    for kind in Kind:
        spec = describe(Customer).fields["name"].bind(kind=kind)
        assert [str(label) for _name, label in operators(spec)]


TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("today", date(2026, 3, 31), date(2026, 4, 1)),
        ("this_week", date(2026, 3, 30), date(2026, 4, 6)),
        ("last_week", date(2026, 3, 23), date(2026, 3, 30)),
        ("this_month", date(2026, 3, 1), date(2026, 4, 1)),
        ("next_month", date(2026, 4, 1), date(2026, 5, 1)),
        ("last_quarter", date(2025, 10, 1), date(2026, 1, 1)),
        ("last_year", date(2025, 1, 1), date(2026, 1, 1)),
        ("-1m", date(2026, 2, 28), date(2026, 3, 1)),
        ("+1w", date(2026, 4, 7), date(2026, 4, 8)),
        ("-2y", date(2024, 3, 31), date(2024, 4, 1)),
    ],
)
def test_relative_dates(text: str, first: date, after: date) -> None:
    assert parse_dates(text, TODAY) == Period(first, after)


def test_add_months_ends_at_the_last_day_of_a_shorter_month() -> None:
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2026, 12, 31), -1) == date(2026, 11, 30)
    assert add_months(date(2026, 11, 30), 1) == date(2026, 12, 30)


def test_period_is_described_in_words() -> None:
    assert [str(describe_period(text)) for text in ("+3m", "2026-01-31T10:00", "last_week")] == [
        "in 3 months",
        "2026-01-31 10:00",
        "last week",
    ]


@pytest.mark.parametrize(
    ("alternatives", "expected"),
    [
        (["level:is:A", "level:is:B"], ["A", "B"]),
        (["level:is:A;status:is:lost"], []),
        (["level:is:A;status:is:potential", "level:is:B;status:is:lost"], ["A"]),
        (["level:empty:yes", "level:is:B"], ["B", ""]),
        (["owner.name:contains:a;level:is:A", "level:is:B"], None),
    ],
)
def test_one_of_several_alternatives_suffices(cast: Cast, alternatives: list[str], expected: list[str] | None) -> None:
    with cast.env("sales") as env:
        for level in ("A", "B", None):
            env.records(Customer).create({"name": f"Level {level}", "level": level, "status": "potential"})

    with cast.env("sales") as env:
        request = ListRequest(Customer, filters=parse_any(env, Customer, alternatives), sort="name")
        rows = list_page(env, request, ["level"]).rows

        assert count(env, request).number == len(rows)
        if expected is not None:
            assert sorted(row.level or "" for row in rows) == sorted(expected)


def test_alternatives_read_as_a_sentence_and_go_back_into_an_address(cast: Cast) -> None:
    texts = ["level:is:A", r"name:contains:a\;b;level:is:B"]
    with cast.env("sales") as env:
        [found] = parse_any(env, Customer, texts)

        assert found.label(env) == "Level is A or (Customer name contains “a;b” and Level is B)"
        assert list(found.texts) == texts
        assert parse_any(env, Customer, found.texts) == (found,)
        assert parse_text(env, Customer, found.text) == found


@pytest.mark.parametrize("text", ["nothing:is:1", "level:like:A", "level:is:A;name", "level:is:A;level:is:Z"])
def test_alternative_that_makes_no_sense_is_refused_by_name(cast: Cast, text: str) -> None:
    with cast.env("sales") as env, pytest.raises(BadRequest) as refused:
        parse_any(env, Customer, ["level:is:B", text])

    assert refused.value.details["field"] in ("nothing", "level", "name")


@pytest.mark.parametrize(
    "text", ["name:contains:a\\", "name:is:a;b", "name:is:\\;", "name:is:\\\\;\\", r"name:in:a\|b|c;"]
)
def test_conditions_of_an_alternative_are_told_apart_again(text: str) -> None:
    assert split(joined([text, "state:is:active", text])) == [text, "state:is:active", text]


def test_too_many_alternatives_are_refused(cast: Cast) -> None:
    with cast.env("sales") as env, pytest.raises(BadRequest):
        parse_any(env, Customer, ["level:is:A"] * 21)


def test_hidden_field_can_be_in_no_alternative(cast: Cast) -> None:
    with cast.site.system("hide") as env:
        role = env.session.scalar(select(Role.id).where(Role.preset == "salesperson"))
        row = {"role_id": role, "model": "customer", "field": "phone", "level": FieldLevel.HIDDEN}
        env.connection_of_core.execute(insert(FieldGrant).values(row))
        bump(env.connection_of_core, "organisation")

    with cast.env("sales") as env, pytest.raises(BadRequest):
        parse_any(env, Customer, ["level:is:A", "phone:empty:no"])
