from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.i18n import Text, use_locale
from core.jobs import outbox, progress, worker
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX
from core.jobs.registry import job
from core.jobs.result import JobResult
from core.mail.messages import MESSAGES
from core.notifications import reading
from core.site import Site
from core.testing.cast import Cast
from core.testing.queries import queries
from tests.core.jobs import jobs_for_tests  # noqa: F401  (declares the jobs)


def row(site: Site, id: int) -> Any:
    with site.engine.connect() as connection:
        return connection.execute(select(OUTBOX).where(OUTBOX.c.id == id)).one()


def started(cast: Cast, job: str = "test.long", **arguments: Any) -> int:
    with cast.env("sales") as env:
        return env.enqueue(job, **arguments)


def told(cast: Cast, username: str = "sales") -> list[str]:
    with cast.env(username, write=False) as env:
        return [told.text for told in reading.latest(env, 10)]


def all_traces(site: Site) -> list[str]:
    with site.engine.connect() as connection:
        return list(connection.scalars(select(MESSAGES.c.subject).order_by(MESSAGES.c.id)))


def test_a_long_job_tells_how_far_it_is_and_what_came_of_it(site: Site, cast: Cast) -> None:
    id = started(cast, name="a", count=3)

    worker.execute(site, id)

    kept = row(site, id)
    assert (kept.state, kept.done_count, kept.total, kept.checkpoint) == (JobState.DONE, 3, 3, 3)
    assert str(Text.from_json(kept.note)) == "Step 3"
    assert JobResult.from_json(kept.result).url == "/customer"
    assert told(cast) == ["Long work: 3 steps are done"]


def test_a_batch_and_its_checkpoint_are_stored_together_or_not_at_all(site: Site, cast: Cast) -> None:
    id = started(cast, name="a", count=5, at=2)

    worker.execute(site, id)

    kept = row(site, id)
    assert (kept.state, kept.done_count, kept.checkpoint) == (JobState.QUEUED, 2, 2)
    assert all_traces(site) == ["a 0", "a 1"]


def test_an_attempt_goes_on_where_the_last_one_ended(site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    id = started(cast, name="a", count=4, at=2)
    worker.execute(site, id)
    monkeypatch.setattr(outbox, "claim", claimed_with(name="a", count=4))

    with clock.frozen(clock.now() + timedelta(hours=1)):
        worker.execute(site, id)

    assert row(site, id).state == JobState.DONE
    assert all_traces(site) == ["a 0", "a 1", "a 2", "a 3"]


def claimed_with(**arguments: Any) -> Any:
    """Claims rows as if they had been enqueued with these arguments."""
    claim = outbox.claim

    def changed(site: Site, id: int) -> Any:
        found = claim(site, id)
        assert found is not None
        found.arguments = arguments
        return found

    return changed


def test_a_job_that_gets_on_starts_with_a_clean_sheet(site: Site, cast: Cast) -> None:
    id = started(cast, name="a", count=5, at=2)

    worker.execute(site, id)

    assert row(site, id).attempts == 1
    assert round((row(site, id).available_at - clock.now()).total_seconds()) == 10


def test_a_job_that_does_not_get_on_is_given_up_and_its_user_told(site: Site, cast: Cast) -> None:
    id = started(cast, name="a", count=5, at=0)

    for hour in range(4):
        with clock.frozen(clock.now() + timedelta(hours=hour)):
            worker.execute(site, id)

    assert row(site, id).state == JobState.FAILED
    assert "It broke in the middle." in row(site, id).error
    assert told(cast) == ["Failed: Long work"]


def test_an_error_that_people_understand_ends_the_job_at_once(site: Site, cast: Cast) -> None:
    id = started(cast, "test.refused")

    worker.execute(site, id)

    assert row(site, id).state == JobState.FAILED
    assert str(Text.from_json(row(site, id).failure)) == "The archive is closed."


def test_a_waiting_job_is_cancelled_at_once(site: Site, cast: Cast) -> None:
    id = started(cast, name="a", count=3)

    with outbox.writing(site) as connection:
        outbox.cancel(connection, id)

    assert not worker.execute(site, id)
    assert row(site, id).state == JobState.CANCELLED
    assert all_traces(site) == []


def test_a_running_job_stops_after_its_batch(site: Site, cast: Cast) -> None:
    id = started(cast, name="a", count=5)
    claim = outbox.claim(site, id)
    assert claim is not None
    running = progress.Progress(site, claim)
    with running.batch():
        running.checkpoint = 1
    with outbox.writing(site) as connection:
        outbox.cancel(connection, id)
    with running.batch():
        running.checkpoint = 2

    with pytest.raises(progress.Cancelled), running.batch():
        running.checkpoint = 3

    assert (row(site, id).checkpoint, row(site, id).state) == (2, JobState.RUNNING)
    outbox.stop(site, claim)
    assert row(site, id).state == JobState.CANCELLED


def test_a_cancelled_job_whose_process_died_is_not_tried_again(site: Site, cast: Cast) -> None:
    id = started(cast, name="a", count=5)
    claim = outbox.claim(site, id)
    assert claim is not None
    with outbox.writing(site) as connection:
        outbox.cancel(connection, id)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        outbox.take_back(site)

        ran = worker.execute(site, id)

    assert not ran
    assert row(site, id).state == JobState.CANCELLED


def test_a_run_that_lost_its_claim_stores_no_batch(site: Site, cast: Cast) -> None:
    id = started(cast, name="a", count=5)
    claim = outbox.claim(site, id)
    assert claim is not None
    late = progress.Progress(site, claim)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        outbox.take_back(site)
        outbox.claim(site, id)

        with pytest.raises(outbox.LostClaimError), late.batch():
            late.checkpoint = 4

    assert row(site, id).checkpoint is None
    assert late.checkpoint is None


def test_progress_is_written_rarely(site: Site, cast: Cast) -> None:
    claim = outbox.claim(site, started(cast, name="a", count=5))
    assert claim is not None
    told = progress.Progress(site, claim)

    with queries(site) as seen:
        for number in range(1000):
            told.update(number, 1000)

    assert 1 <= len([text for text in seen.statements if text.startswith("UPDATE core_outbox")]) <= 3


def test_a_job_with_progress_has_its_own_transactions() -> None:
    with pytest.raises(ValueError, match="own_transactions"):

        @job("test.wrong")
        def wrong(env: Any, *, progress: Any) -> None: ...


def test_the_result_is_in_the_readers_language(site: Site, cast: Cast) -> None:
    worker.execute(site, started(cast, name="a", count=1))

    with cast.env("sales", write=False, locale="zh_Hant_TW") as env, use_locale("zh_Hant_TW"):
        assert reading.latest(env, 1)[0].text.endswith("1 steps are done")
