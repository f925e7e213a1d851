import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core import clock
from core.jobs import outbox, queue, worker
from core.jobs.machine import this_machine
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX
from core.jobs.site_id import site_id
from core.jobs.status import status
from core.site import Site
from core.testing.services import valkey
from tests.core.jobs.jobs_for_tests import traces

GONE = 2**22 + 1
"""A process number that Linux never gives."""


@pytest.fixture
def queued(site: Site) -> Iterator[Site]:
    """The site with a queue of its own."""
    with valkey() as url:
        site.settings = replace(site.settings, redis_url=url)
        site_id(site)  # Made before a test holds the lock for writing.
        yield site


def enqueued(site: Site, job: str, **arguments: Any) -> int:
    with site.system("test") as env:
        return env.enqueue(job, **arguments)


def row(site: Site, id: int) -> Any:
    with site.engine.connect() as connection:
        return connection.execute(select(OUTBOX).where(OUTBOX.c.id == id)).one()


def later(**passed: float) -> Any:
    return clock.frozen(clock.now() + timedelta(**passed))


def on_queue(site: Site) -> list[int]:
    return [job.args[0] for job in queue.make_queue(queue.connect(site.settings), site_id(site)).jobs]


def test_a_job_is_kept_with_the_transaction_that_asked_for_it(site: Site) -> None:
    id = enqueued(site, "test.trace", name="a")

    kept = row(site, id)

    assert (kept.job, kept.arguments, kept.state, kept.attempts) == ("test.trace", {"name": "a"}, "queued", 0)


def test_a_job_goes_with_the_transaction_that_is_undone(site: Site) -> None:
    with pytest.raises(ZeroDivisionError), site.system("test") as env:
        env.enqueue("test.trace", name="a")
        raise ZeroDivisionError

    assert status(site).waiting == 0


@pytest.mark.parametrize("arguments", [{}, {"nmae": "a"}])
def test_wrong_arguments_are_refused_when_asking(site: Site, arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError), site.system("test") as env:
        env.enqueue("test.trace", **arguments)


@pytest.mark.parametrize("job", ["test.trace", "test.outside"])
def test_a_job_is_done_once_however_often_it_is_run(site: Site, job: str) -> None:
    id = enqueued(site, job, name="a")

    ran = [worker.execute(site, id) for _ in range(3)]

    assert ran == [True, False, False]
    assert traces(site, "a") == 1
    assert row(site, id).state == JobState.DONE
    assert row(site, id).done_at is not None


def test_a_row_is_claimed_by_one_process(site: Site) -> None:
    id = enqueued(site, "test.trace", name="a")

    first, second = outbox.claim(site, id), outbox.claim(site, id)

    assert first is not None
    assert second is None


def test_a_failed_job_is_undone_and_waits_longer_each_time(site: Site) -> None:
    id = enqueued(site, "test.broken", name="a")
    waits = []

    for attempt in range(3):
        with later(hours=attempt):
            worker.execute(site, id)
            kept = row(site, id)
            waits.append(round((kept.available_at - clock.now()).total_seconds()))

    assert waits[:2] == [10, 40]
    assert (kept.state, kept.attempts) == (JobState.FAILED, 3)
    assert "RuntimeError: It broke." in kept.error
    assert traces(site, "a") == 0
    assert status(site).failed == 1
    assert status(site).last_error == "RuntimeError: It broke."


def test_a_job_is_not_tried_before_its_time(site: Site) -> None:
    id = enqueued(site, "test.broken", name="a")
    worker.execute(site, id)

    worker.execute(site, id)

    assert row(site, id).attempts == 1


def test_a_job_that_was_given_up_can_be_tried_again(site: Site) -> None:
    id = enqueued(site, "test.trace", name="a")
    claim = outbox.claim(site, id)
    assert claim is not None
    outbox.fail(site, id, claim.token, "It broke.", retry_in=None)

    again = outbox.retry(site, id)

    assert again
    assert not outbox.retry(site, id)
    assert worker.execute(site, id)


def test_a_run_that_lost_its_claim_is_undone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    id = enqueued(site, "test.trace", name="a")
    claim = outbox.claim(site, id)
    assert claim is not None
    with later(hours=1):
        outbox.take_back(site)
        taken_over = worker.execute(site, id)
        monkeypatch.setattr(outbox, "claim", lambda *_: claim)

        late = worker.execute(site, id)

    assert (taken_over, late) == (True, False)
    assert traces(site, "a") == 1


