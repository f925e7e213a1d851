"""All jobs, for administrators."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core import clock
from core.jobs import scheduler, worker
from core.jobs.outbox import OUTBOX
from core.orm.tables import SystemAccess
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import Visitor
from tests.core.jobs import jobs_for_tests  # noqa: F401  (declares the jobs)

Visit = Callable[..., Visitor]


def asked(site: Site, job: str, **arguments: object) -> int:
    with site.system("test") as env:
        return env.enqueue(job, **arguments)


def failed(site: Site, cast: Cast) -> int:
    with cast.env("sales") as env:
        id = env.enqueue("test.broken", name="geheim")
    for hour in range(3):
        with clock.frozen(clock.now() + timedelta(hours=hour)):
            worker.execute(site, id)
    return id


def looks(site: Site, cast: Cast) -> list[str]:
    with site.engine.connect() as connection:
        return list(connection.scalars(select(SystemAccess.reason).where(SystemAccess.user_id == cast.admin)))


@pytest.mark.parametrize("path", ["/settings/jobs", "/settings/jobs?state=scheduled", "/settings/jobs/{id}"])
def test_others_are_refused(site: Site, cast: Cast, visit: Visit, path: str) -> None:
    id = failed(site, cast)

    statuses = [visit(name).get(path.format(id=id)).status_code for name in ("sales", "manager", "gm", "admin")]

    assert statuses == [403, 403, 403, 200]


def test_others_can_do_nothing(site: Site, cast: Cast, visit: Visit) -> None:
    id = failed(site, cast)

    for path in ("/settings/jobs/do/again", "/settings/jobs/do/forget", "/settings/jobs/schedule/outbox.purge"):
        assert visit("gm").post(path, {"ids": str(id)}).status_code == 403
    with site.engine.connect() as connection:
        assert connection.scalar(select(OUTBOX.c.state).where(OUTBOX.c.id == id)) == "failed"


def test_a_failed_job_is_listed_with_its_error_and_counted(site: Site, cast: Cast, visit: Visit) -> None:
    id = failed(site, cast)

    html = visit("admin").get("/settings/jobs").text

    assert f'<a href="/settings/jobs/{id}">test.broken</a>' in html
    assert "RuntimeError: It broke." in html
    assert "林怡君" in html
    assert "Failed 1</a>" in html


def test_a_job_shows_its_arguments_without_secrets(site: Site, cast: Cast, visit: Visit) -> None:
    id = failed(site, cast)
    with site.system("test") as env:
        arguments = {"name": "geheim", "password": "hunter2", "api_token": "9k_x", "text": "x" * 999}
        env.connection_of_core.execute(OUTBOX.update().where(OUTBOX.c.id == id).values(arguments=arguments))

    html = visit("admin").get(f"/settings/jobs/{id}").text

    assert "geheim" in html
    assert "hunter2" not in html
    assert "9k_x" not in html
    assert "x" * 301 not in html
    assert "Traceback (most recent call last)" in html
    assert looks(site, cast) == [f"job {id} (test.broken)"]


def test_a_failed_job_is_run_again(site: Site, cast: Cast, visit: Visit) -> None:
    id = failed(site, cast)

    visit("admin").post("/settings/jobs/do/again", {"ids": str(id)})

    with site.engine.connect() as connection:
        row = connection.execute(select(OUTBOX).where(OUTBOX.c.id == id)).one()
    assert (row.state, row.attempts) == ("queued", 0)
    assert "test.broken" in visit("admin").get("/settings/jobs?state=queued").text


def test_a_job_is_forgotten_but_not_while_it_runs(site: Site, cast: Cast, visit: Visit) -> None:
    from core.jobs import outbox

    gone, runs = failed(site, cast), asked(site, "test.trace", name="a")
    outbox.claim(site, runs)

    visit("admin").post("/settings/jobs/do/forget", {"ids": str(gone)})
    visit("admin").post("/settings/jobs/do/forget", {"ids": str(runs)})

    with site.engine.connect() as connection:
        assert list(connection.scalars(select(OUTBOX.c.id))) == [runs]


def test_what_is_due_by_itself_is_listed_with_its_next_time(site: Site, visit: Visit) -> None:
    with clock.frozen(clock.now()):
        scheduler.tick(site)
        html = visit("admin").get("/settings/jobs?state=scheduled").text

    assert "<code>outbox.purge</code>" in html
    assert "every 1 hour" in html
    assert 'action="/settings/jobs/schedule/outbox.purge"' in html


def test_a_scheduled_job_is_run_now(site: Site, visit: Visit) -> None:
    visit("admin").post("/settings/jobs/schedule/outbox.purge")
    unknown = visit("admin").post("/settings/jobs/schedule/mail.send")

    assert unknown.status_code == 404
    with site.engine.connect() as connection:
        assert connection.scalar(select(func.count()).where(OUTBOX.c.job == "outbox.purge")) == 1


def test_the_list_takes_a_constant_number_of_statements(site: Site, cast: Cast, visit: Visit) -> None:
    from core.testing.queries import assert_constant

    failed(site, cast)
    visitor = visit("admin")

    assert_constant(
        site,
        lambda: visitor.get("/settings/jobs"),
        lambda: [failed(site, cast) for _number in range(5)],
    )
