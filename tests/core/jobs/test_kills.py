"""Everything that works is killed with -9 at moments that nobody chose, under load, and the effects are counted."""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from addons.customer.models import Customer
from core.access import users
from core.jobs import lifeline, outbox, queue, valkey, worker
from core.jobs.outbox import OUTBOX
from core.jobs.queue import handover
from core.jobs.status import status
from core.mail.messages import MESSAGES
from core.site import Site
from core.testing.cast import Cast
from tests.core.jobs import jobs_for_tests  # noqa: F401  (declares the jobs)

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="ends with its parent by prctl")]

ROOT = Path(__file__).resolve().parents[3]
WORKER = "import tests.core.jobs.jobs_for_tests; from core.jobs.worker import main; main()"
ASKER = """
import sys, tests.core.jobs.jobs_for_tests
from core.config import Settings
from core.site import Site
site = Site.open(Settings.load())
for number in range(int(sys.argv[2])):
    with site.system("asked") as env:
        tests.core.jobs.jobs_for_tests.leave(env, f"{sys.argv[1]} {number} asked")
        env.enqueue("test.trace", name=f"{sys.argv[1]} {number} done")
"""
"""What a request does: it writes, and asks for a job, in one transaction."""

SECONDS = 60.0

Processes = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def environment(site: Site) -> dict[str, str]:
    """What a process of the site is told: the queue is the embedded one, in the data folder."""
    return {
        **os.environ,
        "NINEKCRM_DATA": str(site.settings.data),
        "NINEKCRM_DATABASE_URL": site.settings.database_url,
        "NINEKCRM_REDIS_URL": "",
    }


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Processes]:
    """Starts a process of the site; all are gone at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def run(code: str, *arguments: str) -> "subprocess.Popen[bytes]":
        command = lifeline.tied([sys.executable, "-c", code, *arguments], stop=signal.SIGKILL)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True, **quiet))
        return started[-1]

    yield run
    for process in started:
        kill(process)


class Queue:
    """The embedded Valkey of the site, which can be killed and started again."""

    def __init__(self, site: Site) -> None:
        self._site, self._folder = site, queue.folder(site.settings)
        self._process = valkey.start(self._folder)

    def kill(self, *, lose_everything: bool = False) -> None:
        """As a power cut would, if need be with the disk that it wrote to."""
        kill(self._process)
        if lose_everything:
            shutil.rmtree(self._folder / "appendonlydir", ignore_errors=True)
        self._process = valkey.start(self._folder)
        # This process hands over as the scheduler does; its connection is to the server that is gone.
        handover.cache_clear()

    def end(self) -> None:
        kill(self._process)


@pytest.fixture
def server(site: Site) -> Iterator[Queue]:
    found = Queue(site)
    yield found
    found.end()


def kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until_over(site: Site, check: Callable[[], None] = lambda: None) -> None:
    """Keeps the outbox swept until nothing of it is open."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        check()
        outbox.sweep(site)
        now = status(site)
        if now.waiting == now.running == 0:
            return
        time.sleep(0.1)
    pytest.fail(f"Not over: {status(site)}")


def traces(site: Site) -> Counter[str]:
    with site.engine.connect() as connection:
        return Counter(connection.scalars(select(MESSAGES.c.subject)))


