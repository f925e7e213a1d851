"""Actions on very many records run in the background, by the rights of who asked for them."""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from addons.customer.models import Customer
from core import clock
from core.access.models import Grant
from core.bulk import jobs, undoing
from core.bulk.acting import told
from core.env import Env
from core.errors import Conflict
from core.i18n import use_locale
from core.jobs import outbox, showing, worker
from core.jobs.outbox import OUTBOX
from core.notifications import reading
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

Visit = Callable[[str], Visitor]
COUNT = 60


@pytest.fixture
def customers(cast: Cast) -> list[int]:
    """Half are of North, whose manager may act on them, half of South."""
    found = []
    for owner in ("sales", "sales2"):
        with cast.env(owner) as env:
            for number in range(COUNT // 2):
                values = {"name": f"{owner} {number}", "status": "potential"}
                found.append(int(env.records(Customer).create(values).id))
    return found


def start(visitor: Visitor, key: str, ids: list[int], **sent: str) -> int:
    """Sends the bulk action; gives the id of the job that it becomes."""
    answer = visitor.post(f"/customer/bulk/{key}", {"ids": "|".join(map(str, ids))} | sent)
    found = re.fullmatch(r"/jobs/(\d+)", answer.headers["Location"])
    assert found is not None, answer.headers["Location"]
    return int(found[1])


def ended(site: Site, cast: Cast, username: str, id: int) -> showing.ShownJob:
    worker.execute(site, id)
    with cast.env(username, write=False) as env:
        return showing.shown(env, id)


def owners(site: Site) -> dict[int, int]:
    counted = select(Customer.owner_id, func.count()).where(Customer.deleted_at.is_(None)).group_by(Customer.owner_id)
    with site.system("test", write=False) as env:
        return dict(env.session.execute(counted).all())


def test_few_records_are_seen_to_at_once(site: Site, cast: Cast, visit: Visit, customers: list[int]) -> None:
    answer = visit("gm").post("/customer/bulk/assign", {"ids": "|".join(map(str, customers[:5])), "to": str(cast.gm)})

    assert not answer.headers["Location"].startswith("/jobs/")
    assert owners(site)[cast.gm] == 5


def test_many_are_seen_to_in_the_background(site: Site, cast: Cast, visit: Visit, customers: list[int]) -> None:
    id = start(visit("gm"), "assign", customers, to=str(cast.manager))
    before = owners(site)

    job = ended(site, cast, "gm", id)

    assert before == {cast.sales: 30, cast.sales2: 30}
    assert owners(site) == {cast.manager: COUNT}
    assert (job.state, job.done, job.total) == ("done", COUNT, COUNT)
    assert job.result is not None
    assert str(job.result.text) == "Done for 60 records"


def test_the_new_owner_gets_one_sentence(site: Site, cast: Cast, visit: Visit, customers: list[int]) -> None:
    ended(site, cast, "gm", start(visit("gm"), "assign", customers, to=str(cast.manager)))

    with cast.env("manager", write=False) as env:
        told = [told.text for told in reading.latest(env, 10)]
    assert told == ["張淑芬 assigned 60 records to you"]


def test_only_what_one_may_is_done_and_the_rest_is_told(
    site: Site, cast: Cast, visit: Visit, customers: list[int]
) -> None:
    job = ended(site, cast, "manager", start(visit("manager"), "assign", customers, to=str(cast.manager)))

    # The other half is not visible to the manager of North, and so is not even named.
    assert owners(site) == {cast.manager: 30, cast.sales2: 30}
    assert job.result is not None
    assert str(job.result.text) == "Done for 30 records"
    assert list(job.result.lines) == []


def test_a_right_that_is_taken_away_meanwhile_counts(
    site: Site, cast: Cast, visit: Visit, customers: list[int]
) -> None:
    id = start(visit("gm"), "assign", customers, to=str(cast.manager))
    with site.system("test") as env:
        env.connection_of_core.execute(update(Grant.__table__).where(Grant.action == "assign").values(scope="none"))
        bump(env.connection_of_core, "organisation")

    job = ended(site, cast, "gm", id)

    assert job.state == "failed"
    assert job.failure
    assert owners(site) == {cast.sales: 30, cast.sales2: 30}


def test_deleting_many_can_be_undone(site: Site, cast: Cast, visit: Visit, customers: list[int]) -> None:
    visitor = visit("gm")
    with site.system("test") as env:
        wanted = (Grant.model == "customer", Grant.action == "delete")
        assert env.connection_of_core.execute(update(Grant.__table__).where(*wanted).values(scope="all")).rowcount
        role = select(Grant.role_id).where(Grant.model == "customer", Grant.action == "assign", Grant.scope == "all")
        for role_id in list(env.connection_of_core.scalars(role)):
            _grant(env, role_id, "customer", "delete")
        bump(env.connection_of_core, "organisation")

    job = ended(site, cast, "gm", start(visitor, "delete", customers))
    gone = owners(site)
    assert job.result is not None
    sent = visitor.post(job.result.undo_url).headers["Location"]
    undone = ended(site, cast, "gm", int(sent.rsplit("/", 1)[1]))

    assert gone == {}
    shown = visitor.get(sent).status_code, f'href="{sent}"' in visitor.get(job.result.url).text
    with outbox.writing(site) as connection:
        connection.execute(delete(OUTBOX))
    forgotten = visitor.get(sent).status_code, f'href="{sent}"' in visitor.get(job.result.url).text

    assert (shown, forgotten) == ((200, True), (404, False))
    assert (undone.done, undone.total) == (COUNT, COUNT)
    assert undone.result is not None
    assert str(undone.result.text) == "Undone for 60 records"
    assert owners(site) == {cast.sales: 30, cast.sales2: 30}
    assert str(job.result.text) == "60 records deleted"


def _grant(env: Any, role_id: int, model: str, action: str) -> None:
    wanted = (Grant.role_id == role_id, Grant.model == model, Grant.action == action)
    if not env.connection_of_core.scalar(select(Grant.id).where(*wanted)):
        row = {"role_id": role_id, "model": model, "action": action, "scope": "all"}
        env.connection_of_core.execute(Grant.__table__.insert().values(**row))


def test_all_that_a_list_shows_are_taken(site: Site, cast: Cast, visit: Visit, customers: list[int]) -> None:
    visitor = visit("gm")
    html = visitor.get("/customer").text
    assert 'data-bulk-all="/customer"' in html
    assert "All 60</button>" in html
    assert "data-bulk-all" not in visitor.get("/customer?filter=name:starts:sales2").text

    sent = {"all": "/customer?filter=name:contains:sales", "to": str(cast.manager)}
    found = re.fullmatch(r"/jobs/(\d+)", visitor.post("/customer/bulk/assign", sent).headers["Location"])
    assert found is not None
    ended(site, cast, "gm", int(found[1]))

    assert owners(site) == {cast.manager: COUNT}


def test_the_dialog_of_all_names_what_was_shown_then(visit: Visit, customers: list[int]) -> None:
    html = visit("gm").get("/customer/bulk/assign?all=/customer").text

    assert "60 records" in html
    sent = re.search(r'name="ids"[^>]*value="([\d|]+)"', html)
    assert sent is not None
    assert sorted(map(int, sent[1].split("|"))) == customers


def test_nobody_takes_what_they_do_not_see(site: Site, cast: Cast, visit: Visit, customers: list[int]) -> None:
    visit("manager").post("/customer/bulk/assign", {"all": "/customer", "to": str(cast.manager)})

    assert owners(site) == {cast.manager: 30, cast.sales2: 30}


def test_assigning_many_can_be_undone(site: Site, cast: Cast, visit: Visit, customers: list[int]) -> None:
    visitor = visit("gm")
    job = ended(site, cast, "gm", start(visitor, "assign", customers, to=str(cast.manager)))
    with cast.env("gm") as env:
        env.records(Customer).assign(env.get(Customer, customers[0]), to=cast.gm)
    assert job.result is not None

    sent = visitor.post(job.result.undo_url).headers["Location"]
    undone = ended(site, cast, "gm", int(sent.rsplit("/", 1)[1]))

    assert owners(site) == {cast.gm: 1, cast.sales: 29, cast.sales2: 30}
    assert undone.result is not None
    assert str(undone.result.text) == "Undone for 59 records, not for 1 record"
    assert list(undone.result.lines) == ["sales 0: Changed since, and kept: Owner"]


def test_the_address_of_undoing_stays_short(site: Site, cast: Cast, visit: Visit, customers: list[int]) -> None:
    job = ended(site, cast, "gm", start(visit("gm"), "assign", customers, to=str(cast.manager)))

    assert job.result is not None
    assert re.fullmatch(r"/undo/bulk/\d+", job.result.undo_url)


def test_undoing_goes_on_where_a_worker_died(
    site: Site, cast: Cast, visit: Visit, customers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit("gm")
    job = ended(site, cast, "gm", start(visitor, "assign", customers, to=str(cast.manager)))
    assert job.result is not None
    id = int(visitor.post(job.result.undo_url).headers["Location"].rsplit("/", 1)[1])
    whole, calls = undoing.take_back, count(1)

    def dies_at_second(*args: Any) -> int:
        if next(calls) == 2:
            raise RuntimeError("the worker dies")
        return whole(*args)

    with monkeypatch.context() as patched:
        patched.setattr(undoing, "take_back", dies_at_second)
        worker.execute(site, id)
        half = owners(site)
    with site.system("test") as env:
        env.connection_of_core.execute(update(OUTBOX).where(OUTBOX.c.id == id).values(available_at=clock.now()))
    undone = ended(site, cast, "gm", id)

    assert half == {cast.manager: 35, cast.sales: 25}
    assert owners(site) == {cast.sales: 30, cast.sales2: 30}
    assert undone.result is not None
    assert str(undone.result.text) == "Undone for 60 records"


def test_undoing_that_was_stopped_goes_on(
    site: Site, cast: Cast, visit: Visit, customers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit("gm")
    job = ended(site, cast, "gm", start(visitor, "assign", customers, to=str(cast.manager)))
    assert job.result is not None
    id, whole = int(visitor.post(job.result.undo_url).headers["Location"].rsplit("/", 1)[1]), undoing.take_back

    def is_told_to_stop(env: Env, act: Any, rows: Any) -> int:
        outbox.cancel(env.connection_of_core, id)
        return whole(env, act, rows)

    with monkeypatch.context() as patched:
        patched.setattr(undoing, "take_back", is_told_to_stop)
        stopped = ended(site, cast, "gm", id)
    half = owners(site)
    page, listed = visitor.get(job.result.url).text, visitor.get("/bulk").text
    assert f'action="{job.result.undo_url}"' in page
    assert "can be undone" in listed

    visitor.post(job.result.undo_url)

    assert (stopped.state, half) == ("cancelled", {cast.manager: 35, cast.sales: 25})
    assert owners(site) == {cast.sales: 30, cast.sales2: 30}
    assert visitor.post(job.result.undo_url).status_code == 409
    assert "was undone" in visitor.get(job.result.url).text


def test_what_has_been_undone_does_not_go_on(
    site: Site, cast: Cast, visit: Visit, customers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit("gm")
    id, whole, calls = start(visitor, "assign", customers, to=str(cast.manager)), jobs.perform, count(1)

    def fails_at_second(*args: Any, **more: Any) -> Any:
        if next(calls) == 2:
            raise Conflict("no further")
        return whole(*args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "perform", fails_at_second)
        failed = ended(site, cast, "gm", id)
    visitor.post("/undo/bulk/1")
    outbox.retry(site, id)
    again = ended(site, cast, "gm", id)

    assert failed.state == "failed"
    assert (again.state, again.failure) == ("failed", "This has been undone already.")
    assert owners(site) == {cast.sales: 30, cast.sales2: 30}


def test_many_come_back_from_the_recycle_bin(site: Site, cast: Cast, visit: Visit, customers: list[int]) -> None:
    visitor = visit("gm")
    ended(site, cast, "gm", start(visitor, "delete", customers))
    html = visitor.get("/customer?bin=1").text
    assert 'data-bulk-all="/customer?bin=1"' in html

    job = ended(site, cast, "gm", start(visitor, "restore", [], all="/customer?bin=1"))

    assert owners(site) == {cast.sales: 30, cast.sales2: 30}
    assert job.result is not None
    assert str(job.result.text) == "60 records restored"


@pytest.mark.parametrize(
    ("tally", "text"),
    [
        ({"done": 5}, "Done for 5 records"),
        ({"done": 5, "waits": 2}, "Done for 3 records, 2 records wait for approval"),
        ({"done": 2, "waits": 2, "failed": 1}, "2 records wait for approval, not done for 1 record"),
        ({"done": 4, "same": 1}, "Done for 3 records, 1 record was like this already"),
        ({"failed": 3}, "Done for 0 records, not done for 3 records"),
    ],
)
def test_the_result_says_what_waits_and_what_was_left(tally: dict[str, int], text: str) -> None:
    with use_locale("en"):
        assert str(told("archive", {"done": 0, "same": 0, "waits": 0, "failed": 0} | tally)) == text