def test_a_row_whose_process_is_gone_is_taken_back_at_once(site: Site) -> None:
    id = enqueued(site, "test.trace", name="a")
    claim_by(site, id, f"{this_machine()}:{GONE}:x")

    taken = outbox.take_back(site)

    assert taken == 1
    assert row(site, id).state == JobState.QUEUED
    assert worker.execute(site, id)


@pytest.mark.parametrize("process", [f"elsewhere:{GONE}", "us"])
def test_a_row_whose_process_may_be_alive_is_left_until_its_lease_ends(site: Site, process: str) -> None:
    id = enqueued(site, "test.trace", name="a")
    # The tests' own process stands for one of this machine that is alive.
    claim_by(site, id, f"{this_machine()}:{os.getpid()}:x" if process == "us" else f"{process}:x")

    now = outbox.take_back(site)
    with later(hours=1):
        then = outbox.take_back(site)

    assert (now, then) == (0, 1)


def test_a_job_that_takes_its_process_down_is_given_up_in_the_end(site: Site) -> None:
    id = enqueued(site, "test.broken", name="a")
    for hour in range(3):
        with later(hours=hour):
            claim_by(site, id, f"{this_machine()}:{GONE}:x")
            outbox.take_back(site)

    assert row(site, id).state == JobState.FAILED
    assert "ended before the job was done" in row(site, id).error


def test_committed_jobs_go_to_the_queue_at_once(queued: Site) -> None:
    with queued.system("test") as env:
        ids = [env.enqueue("test.trace", name=name) for name in "abc"]
        before = on_queue(queued)

    assert before == []
    assert on_queue(queued) == ids


def test_jobs_wait_while_the_queue_is_away_and_go_when_it_is_back(site: Site) -> None:
    id = enqueued(site, "test.trace", name="a")

    with later(seconds=10):
        away = outbox.sweep(site)
        with valkey() as url:
            site.settings = replace(site.settings, redis_url=url)
            back = outbox.sweep(site)
            again = outbox.sweep(site)
            there = on_queue(site)

    assert (away, back, again) == (0, 1, 0)
    assert there == [id]


def test_a_queue_that_lost_everything_is_filled_again(queued: Site) -> None:
    id = enqueued(queued, "test.trace", name="a")
    with later(seconds=10):
        outbox.sweep(queued)
    queue.connect(queued.settings).flushall()

    with later(minutes=5):
        outbox.sweep(queued)

    assert on_queue(queued) == [id]


def test_the_sweeper_leaves_fresh_rows_to_their_own_transaction(queued: Site) -> None:
    enqueued(queued, "test.trace", name="a")

    assert outbox.sweep(queued) == 0


def test_a_job_of_an_addon_that_is_gone_waits(queued: Site) -> None:
    id = enqueued(queued, "test.trace", name="a")
    with outbox.writing(queued) as connection:
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == id).values(job="gone.job"))

    with later(minutes=5):
        outbox.sweep(queued)
        ran = worker.execute(queued, id)

    assert not ran
    assert row(queued, id).state == JobState.QUEUED


def test_a_job_of_an_addon_that_is_off_waits_untried(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.jobs import registry

    declared = registry.find("test.trace")
    monkeypatch.setitem(registry._jobs, "test.trace", replace(declared, addon="warranty"))
    id = enqueued(site, "test.trace", name="a")

    worker.execute(site, id)

    kept = row(site, id)
    assert (kept.state, kept.attempts) == (JobState.QUEUED, 0)
    assert kept.available_at > clock.now() + timedelta(minutes=5)
    assert traces(site, "a") == 0


def claim_by(site: Site, id: int, token: str) -> None:
    """Leaves the row as a process that claimed it would."""
    with outbox.writing(site) as connection:
        connection.execute(
            update(OUTBOX)
            .where(OUTBOX.c.id == id)
            .values(
                state=JobState.RUNNING.value,
                claim=token,
                attempts=OUTBOX.c.attempts + 1,
                lease_until=clock.now() + timedelta(minutes=5),
            )
        )
