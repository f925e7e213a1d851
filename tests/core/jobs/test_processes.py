"""Real processes and real signals: what is killed is done again, exactly once, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.jobs import lifeline, outbox
from core.jobs.models import JobState
from core.jobs.status import status
from core.site import Site
from core.testing.services import valkey
from tests.core.jobs.jobs_for_tests import traces
from tests.core.jobs.test_lifeline import ends_within

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

ROOT = Path(__file__).resolve().parents[3]
WORKER = "import tests.core.jobs.jobs_for_tests; from core.jobs.worker import main; main()"


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def environment(site: Site) -> Iterator[dict[str, str]]:
    """What a process of the site is told, with a queue of its own."""
    with valkey() as url:
        site.settings = replace(site.settings, redis_url=url)
        settings = site.settings
        yield {
            **os.environ,
            "NINEKCRM_DATA": str(settings.data),
            "NINEKCRM_DATABASE_URL": settings.database_url,
            "NINEKCRM_REDIS_URL": url,
        }


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Starts a worker; all are gone at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        command = lifeline.tied([sys.executable, "-c", WORKER], stop=signal.SIGKILL)
        started.append(subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It does not come to pass."
        time.sleep(0.05)


def children_of(process: int) -> list[int]:
    """All processes under it, however deep."""
    found = []
    for task in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = task.read_text("ascii").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == process:
            child = int(task.parent.name)
            found += [child, *children_of(child)]
    return found


def test_a_job_of_a_killed_worker_is_done_exactly_once(
    site: Site, start: Callable[[], "subprocess.Popen[bytes]"]
) -> None:
    worker = start()
    with site.system("test") as env:
        id = env.enqueue("test.slow", name="a", seconds=2.0)
    until(lambda: status(site).running == 1)
    horses = children_of(worker.pid)

    worker.kill()

    assert horses
    assert all(ends_within(horse, 5) for horse in horses)
    assert traces(site, "a") == 0
    start()
    until(lambda: bool(outbox.sweep(site) >= 0 and status(site).running == 0 and traces(site, "a") == 1))
    assert site_row_state(site, id) == JobState.DONE
    assert traces(site, "a") == 1


def test_many_jobs_survive_a_worker_that_is_killed_again_and_again(
    site: Site, start: Callable[[], "subprocess.Popen[bytes]"]
) -> None:
    names = [f"job {number}" for number in range(30)]
    with site.system("test") as env:
        for name in names:
            env.enqueue("test.slow", name=name, seconds=0.02)

    for _ in range(3):
        worker = start()
        done = status(site).waiting
        until(lambda done=done: status(site).waiting <= done - 3 or status(site).waiting == 0)  # type: ignore[misc]
        worker.kill()
        worker.wait()
    start()
    until(lambda: bool(outbox.sweep(site) >= 0) and all(traces(site, name) for name in names), 60)

    assert [traces(site, name) for name in names] == [1] * 30


def site_row_state(site: Site, id: int) -> str:
    from sqlalchemy import select

    until(lambda: status(site).running == 0)
    with site.engine.connect() as connection:
        return str(connection.scalar(select(outbox.OUTBOX.c.state).where(outbox.OUTBOX.c.id == id)))
