"""One's own jobs as pages and in the API, and that everybody else's do not exist."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from core.access.models import Grant
from core.i18n import _
from core.jobs import files, outbox, worker
from core.jobs.outbox import OUTBOX
from core.jobs.registry import job
from core.jobs.result import JobResult
from core.orm.versions import bump
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor
from tests.core.addons.hooking import install
from tests.core.jobs import jobs_for_tests  # noqa: F401  (declares the jobs)

Visit = Callable[[str], Visitor]
MIME = "text/csv"


@job("test.file", title=_("A file"), own_transactions=True)
def make_file(site: Site, *, user_id: int) -> JobResult:
    with site.env(user_id) as env:
        content = io.BytesIO("名稱".encode())
        made = files.keep(env, content, name="客戶.csv", mime=MIME, grant=("customer", "export"))
    return JobResult(_("The file is ready"), file=made)


def asked(cast: Cast, job: str = "test.long", username: str = "sales", **arguments: Any) -> int:
    with cast.env(username) as env:
        return env.enqueue(job, **arguments)


def test_a_running_job_shows_how_far_it_is(site: Site, cast: Cast, visit: Visit) -> None:
    id = asked(cast, name="a", count=8)
    claim = outbox.claim(site, id)
    assert claim is not None
    with outbox.writing(site) as connection:
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == id).values(done_count=1234, total=4936))

    html = visit("sales").get(f"/jobs/{id}").text

    assert "<h1>Long work</h1>" in html
    assert "1,234 of 4,936" in html
    assert 'value="25" max="100"' in html
    assert f'action="/jobs/{id}/cancel"' in html


def test_the_script_gets_the_changing_part_alone(site: Site, cast: Cast, visit: Visit) -> None:
    id = asked(cast, name="a", count=2)
    worker.execute(site, id)

    html = visit("sales").get(f"/jobs/{id}", **{"HX-Request": "true"}).text

    assert html.startswith('<div class="job"')
    assert "data-job-over" in html
    assert "2 steps are done" in html


@pytest.mark.parametrize("path", ["/jobs/{id}", "/jobs/{id}/file", "/api/v1/job/{id}"])
def test_somebody_elses_job_is_not_there(site: Site, cast: Cast, visit: Visit, path: str) -> None:
    id = asked(cast, "test.file", username="manager", user_id=cast.manager)
    worker.execute(site, id)

    statuses = {name: visit(name).get(path.format(id=id)).status_code for name in ("manager", "sales", "gm", "admin")}

    assert statuses == {"manager": 200, "sales": 404, "gm": 404, "admin": 404}
    assert visit("sales").get(path.format(id=999_999)).status_code == 404


def test_somebody_elses_job_cannot_be_cancelled(site: Site, cast: Cast, visit: Visit) -> None:
    id = asked(cast, name="a", count=2)

    assert visit("admin").post(f"/jobs/{id}/cancel").status_code == 404
    assert visit("sales").post(f"/jobs/{id}/cancel").status_code == 303
    assert not worker.execute(site, id)
    assert visit("sales").post(f"/jobs/{id}/cancel").status_code == 409


def test_the_list_has_ones_own_jobs_that_people_wait_for(cast: Cast, visit: Visit) -> None:
    mine = asked(cast, name="a", count=2)
    quiet = asked(cast, "test.trace", name="a")
    theirs = asked(cast, username="manager", name="a", count=2)

    html = visit("sales").get("/jobs").text

    assert f'href="/jobs/{mine}"' in html
    assert f'href="/jobs/{quiet}"' not in html
    assert f'href="/jobs/{theirs}"' not in html


def test_the_api_tells_who_started_it(site: Site, cast: Cast, api: Callable[[str], ApiClient]) -> None:
    id = asked(cast, name="a", count=2)

    before = api("sales").get(f"/job/{id}").json["data"]
    worker.execute(site, id)
    after = api("sales").get(f"/job/{id}").json["data"]

    assert (before["state"], before["done"], before["total"], before["result"]) == ("queued", 0, None, None)
    assert (after["state"], after["done"], after["total"]) == ("done", 2, 2)
    assert after["result"] == {"text": "2 steps are done", "url": "/customer", "file_url": None, "lines": []}
    assert api("manager").get(f"/job/{id}").status_code == 404


def test_an_error_is_told_in_words_that_people_understand(site: Site, cast: Cast, visit: Visit) -> None:
    id = asked(cast, "test.refused")
    worker.execute(site, id)

    html = visit("sales").get(f"/jobs/{id}").text

    assert "The archive is closed." in html
    assert "Traceback" not in html


def with_file(site: Site, cast: Cast) -> int:
    id = asked(cast, "test.file", username="manager", user_id=cast.manager)
    worker.execute(site, id)
    return id


def test_the_file_is_fetched_by_who_asked_for_it(site: Site, cast: Cast, visit: Visit) -> None:
    answer = visit("manager").get(f"/jobs/{with_file(site, cast)}/file")

    assert answer.data.decode() == "名稱"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(("scope", "status"), [("none", 403), ("own", 409)])
def test_the_file_is_refused_once_the_rights_have_changed(
    site: Site, cast: Cast, visit: Visit, scope: str, status: int
) -> None:
    id = with_file(site, cast)
    with site.system("test") as env:
        wanted = (Grant.model == "customer", Grant.action == "export")
        env.connection_of_core.execute(update(Grant.__table__).where(*wanted).values(scope=scope))
        bump(env.connection_of_core, "organisation")

    assert visit("manager").get(f"/jobs/{id}/file").status_code == status


def test_the_file_is_refused_once_another_addon_hides_records(site: Site, cast: Cast, visit: Visit) -> None:
    def access_rules(model: Any) -> None:
        """Hides nothing as yet."""

    id, later = with_file(site, cast), "secretive"
    before = visit("manager").get(f"/jobs/{id}/file").status_code
    install(site, later, access_rules)

    assert (before, visit("manager").get(f"/jobs/{id}/file").status_code) == (200, 409)


def test_the_file_is_gone_after_a_day(site: Site, cast: Cast, visit: Visit) -> None:
    from datetime import timedelta

    from core import clock
    from core.jobs.housekeeping import purge_files

    id, left = with_file(site, cast), []
    for hours in (23, 25):
        with clock.frozen(clock.now() + timedelta(hours=hours)), site.system("test") as env:
            purge_files(env)
        left.append(len(list(files.folder(site.settings).glob("*"))))

    assert left == [1, 0]
    answer = visit("manager").get(f"/jobs/{id}/file")
    assert answer.status_code == 404
    assert "kept for one day" in answer.text