def test_no_job_is_lost_and_none_done_twice(
    site: Site, start: Processes, server: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(20261123)
    # A killed queue may have taken a hand-over with it: then the sweeper hands over anew, here sooner than usual.
    monkeypatch.setattr(outbox, "HANDED_AGAIN", outbox.timedelta(seconds=1))
    runner = start(WORKER)
    askers = [start(ASKER, f"asker {number}", "40") for number in range(2)]
    end = time.monotonic() + 12

    def strike() -> None:
        nonlocal runner
        if time.monotonic() > end:
            return
        time.sleep(chance.uniform(0.2, 1.2))
        victim = chance.choice(("worker", "queue", "queue with its data", "asker"))
        if victim == "worker":
            kill(runner)
            runner = start(WORKER)
        elif victim == "asker":
            kill(askers.pop(0))
            askers.append(start(ASKER, f"asker {time.monotonic_ns()}", "40"))
        else:
            server.kill(lose_everything=victim == "queue with its data")

    while time.monotonic() < end:
        strike()
        outbox.sweep(site)
    for asker in askers:
        asker.wait(SECONDS)
    until_over(site)

    found = traces(site)
    asked = {name.removesuffix(" asked") for name in found if name.endswith(" asked")}
    done = {name.removesuffix(" done"): count for name, count in found.items() if name.endswith(" done")}
    assert len(asked) > 40
    assert done == dict.fromkeys(asked, 1)
    assert status(site).failed == 0


def test_a_long_job_goes_on_after_each_kill(site: Site, start: Processes, server: Queue) -> None:
    chance = random.Random(7)
    with site.system("test") as env:
        id = env.enqueue("test.long", name="batch", count=40, seconds=0.1)
    runner = start(WORKER)

    for _strike in range(4):
        time.sleep(chance.uniform(1.0, 2.5))
        kill(runner)
        outbox.sweep(site)
        runner = start(WORKER)
    until_over(site)

    assert traces(site) == Counter({f"batch {number}": 1 for number in range(40)})
    with site.engine.connect() as connection:
        row = connection.execute(select(OUTBOX).where(OUTBOX.c.id == id)).one()
    assert (row.state, row.done_count, row.checkpoint) == ("done", 40, 40)


WEB = """
import sys
from werkzeug.serving import make_server
from core.web.wsgi import app
make_server("127.0.0.1", int(sys.argv[1]), app, threaded=True).serve_forever()
"""


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "It does not come to pass."
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Client(threading.Thread):
    """A programme that creates records, and asks again under the same key until it is told that one was made."""

    def __init__(self, name: str, port: int, token: str, stopped: threading.Event) -> None:
        super().__init__(daemon=True)
        self.made: list[str] = []
        self.repeated = 0
        self.refused: set[int] = set()
        self._name, self._port, self._token, self._stopped = name, port, token, stopped

    def run(self) -> None:
        number = 0
        while not self._stopped.is_set():
            number += 1
            wanted = f"{self._name} {number}"
            # Once it has asked, it does not rest before it knows.
            while not self._ask(wanted):
                self.repeated += 1
                time.sleep(0.1)
            self.made.append(wanted)

    def _ask(self, wanted: str) -> bool:
        body = json.dumps({"name": wanted, "status": "potential"}).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        headers["Idempotency-Key"] = wanted.replace(" ", "-")
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}/api/v1/customer", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return bool(answer.status == 201)
        except urllib.error.HTTPError as refused:
            self.refused.add(refused.code)
            return False
        except (OSError, http.client.HTTPException):
            return False


def test_what_clients_repeat_while_the_web_process_is_killed_happens_once(
    site: Site, cast: Cast, start: Processes
) -> None:
    chance = random.Random(11)
    with site.system("tokens") as env:
        token = users.new_token(env, cast.sales, "test")
    port, stopped = free_port(), threading.Event()
    web = start(WEB, str(port))
    clients = [Client(f"client {number}", port, token, stopped) for number in range(3)]
    for client in clients:
        client.start()

    for _strike in range(3):
        before = sum(len(client.made) for client in clients)
        until(lambda before=before: sum(len(client.made) for client in clients) > before + 10)  # type: ignore[misc]
        time.sleep(chance.uniform(0.0, 0.3))
        kill(web)
        web = start(WEB, str(port))
    stopped.set()
    for client in clients:
        client.join(SECONDS)
        assert not client.is_alive()

    with site.system("look", write=False) as env:
        stored = Counter(env.session.scalars(select(Customer.name)))
    made = Counter(name for client in clients for name in client.made)
    assert len(made) > 20
    assert sum(client.repeated for client in clients) > 0
    assert stored == made
    # The request that was cut off may still be being undone.
    assert set().union(*(client.refused for client in clients)) <= {409, 503}


@contextmanager
def full_disk(site: Site) -> Iterator[None]:
    """Lets the SQLite file grow by a few pages at most."""

    def limit(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 20}")

    site.dispose()
    event.listen(site.engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(site.engine, "connect", limit)
        site.dispose()


def test_a_full_disk_loses_nothing(site: Site) -> None:
    """The database refuses to grow; what was asked for is done once there is room again."""
    if site.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's disk cannot be filled from here.")
    with site.system("test") as env:
        id = env.enqueue("test.heavy", name="x", size=2_000_000)
    with full_disk(site):
        worker.execute(site, id)
    before = traces(site)

    with outbox.writing(site) as connection:
        connection.execute(OUTBOX.update().values(available_at=outbox.clock.now()))
    worker.execute(site, id)

    assert before == Counter()
    assert sum(traces(site).values()) == 1
    with site.engine.connect() as connection:
        assert connection.scalar(select(func.count()).where(OUTBOX.c.state == "done")) == 1
