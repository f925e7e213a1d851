"""The export of a long list in the background."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from addons.customer.models import Customer
from core.access.models import Grant
from core.exchange import export
from core.jobs import showing, worker
from core.orm.tables import Change
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor

Visit = Callable[[str], Visitor]
TEXT = {"Accept": "text/html"}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of more than four rows are long here."""
    monkeypatch.setattr(export, "AT_ONCE", 4)
    monkeypatch.setattr(export, "BATCH", 2)


@pytest.fixture
def customers(cast: Cast) -> None:
    for owner in ("sales", "sales2"):
        with cast.env(owner) as env:
            for number in range(5):
                env.records(Customer).create({"name": f"{owner} {number}", "status": "potential"})


def start(visitor: Visitor, query: str = "") -> int:
    answer = visitor.post(f"/export/customer.csv{query}")
    found = re.fullmatch(r"/jobs/(\d+)", answer.headers["Location"])
    assert found is not None
    return int(found[1])


def rows(visitor: Visitor, id: int) -> list[str]:
    """The names in the file of the job."""
    text = visitor.get(f"/jobs/{id}/file").data.decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    return sorted(row["Customer name"] for row in found)


@pytest.mark.usefixtures("customers")
def test_a_long_list_asks_first_and_a_short_one_comes_at_once(visit: Visit) -> None:
    visitor = visit("gm")

    long, short = visitor.get("/export/customer.csv"), visitor.get("/export/customer.csv?filter=name:is:sales 1")

    assert long.mimetype == "text/html"
    assert 'action="/export/customer.csv"' in long.text
    assert short.mimetype == "text/csv"


@pytest.mark.usefixtures("customers")
def test_the_button_of_a_long_list_starts_the_job(visit: Visit) -> None:
    html = visit("gm").get("/customer?filter=name:starts:sales2").text

    assert '<form method="post" action="/export/customer.csv?filter=name%3Astarts%3Asales2"' in html


@pytest.mark.usefixtures("customers")
def test_the_file_holds_what_the_list_showed(site: Site, cast: Cast, visit: Visit) -> None:
    visitor = visit("gm")
    id = start(visitor, "?filter=name:starts:sales2")

    worker.execute(site, id)

    assert rows(visitor, id) == [f"sales2 {number}" for number in range(5)]
    with cast.env("gm", write=False) as env:
        job = showing.shown(env, id)
    assert (job.done, job.total) == (5, 5)
    assert job.result is not None
    assert str(job.result.text) == "Customers: 5 rows"


@pytest.mark.usefixtures("customers")
def test_it_is_written_down_who_took_what_out(site: Site, cast: Cast, visit: Visit) -> None:
    worker.execute(site, start(visit("gm")))

    with site.system("test", write=False) as env:
        noted = env.session.scalars(select(Change).where(Change.action == "export")).one()
    assert (noted.user_id, noted.changes["rows"]) == (cast.gm, [None, 10])


@pytest.mark.usefixtures("customers")
def test_a_manager_gets_what_a_manager_may_export(site: Site, visit: Visit) -> None:
    visitor = visit("manager")
    id = start(visitor)

    worker.execute(site, id)

    assert rows(visitor, id) == [f"sales {number}" for number in range(5)]


@pytest.mark.usefixtures("customers")
def test_a_grant_that_is_taken_away_before_it_runs_counts(site: Site, cast: Cast, visit: Visit) -> None:
    id = start(visit("gm"))
    with site.system("test") as env:
        env.connection_of_core.execute(update(Grant.__table__).where(Grant.action == "export").values(scope="none"))
        bump(env.connection_of_core, "organisation")

    worker.execute(site, id)

    with cast.env("gm", write=False) as env:
        job = showing.shown(env, id)
    assert (job.state, job.failure) == ("failed", "You are not allowed to do this.")


def test_who_may_not_export_starts_nothing(visit: Visit) -> None:
    assert visit("accountant").post("/export/customer.csv").status_code == 403
    assert visit("sales").post("/export/nothing.csv").status_code == 404
