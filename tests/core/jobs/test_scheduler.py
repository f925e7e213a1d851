from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from core import clock
from core.addons import lifecycle
from core.jobs import outbox, registry, scheduler, worker
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX
from core.orm.settings import write_settings
from core.site import Site


@pytest.fixture(autouse=True)
def hourly(monkeypatch: pytest.MonkeyPatch) -> None:
    """One schedule, for a job that needs no arguments."""
    registry.load_core()
    declared = registry.Schedule("outbox.purge", timedelta(hours=1), None)
    monkeypatch.setattr(registry, "_schedules", {"outbox.purge": declared})


def waiting(site: Site) -> int:
    with site.engine.connect() as connection:
        return connection.scalar(select(func.count()).where(OUTBOX.c.job == "outbox.purge")) or 0


def test_a_job_is_asked_for_when_it_is_due_and_not_before(site: Site) -> None:
    counts = []
    start = clock.now()

    for minutes in (0, 30, 61, 90, 122):
        with clock.frozen(start + timedelta(minutes=minutes)):
            scheduler.tick(site)
            counts.append(waiting(site))

    assert counts == [0, 0, 1, 1, 2]


def test_times_that_nobody_saw_are_not_made_up_for(site: Site) -> None:
    scheduler.tick(site)

    with clock.frozen(clock.now() + timedelta(days=3)):
        scheduler.tick(site)
        scheduler.tick(site)

    assert waiting(site) == 1


@pytest.mark.parametrize(("company", "hour"), [(None, 22), ("Europe/London", 6)])
def test_a_cron_line_is_on_the_companys_clock(
    site: Site, monkeypatch: pytest.MonkeyPatch, company: str | None, hour: int
) -> None:
    schedule = registry.Schedule("outbox.purge", None, "0 6 * * *")
    monkeypatch.setattr(registry, "_schedules", {"outbox.purge": schedule})
    if company is not None:
        with site.system("move the company") as env:
            write_settings(env.connection_of_core, {"company.timezone": company})

    due = []
    with clock.frozen(datetime(2026, 1, 10, 12, tzinfo=UTC)):
        scheduler.tick(site)
        due.append(scheduler._due_at(site, "outbox.purge"))
    with clock.frozen(datetime(2026, 1, 11, 12, tzinfo=UTC)):
        scheduler.tick(site)
        due.append(scheduler._due_at(site, "outbox.purge"))

    # The site itself is in Taipei, eight hours ahead.
    first = datetime(2026, 1, 10 if hour == 22 else 11, hour, tzinfo=UTC)
    assert due == [first, first + timedelta(days=1)]


def test_two_schedulers_ask_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler.tick(site)
    with clock.frozen(clock.now() + timedelta(hours=2)):
        due = scheduler._due_at(site, "outbox.purge")
        scheduler.tick(site)
        # The other one had looked before the first one wrote.
        monkeypatch.setattr(scheduler, "_due_at", lambda *_: due)

        scheduler.tick(site)

    assert waiting(site) == 1


def test_purge_removes_what_has_been_over_for_long(site: Site) -> None:
    now = clock.now()
    ages = {JobState.DONE: 8, JobState.FAILED: 8, JobState.QUEUED: 100}
    with outbox.writing(site) as connection:
        for state, days in ages.items():
            at = now - timedelta(days=days)
            connection.execute(
                insert(OUTBOX).values(
                    job="test.trace",
                    arguments={},
                    state=state.value,
                    created_at=at,
                    available_at=at,
                    done_at=at,
                )
            )
    with site.system("test") as env:
        id = env.enqueue("outbox.purge")

    worker.execute(site, id)

    with site.engine.connect() as connection:
        left = set(connection.scalars(select(OUTBOX.c.state).where(OUTBOX.c.job == "test.trace")))
    assert left == {"failed", "queued"}


def test_times_of_an_addon_that_is_off_go_by(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._jobs, "outbox.purge", replace(registry.find("outbox.purge"), addon="customer"))
    scheduler.tick(site)
    with site.system("switch") as env:
        lifecycle.disable(env, "customer")
    with clock.frozen(clock.now() + timedelta(hours=2)):
        scheduler.tick(site)
        off = waiting(site)
    with site.system("switch") as env:
        lifecycle.enable(env, "customer")

    with clock.frozen(clock.now() + timedelta(hours=4)):
        scheduler.tick(site)

    assert (off, waiting(site)) == (0, 1)
