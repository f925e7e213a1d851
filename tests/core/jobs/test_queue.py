import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.config import Settings
from core.jobs import queue
from core.testing.services import valkey


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(environ={"NINEKCRM_DATA": str(tmp_path)})


def test_a_row_that_is_handed_over_twice_is_queued_once(settings: Settings) -> None:
    with valkey() as url:
        settings = replace(settings, redis_url=url)
        handover = queue.Handover(settings)

        first = handover.send([(7, 60), (8, 60)])
        again = handover.send([(7, 60), (9, 60)], again=True)

        assert (first, again) == ([7, 8], [7, 9])
        assert [job.args for job in queue.make_queue(queue.connect(settings)).jobs] == [[7], [8], [9]]


def test_what_is_on_the_queue_is_json(settings: Settings) -> None:
    with valkey() as url:
        settings = replace(settings, redis_url=url)
        queue.Handover(settings).send([(7, 60)])

        (job,) = queue.make_queue(queue.connect(settings)).jobs

        assert job.func_name == queue.RUN
        assert job.args == [7]
        assert job.timeout == 60


def test_an_unreachable_queue_neither_fails_nor_delays(settings: Settings) -> None:
    handover = queue.Handover(settings)
    started = time.monotonic()

    sent = [handover.send([(number, 60)]) for number in range(100)]

    assert sent == [[]] * 100
    assert time.monotonic() - started < 2
    assert not queue.is_reachable(settings)


def test_the_queue_is_used_again_when_it_is_back(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PAUSE_SECONDS", 0.0)
    handover = queue.Handover(settings)
    lost = handover.send([(1, 60)])

    from core.jobs import valkey as server

    process = server.start(queue.folder(settings))
    try:
        for _ in range(200):
            if queue.is_reachable(settings):
                break
            time.sleep(0.02)
        sent = handover.send([(1, 60)])
    finally:
        process.kill()
        process.wait()

    assert (lost, sent) == ([], [1])
