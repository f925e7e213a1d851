"""Imports through the real path: jobs, rights, history, search; taken in, gone on with, and taken back."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import func, select, update

from addons.customer.models import Contact, Customer
from core.errors import Forbidden, Invalid, NotFound
from core.exchange.imports import asked, drafts, running
from core.exchange.imports.asked import Asked
from core.exchange.imports.models import ImportState, Mode, RefusedRow
from core.jobs import outbox, worker
from core.jobs.outbox import OUTBOX
from core.orm.listing import ListRequest, list_page
from core.site import Site
from core.testing.cast import Cast

SHEET = """客戶名稱,統一編號,電話,等級,客戶負責人,聯絡人姓名,手機
台榮精密,04595257,02-2345-6789,A,林怡君,王小明,0912345678
宏達自動化,,03-555-1234,B,陳建宏,,
立基電子,12345,,C,,李大華,
三陽金屬,,02-1111-2222,特級,林怡君,,
"""


def put_in(cast: Cast, text: str, who: str = "gm", **chosen: Any) -> Asked:
    received = drafts.receive(cast.site.settings, io.BytesIO(text.encode()), "客戶.csv")
    with cast.env(who) as env:
        found = drafts.put_in(env, Customer, received)
        if chosen:
            arrangement: dict[str, Any] = {
                "columns": {int(place): key for place, key in found.columns.items()},
                "keys": found.keys,
                "mode": found.mode,
            }
            found = drafts.arrange(env, found.id, **arrangement | chosen)
    return found


def do(cast: Cast, found: Asked, who: str = "gm", *, is_try: bool = False) -> Asked:
    with cast.env(who) as env:
        job = drafts.start(env, found.id, is_try=is_try)
    assert worker.execute(cast.site, job)
    with cast.env(who, write=False) as env:
        return asked.own(env, found.id)


def refused(site: Site, found: Asked) -> dict[int, Sequence[str]]:
    with site.system("look", write=False) as env:
        rows = env.connection_of_core.execute(
            select(RefusedRow.row, RefusedRow.problems).where(RefusedRow.import_id == found.id)
        )
        return {row: sorted(problems) for row, problems in rows}


def names(cast: Cast, who: str = "gm") -> list[str]:
    with cast.env(who, write=False) as env:
        return [row.name for row in list_page(env, ListRequest(Customer, sort="name"), ["name"]).rows]


def test_columns_are_guessed_over_several_models(cast: Cast) -> None:
    found = put_in(cast, SHEET)

    assert found.columns == {
        "0": "customer.name",
        "1": "customer.tax_id",
        "2": "customer.phone",
        "3": "customer.level",
        "4": "customer.owner_id",
        "5": "contact.name",
        "6": "contact.mobile",
    }
    assert found.keys == ["customer.name"]


def test_right_rows_are_taken_in_and_wrong_ones_explained(cast: Cast, site: Site) -> None:
    done = do(cast, put_in(cast, SHEET))

    assert (done.state, done.counts) == (ImportState.DONE, {"rows": 4, "created": 2, "refused": 2})
    assert names(cast) == ["台榮精密", "宏達自動化"]
    assert refused(site, done) == {4: ["1"], 5: ["3"]}
    with cast.env("sales", write=False) as env:
        customer = env.session.scalars(select(Customer).where(Customer.name == "台榮精密")).one()
        assert (customer.owner_id, customer.created_by, customer.level) == (cast.sales, cast.gm, "A")
        contact = env.session.scalars(select(Contact)).one()
        assert (contact.name, contact.mobile, contact.customer_id, contact.is_primary) == (
            "王小明",
            "0912345678",
            customer.id,
            True,
        )
        assert len(list_page(env, ListRequest(Customer, q="榮精"), ["name"]).rows) == 1


def test_a_try_writes_nothing(cast: Cast, site: Site) -> None:
    tried = do(cast, put_in(cast, SHEET), is_try=True)

    assert (tried.state, tried.counts["created"], tried.counts["refused"]) == (ImportState.CHECKED, 2, 2)
    assert names(cast) == []
    assert refused(site, tried) == {4: ["1"], 5: ["3"]}
    assert do(cast, tried).counts["created"] == 2


@pytest.mark.parametrize("mode", Mode)
def test_a_try_knows_what_came_earlier_in_the_file(
    cast: Cast, site: Site, mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "ROWS", 2)
    text = "客戶名稱,等級\n甲,A\n乙,A\n甲,A\n甲,B\n丙,特級\n乙,\n乙,C\n"

    tried = do(cast, put_in(cast, text, keys=["customer.name"], mode=mode), is_try=True)
    foreseen = refused(site, tried)
    done = do(cast, tried)

    assert tried.counts == done.counts
    assert foreseen == refused(site, done)
    if mode is Mode.BOTH:
        assert done.counts == {"rows": 7, "created": 2, "updated": 2, "unchanged": 2, "refused": 1}


@pytest.mark.parametrize("mode", Mode)
def test_a_try_finds_what_is_wrong_with_a_further_row_about_a_record(
    cast: Cast, site: Site, mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "ROWS", 2)
    text = "客戶名稱,統一編號,網站\n甲,04595257,\n乙,,\n甲,12345,\n乙,,not a site\n"

    tried = do(cast, put_in(cast, text, keys=["customer.name"], mode=mode), is_try=True)
    foreseen = refused(site, tried)
    done = do(cast, tried)

    assert tried.counts == done.counts
    assert foreseen == refused(site, done)
    assert bool(foreseen) is (mode is Mode.BOTH)


def test_a_try_that_was_cut_short_begins_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "ROWS", 2)
    found = put_in(cast, "客戶名稱\n甲\n乙\n丙\n甲\n", keys=["customer.name"], mode=Mode.CREATE)
    with cast.env("gm") as env:
        job = drafts.start(env, found.id, is_try=True)
    real, batches = running._write, []

    def dies(*given: Any, **more: Any) -> None:
        real(*given, **more)
        batches.append(1)
        if len(batches) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(running, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        worker.execute(cast.site, job)
    monkeypatch.setattr(outbox, "is_gone", lambda claim: True)
    outbox.take_back(cast.site)
    assert worker.execute(cast.site, job)

    with cast.env("gm", write=False) as env:
        assert asked.own(env, found.id).counts == {"rows": 4, "created": 3, "skipped": 1, "refused": 0}


@pytest.mark.parametrize(
    ("mode", "counts", "levels"),
    [
        (Mode.CREATE, {"rows": 2, "created": 1, "skipped": 1, "refused": 0}, {"台榮精密": "A", "新客戶": "C"}),
        (Mode.UPDATE, {"rows": 2, "updated": 1, "skipped": 1, "refused": 0}, {"台榮精密": "B"}),
        (Mode.BOTH, {"rows": 2, "created": 1, "updated": 1, "refused": 0}, {"台榮精密": "B", "新客戶": "C"}),
    ],
)
def test_a_row_whose_record_is_there(
    cast: Cast, mode: Mode, counts: Mapping[str, int], levels: Mapping[str, str]
) -> None:
    with cast.env("sales") as env:
        env.records(Customer).create({"name": "台榮精密", "level": "A"})

    done = do(cast, put_in(cast, "客戶名稱,等級\n台榮精密,B\n新客戶,C\n", mode=mode))

    assert done.counts == counts
    with cast.env("gm", write=False) as env:
        assert dict(env.session.execute(select(Customer.name, Customer.level)).all()) == levels


def test_a_record_twice_in_a_file_is_one(cast: Cast) -> None:
    text = "客戶名稱,等級,聯絡人姓名\n台榮,A,王小明\n台榮,A,李大華\n台榮,B,王小明\n"

    done = do(cast, put_in(cast, text, mode=Mode.BOTH))

    assert done.counts == {"rows": 3, "created": 1, "unchanged": 1, "updated": 1, "refused": 0}
    with cast.env("gm", write=False) as env:
        assert env.session.scalars(select(Contact.name).order_by(Contact.id)).all() == ["王小明", "李大華"]


def test_an_import_is_undone_updates_included(cast: Cast) -> None:
    with cast.env("gm") as env:
        env.records(Customer).create({"name": "台榮精密", "level": "A", "owner_id": cast.gm})
    text = "客戶名稱,等級,聯絡人姓名\n台榮精密,B,王小明\n新客戶,C,李大華\n又一家,C,\n"
    done = do(cast, put_in(cast, text, mode=Mode.BOTH))
    with cast.env("gm") as env:
        touched = env.session.scalars(select(Customer).where(Customer.name == "又一家")).one()
        env.records(Customer).update(touched, {"level": "A"})

    with cast.env("gm") as env:
        job = drafts.undo(env, done.id)
    assert worker.execute(cast.site, job)

    with cast.env("gm", write=False) as env:
        assert asked.own(env, done.id).state is ImportState.UNDONE
        assert dict(env.session.execute(select(Customer.name, Customer.level)).all()) == {
            "台榮精密": "A",
            "又一家": "A",
        }
        assert env.session.scalar(select(func.count(Contact.id))) == 0
        counts = asked.own(env, done.id).counts
        assert (counts["undone"], counts["kept"]) == (4, 1)


def test_an_import_goes_on_where_it_was_killed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "ROWS", 10)
    text = "客戶名稱\n" + "".join(f"客戶{number}\n" for number in range(35))
    found = put_in(cast, text)
    with cast.env("gm") as env:
        job = drafts.start(env, found.id, is_try=False)
    real, batches = running._write, []

    def dies(env: Any, batch: Any, *, is_try: bool) -> None:
        real(env, batch, is_try=is_try)
        batches.append(len(batch.rows))
        if len(batches) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(running, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        worker.execute(cast.site, job)
    assert len(names(cast)) == 20

    monkeypatch.setattr(outbox, "is_gone", lambda claim: True)
    outbox.take_back(cast.site)
    assert worker.execute(cast.site, job)

    assert sorted(names(cast)) == sorted(f"客戶{number}" for number in range(35))
    with cast.env("gm", write=False) as env:
        assert asked.own(env, found.id).counts == {"rows": 35, "created": 35, "refused": 0}


def test_choices_that_a_person_assigned_are_used_and_remembered(cast: Cast) -> None:
    text = "客戶名稱,等級\n台榮,特級\n"
    done = do(cast, put_in(cast, text, choices={"customer.level": {"特級": "A"}}))

    assert done.counts["created"] == 1
    assert put_in(cast, text).choices == {"customer.level": {"特級": "A"}}


def test_nobody_takes_in_what_they_may_not_create(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        put_in(cast, SHEET, who="accountant")


def test_somebody_elses_import_does_not_exist(cast: Cast) -> None:
    found = put_in(cast, SHEET)

    with pytest.raises(NotFound), cast.env("manager") as env:
        drafts.start(env, found.id, is_try=True)


@pytest.mark.parametrize(
    ("chosen", "place"),
    [
        ({"columns": {}}, "columns"),
        ({"columns": {0: "customer.name", 1: "customer.name"}}, "columns.1"),
        ({"columns": {0: "customer.name", 1: "customer.created_at"}}, "columns.1"),
        ({"columns": {0: "customer.name"}, "keys": ["customer.phone"]}, "keys"),
        ({"columns": {0: "customer.name"}, "keys": [], "mode": Mode.UPDATE}, "keys"),
    ],
)
def test_a_wrong_arrangement_is_named(cast: Cast, chosen: Mapping[str, Any], place: str) -> None:
    with pytest.raises(Invalid) as raised:
        put_in(cast, SHEET, **{"keys": [], **chosen})

    assert place in raised.value.fields


def test_an_import_whose_job_was_cancelled_can_be_begun_again(cast: Cast) -> None:
    found = put_in(cast, SHEET)
    with cast.env("gm") as env:
        job = drafts.start(env, found.id, is_try=True)
    with cast.env("gm") as env, pytest.raises(drafts.UnderWay):
        drafts.start(env, found.id, is_try=False)

    with cast.site.system("cancel") as env:
        env.connection_of_core.execute(update(OUTBOX).where(OUTBOX.c.id == job).values(state="cancelled"))

    assert do(cast, found).counts["created"] == 2


def test_undoing_keeps_what_colleagues_have_added_to(cast: Cast) -> None:
    done = do(cast, put_in(cast, "客戶名稱\n台榮精密\n宏達自動化\n"))
    with cast.env("gm") as env:
        customer = env.session.scalars(select(Customer).where(Customer.name == "台榮精密")).one()
        env.records(Contact).create({"name": "王小明", "customer_id": customer.id})

    with cast.env("gm") as env:
        job = drafts.undo(env, done.id)
    assert worker.execute(cast.site, job)

    assert names(cast) == ["台榮精密"]


def test_a_row_whose_second_record_is_wrong_makes_no_first_one(cast: Cast) -> None:
    done = do(
        cast,
        put_in(
            cast,
            "客戶名稱,聯絡人姓名,聯絡人電子郵件\n台榮,王小明,nobody\n",
            columns={0: "customer.name", 1: "contact.name", 2: "contact.email"},
        ),
    )

    assert (done.counts.get("created", 0), done.counts["refused"]) == (0, 1)
    assert names(cast) == []
