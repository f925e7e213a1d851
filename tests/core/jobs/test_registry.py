from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.jobs import registry

TAIPEI = ZoneInfo("Asia/Taipei")


@pytest.fixture(autouse=True)
def _undeclared() -> Iterator[None]:
    registry.load_core()
    jobs, schedules = dict(registry._jobs), dict(registry._schedules)
    yield
    registry._jobs.clear()
    registry._jobs.update(jobs)
    registry._schedules.clear()
    registry._schedules.update(schedules)


def test_job_is_found_by_its_name() -> None:
    @registry.job("test.greet", retries=2, timeout=9)
    def greet(env: object, *, name: str) -> None: ...

    found = registry.find("test.greet")

    assert found.function is greet
    assert (found.retries, found.timeout, found.own_transactions) == (2, 9, False)


def test_unknown_job_names_those_that_exist() -> None:
    with pytest.raises(LookupError, match=r"no job 'mail\.sned'.*mail\.send"):
        registry.find("mail.sned")


def test_arguments_are_checked_when_asking() -> None:
    job = registry.find("mail.send")

    registry.check_arguments(job, {"message_id": 1})
    with pytest.raises(TypeError, match="message"):
        registry.check_arguments(job, {"message": 1})


def test_two_modules_cannot_declare_one_name() -> None:
    with pytest.raises(ValueError, match=r"declared in core\.mail\.jobs already"):

        @registry.job("mail.send")
        def other(env: object) -> None: ...


def test_addon_is_that_of_the_module() -> None:
    def function(env: object) -> None: ...

    function.__module__ = "addons.warranty.jobs"
    registry.job("warranty.remind")(function)

    assert registry.find("warranty.remind").addon == "warranty"
    assert registry.find("mail.send").addon == "core"


def test_schedule_every_counts_from_now() -> None:
    schedule = registry.Schedule("x", timedelta(hours=1), None)
    moment = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    assert schedule.following(moment, TAIPEI) == datetime(2026, 3, 1, 13, 0, tzinfo=UTC)


def test_cron_is_on_the_sites_clock() -> None:
    schedule = registry.Schedule("x", None, "0 3 * * *")
    moment = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    assert schedule.following(moment, TAIPEI) == datetime(2026, 3, 1, 19, 0, tzinfo=UTC)


def test_schedule_needs_a_job_below_it_and_one_time() -> None:
    def function(env: object) -> None: ...

    with pytest.raises(ValueError, match="above @job"):
        registry.schedule(every=timedelta(hours=1))(function)
    with pytest.raises(ValueError, match="either"):
        registry.schedule()
