import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.config import Settings
from core.jobs import queue, site_id
from core.site import Site
from core.testing.services import valkey


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(environ={"NINEKCRM_DATA": str(tmp_path)})


def test_a_row_that_is_handed_over_twice_is_queued_once(settings: Settings) -> None:
    with valkey() as url:
        settings = replace(settings, redis_url=url)
        handover = queue.Handover(settings, "one")

        first = handover.send([(7, 60), (8, 60)])
        again = handover.send([(7, 60), (9, 60)], again=True)

        assert (first, again) == ([7, 8], [7, 9])
        assert [job.args for job in queue.make_queue(queue.connect(settings), "one").jobs] == [[7], [8], [9]]


def test_sites_that_share_a_queue_server_have_queues_of_their_own(settings: Settings) -> None:
    with valkey() as url:
        settings = replace(settings, redis_url=url)
        queue.Handover(settings, "one").send([(7, 60)])

        sent = queue.Handover(settings, "two").send([(7, 60)], again=True)

        connection = queue.connect(settings)
        assert sent == [7]
        assert [len(queue.make_queue(connection, site).jobs) for site in ("one", "two")] == [1, 1]


def test_what_others_put_on_the_queue_is_passed_over(settings: Settings) -> None:
    with valkey() as url:
        settings = replace(settings, redis_url=url)
        made = queue.make_queue(queue.connect(settings), "one")
        for name in ("6f1c9a52-theirs", "theirs", "9" * 30):
            made.enqueue_call("print", job_id=name)

        sent = queue.Handover(settings, "one").send([(7, 60)], again=True)

        assert sent == [7]
        assert [job.args for job in made.jobs][-1] == [7]


def test_a_site_keeps_its_id(site: Site) -> None:
    before = site_id.stored(site)

    made = site_id.site_id(site)

    assert before is None
    assert len(made) == 16
    assert site_id.stored(site) == site_id.site_id(Site(site.settings, site.engine, site.registry)) == made


def test_what_is_on_the_queue_is_json(settings: Settings) -> None:
    with valkey() as url:
        settings = replace(settings, redis_url=url)
        queue.Handover(settings, "one").send([(7, 60)])

        (job,) = queue.make_queue(queue.connect(settings), "one").jobs

        assert job.func_name == queue.RUN
        assert job.args == [7]
        assert job.timeout == 60


def test_an_unreachable_queue_neither_fails_nor_delays(settings: Settings) -> None:
    handover = queue.Handover(settings, "one")
    started = time.monotonic()

    sent = [handover.send([(number, 60)]) for number in range(100)]

    assert sent == [[]] * 100
    assert time.monotonic() - started < 2
    assert not queue.is_reachable(settings)


def test_the_queue_is_used_again_when_it_is_back(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "PAUSE_SECONDS", 0.0)
    handover = queue.Handover(settings, "one")
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
