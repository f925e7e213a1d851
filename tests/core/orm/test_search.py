"""The search index: what finds what, and that it stays true through every way a record changes."""

import pytest
from sqlalchemy import func, insert, select, text

from addons.customer.models import Contact, Customer, Visit
from core import deletion
from core.access.models import FieldGrant, FieldLevel, Role, ShareLevel
from core.clock import now
from core.env import Env
from core.orm import search
from core.orm.field import Kind
from core.orm.listing import ListRequest, count, list_page
from core.orm.model import describe
from core.orm.search.words import pieces, pieces_wanted, words_in, words_of
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast

INFO = describe(Customer)


def found(env: Env, q: str, model: type = Customer) -> list[int]:
    request = ListRequest(model, q=q)
    ids = [row.id for row in list_page(env, request).rows]
    assert count(env, request).number == len(ids)
    return sorted(ids)


def hits(env: Env, q: str) -> set[int]:
    """What the index itself says, before the guard."""
    match = search.match(INFO, env.actor, q, env.connection_of_core.dialect.name)
    assert match is not None
    return set(env.connection_of_core.scalars(select(match.id).where(match.where)))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("王大明", ["王大", "大明", "明"]),
        ("王", ["王"]),
        ("abcd", ["abc", "bcd", "cd", "d"]),
        ("3m台", ["3m台", "m台", "台"]),
    ],
)
def test_pieces_start_at_every_character(word: str, expected: list[str]) -> None:
    assert pieces(word) == expected


@pytest.mark.parametrize("word", ["王大明工業", "abcdef12", "3m台灣", "王", "𠮷野家"])
def test_pieces_wanted_are_in_every_text_with_the_word(word: str) -> None:
    for start in range(len(word)):
        for end in range(start + 1, len(word) + 1):
            wanted, is_open = pieces_wanted(word[start:end])

            stored = pieces(f"前{word}後")[start + 1 :]

            assert stored[: len(wanted) - is_open] == wanted[: len(wanted) - is_open]
            assert stored[len(wanted) - 1].startswith(wanted[-1])


def test_words_take_width_case_and_variants_for_the_same() -> None:
    assert words_of("ＡＢＣ 臺北　Ltd.") == ["abc", "台北", "ltd"]


def test_words_join_numbers_over_punctuation() -> None:
    assert words_of("02-2345-6789") == ["0223456789"]
    assert words_of("+886 2 2345-6789") == ["2", "23456789"]
    assert words_in("(02) 2345 6789 #12", Kind.PHONE) == ["0223456789", "12"]
    assert words_in("+886-912-345-678", Kind.PHONE) == ["886912345678", "0912345678"]


@pytest.fixture
def ids(cast: Cast) -> dict[str, int]:
    records = {
        "wang": {"name": "王大明工業", "phone": "02-2345-6789", "tax_id": None},
        "three": {"name": "臺灣3M公司", "phone": "+886 912 345 678"},
        "ming": {"name": "大明 王家", "email": "sales@example.com"},
    }
    with cast.env("sales") as env:
        return {key: env.records(Customer).create(values).id for key, values in records.items()}


FINDS: dict[str, set[str]] = {
    "大明": {"wang", "ming"},
    "王大明": {"wang"},
    "王": {"wang", "ming"},
    "大明王": set(),
    "明 王": {"wang", "ming"},
    "台灣": {"three"},
    "3m公": {"three"},
    "６７８９": {"wang"},
    "0223456789": {"wang"},
    "02-2345-67": {"wang"},
    "(02) 2345-6789": {"wang"},
    "0912345678": {"three"},
    "+886912345678": {"three"},
    "EXAMPLE": {"ming"},
    "xampl": {"ming"},
    "sales@example.com": {"ming"},
    "s": {"ming"},
    "五": set(),
    "!?*\" ' OR terms": set(),
}


