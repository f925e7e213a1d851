"""`9kcrm serve` as a person meets it: it gets ready, mends itself, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.config import Settings
from core.jobs import queue, supervisor
from core.jobs.status import status
from core.jobs.supervisor import CannotStart, Supervisor, local_address
from core.site import Site
from tests.core.jobs.test_lifeline import ends_within
from tests.core.jobs.test_processes import ROOT, children_of, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

Serve = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def environment(site: Site) -> dict[str, str]:
    """An installation of its own on a free port, with one web process, for speed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = site.settings.data / "site.toml"
    config.write_text("[server]\nweb_workers = 1\n", "utf-8")
    return {
        **os.environ,
        "NINEKCRM_CONFIG": str(config),
        "NINEKCRM_DATA": str(site.settings.data),
        "NINEKCRM_DATABASE_URL": site.settings.database_url,
        "PORT": str(port),
    }


@pytest.fixture
def serve(environment: dict[str, str], tmp_path: Path) -> Iterator[Serve]:
    """Starts `9kcrm serve` and waits until it says that it is ready."""
    started: list[subprocess.Popen[str]] = []

    def serve(folder: Path = ROOT) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", "from core.cli import main; main()", "serve"]
        with (tmp_path / "serve.log").open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True
            )
        started.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            if "is ready at" in line:
                return process
        raise AssertionError((tmp_path / "serve.log").read_text("utf-8"))

    yield serve
    for process in started:
        under = children_of(process.pid)
        process.kill()
        process.wait()
        assert all(ends_within(child, 10) for child in under)
        if process.stdout is not None:
            process.stdout.close()


def answers(environment: dict[str, str]) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{environment['PORT']}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def named(process: int, text: str) -> list[int]:
    """The processes under it whose command line has `text` in it."""
    found = []
    for child in children_of(process):
        try:
            if text in Path(f"/proc/{child}/cmdline").read_text("utf-8"):
                found.append(child)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def test_it_starts_in_a_folder_that_is_a_package(serve: Serve, environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "__init__.py").touch()
    environment["PYTHONPATH"] = str(ROOT)

    serve(folder)

    assert answers(environment)


def test_ready_means_that_it_answers_and_works(serve: Serve, environment: dict[str, str], site: Site) -> None:
    serve()

    answered = answers(environment)
    with site.system("test") as env:
        env.enqueue("outbox.purge")

    assert answered
    until(lambda: status(site).waiting == status(site).running == 0)


@pytest.mark.parametrize("part", ["core.jobs.worker", "core.jobs.scheduler", "valkey-server", "granian"])
def test_what_dies_is_started_again(serve: Serve, environment: dict[str, str], site: Site, part: str) -> None:
    parent = serve()
    before = named(parent.pid, part)

    os.kill(before[0], signal.SIGKILL)

    until(lambda: bool(set(named(parent.pid, part)) - set(before)), 30)
    until(lambda: answers(environment), 30)
    until(lambda: queue.is_reachable(site.settings), 30)
    with site.system("test") as env:
        env.enqueue("outbox.purge")
    until(lambda: status(site).waiting == status(site).running == 0, 30)


def test_ctrl_c_ends_everything_cleanly(serve: Serve) -> None:
    parent = serve()
    under = children_of(parent.pid)

    parent.send_signal(signal.SIGINT)
    code = parent.wait(30)

    assert code == 0
    assert len(under) >= 5
    assert all(ends_within(child, 1) for child in under)


def test_kill_9_of_the_parent_leaves_nothing_behind(serve: Serve) -> None:
    parent = serve()
    under = children_of(parent.pid)

    parent.kill()

    assert len(under) >= 5
    assert all(ends_within(child, 10) for child in under)
    # And the next one starts at once on the same folder and port.
    serve()


def test_a_port_in_use_is_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PORT_SECONDS", 0.1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = Settings.load(environ={"NINEKCRM_DATA": str(site.settings.data), "PORT": str(port)})

        with pytest.raises(CannotStart, match=f"127.0.0.1:{port} cannot be used.*PORT={port + 1}"):
            Supervisor(settings).run()


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("10.0.0.5", "10.0.0.5")],
)
def test_local_address_is_one_that_can_be_reached(tmp_path: Path, host: str, address: str) -> None:
    settings = Settings.load(environ={"NINEKCRM_DATA": str(tmp_path), "NINEKCRM_HOST": host})

    assert local_address(settings) == f"http://{address}:8000"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"status": "ok"}', "ok"), (b'{"status": "maintenance"}', "maintenance"), (b"<html>", ""), (b"[]", "")],
)
def test_state_is_what_the_site_says_of_itself(body: bytes, status: str) -> None:
    assert supervisor._status(body) == status


def test_after_a_change_the_others_wait_for_the_web_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Supervisor(Settings.load(environ={"NINEKCRM_DATA": str(tmp_path)}))
    states = ["", "unavailable", "ok", ""]
    monkeypatch.setattr(supervisor, "_state", lambda settings: states.pop(0))
    assert not found._is_web_first()

    found._web_first_until = time.monotonic() + 60

    assert [found._is_web_first() for _look in range(4)] == [True, True, False, False]