def test_search_finds(ids: dict[str, int], cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        names = {id: key for key, id in ids.items()}
        assert {q: {names[id] for id in found(env, q)} for q in FINDS} == FINDS


def test_search_finds_nothing_for_punctuation_alone_and_all_for_nothing(ids: dict[str, int], cast: Cast) -> None:
    with cast.env("sales", write=False) as env:
        assert found(env, "?!") == []
        assert found(env, "  ") == sorted(ids.values())


def test_search_passes_the_guard(ids: dict[str, int], cast: Cast) -> None:
    with cast.env("sales2", write=False) as env:
        assert found(env, "大明") == []
    with cast.env("manager", write=False) as env:
        assert found(env, "大明") == sorted([ids["wang"], ids["ming"]])


def test_search_follows_an_edit(ids: dict[str, int], cast: Cast) -> None:
    with cast.env("sales") as env:
        env.records(Customer).update(env.get(Customer, ids["wang"]), {"name": "新名字"})

    with cast.env("sales", write=False) as env:
        assert found(env, "王大明") == []
        assert found(env, "新名") == [ids["wang"]]


def test_search_follows_the_owner(ids: dict[str, int], cast: Cast) -> None:
    with cast.env("sales") as env:
        values = {"customer_id": ids["wang"], "method": "phone", "content": "談到報價", "visited_at": now()}
        visit = env.records(Visit).create(values).id
    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, ids["wang"]), to=cast.sales2)

    with cast.env("sales2", write=False) as env:
        assert (found(env, "王大明"), found(env, "報價", Visit)) == ([ids["wang"]], [visit])
    with cast.env("sales", write=False) as env:
        assert (hits(env, "王大明"), found(env, "報價", Visit)) == (set(), [visit])


def test_search_follows_a_share(ids: dict[str, int], cast: Cast) -> None:
    with cast.env("gm") as env:
        env.records(Customer).share(env.get(Customer, ids["wang"]), user=cast.sales2, level=ShareLevel.READ)

    with cast.env("sales2", write=False) as env:
        assert found(env, "王大明") == [ids["wang"]]

    with cast.env("gm") as env:
        env.records(Customer).unshare(env.get(Customer, ids["wang"]), user=cast.sales2)

    with cast.env("sales2", write=False) as env:
        assert hits(env, "王大明") == set()


def test_search_forgets_what_is_deleted_and_finds_it_restored(ids: dict[str, int], cast: Cast) -> None:
    with cast.env("gm") as env:
        act = env.records(Customer).delete(env.get(Customer, ids["wang"]))
        assert hits(env, "王大明") == set()
    with cast.env("gm") as env:
        deletion.restore(env, act)

        assert found(env, "王大明") == [ids["wang"]]


@pytest.mark.parametrize("level", [FieldLevel.HIDDEN, FieldLevel.MASKED, FieldLevel.MASKED_IN_LISTS])
def test_search_does_not_look_into_fields_that_the_reader_may_not_see(
    ids: dict[str, int], site: Site, cast: Cast, level: FieldLevel
) -> None:
    with site.system("hide the phone") as env:
        role = env.session.scalars(select(Role.id).where(Role.preset == "salesperson")).one()
        row = {"role_id": role, "model": "customer", "field": "phone", "level": level.value}
        env.connection_of_core.execute(insert(FieldGrant).values(row))
        bump(env.connection_of_core, "organisation")

    with cast.env("sales", write=False) as env:
        assert found(env, "2345") == []
        assert found(env, "王大 6789") == []
        assert found(env, "王大明") == [ids["wang"]]
    with cast.env("gm", write=False) as env:
        assert found(env, "王大 6789") == [ids["wang"]]


def test_rebuild_gives_the_same_index(ids: dict[str, int], site: Site, cast: Cast) -> None:
    with site.system("compare") as env:
        connection = env.connection_of_core
        columns = "rowid, terms, readers, text" if connection.dialect.name == "sqlite" else "*"
        everything = text(f"SELECT {columns} FROM customer_search ORDER BY 1")
        before = connection.execute(everything).all()

        assert search.rebuild(connection, INFO) == len(before) == len(ids)
        assert connection.execute(everything).all() == before


def test_ddl_drops_what_it_creates(site: Site) -> None:
    with site.system("drop and create") as env:
        connection = env.connection_of_core
        for statement in search.drop_ddl(INFO, connection.dialect.name):
            connection.execute(text(statement))
        for statement in search.ddl(INFO, connection.dialect.name):
            connection.execute(text(statement))

        assert connection.scalar(select(func.count()).select_from(text("customer_search"))) == 0


def test_a_contact_that_moves_is_found_by_who_works_on_its_new_customer(cast: Cast) -> None:
    with cast.env("sales2") as env:
        mine, shared = (env.records(Customer).create({"name": name}).id for name in ("台榮", "宏達"))
        contact = env.records(Contact).create({"name": "陳淑惠", "customer_id": mine}).id
    with cast.env("gm") as env:
        env.records(Customer).share(env.get(Customer, shared), user=cast.sales, level=ShareLevel.READ)

    with cast.env("sales2") as env:
        env.records(Contact).update(env.get(Contact, contact), {"customer_id": shared})
    with cast.env("sales", write=False) as env:
        assert found(env, "陳淑惠", Contact) == [contact]

    with cast.env("sales2") as env:
        env.records(Contact).update(env.get(Contact, contact), {"customer_id": mine})
    with cast.env("sales", write=False) as env:
        assert found(env, "陳淑惠", Contact) == []
