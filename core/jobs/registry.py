"""Which jobs there are. A job is a function with a name; core's and each addon's `jobs.py` declare them."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from core.addons.origin import addon_of
from core.i18n import Text
from core.jobs.result import JobResult

F = TypeVar("F", bound=Callable[..., JobResult | None])


@dataclass(frozen=True)
class Job:
    """A declared job: `retries` come after the first attempt, `timeout` is seconds for one attempt.

    One with a `title` is shown to who asked for it, who is told of its end.
    """

    name: str
    function: Callable[..., JobResult | None]
    addon: str
    retries: int
    timeout: int
    own_transactions: bool
    title: Text | None = None

    @cached_property
    def tells_progress(self) -> bool:
        """Whether its function takes a `progress`, by which it can be watched, stopped and resumed."""
        return "progress" in inspect.signature(self.function).parameters


@dataclass(frozen=True)
class Schedule:
    """When a job is due by itself: every so often, or by a cron line on the company's clock."""

    job: str
    every: timedelta | None
    cron: str | None

    def following(self, moment: datetime, timezone: ZoneInfo) -> datetime:
        """The first time after `moment` at which the job is due."""
        if self.every is not None:
            return moment + self.every
        from croniter import croniter

        found: datetime = croniter(self.cron, moment.astimezone(timezone)).get_next(datetime)
        return found


_jobs: dict[str, Job] = {}
_schedules: dict[str, Schedule] = {}


def job(
    name: str,
    *,
    title: Text | None = None,
    retries: int = 5,
    timeout: int = 300,
    own_transactions: bool = False,
) -> Callable[[F], F]:
    """Declares the function a job: `@job("mail.send") def send(env, *, message_id)`.

    It runs with a system env in one transaction, which is committed together with the note that the job is
    done: what it writes happens exactly once. With `own_transactions` it is given the site instead, for work
    that reaches outside the database (mail) or is long; such a job may run twice after a crash and must allow
    for it. If its function has a parameter `progress`, it gets a `Progress`: by it the job is watched, stopped, and
    resumed after a crash.

    `title` names the job to people: who asked for it sees it at `/jobs/<id>` and is notified of its end, of which a
    returned `JobResult` tells more. An `AppError` ends such a job at once, with its message.
    """

    def declare(function: F) -> F:
        if "progress" in inspect.signature(function).parameters and not own_transactions:
            raise ValueError(f"The job {name!r} takes a progress and so needs own_transactions.")
        if name in _jobs and _jobs[name].function.__module__ != function.__module__:
            raise ValueError(f"The job {name!r} is declared in {_jobs[name].function.__module__} already.")
        _jobs[name] = Job(name, function, addon_of(function.__module__), retries, timeout, own_transactions, title)
        return function

    return declare


def schedule(*, every: timedelta | None = None, cron: str | None = None) -> Callable[[F], F]:
    """Makes a job due by itself; stands above `@job`. Either `every` or `cron` ("0 3 * * *", the company's time)."""
    if (every is None) == (cron is None):
        raise ValueError("A schedule has either `every` or `cron`.")

    def declare(function: F) -> F:
        name = next((job.name for job in _jobs.values() if job.function is function), None)
        if name is None:
            raise ValueError(f"@schedule stands above @job on {function.__qualname__}.")
        _schedules[name] = Schedule(name, every, cron)
        return function

    return declare


def get(name: str) -> Job | None:
    """The job of that name, or None where the addon that declares it is not installed."""
    load_core()
    return _jobs.get(name)


def find(name: str) -> Job:
    """The job of that name. Raises LookupError, which names what is declared."""
    found = get(name)
    if found is None:
        raise LookupError(f"There is no job {name!r}; declared are {', '.join(sorted(_jobs))}.")
    return found


def declared() -> dict[str, Job]:
    """Every declared job by its name."""
    load_core()
    return dict(_jobs)


def schedules() -> list[Schedule]:
    """Every declared schedule."""
    load_core()
    return list(_schedules.values())


def check_arguments(job: Job, arguments: dict[str, Any]) -> None:
    """Raises TypeError where the function could not be called so: found when asking, not hours later."""
    progress = {"progress": None} if job.tells_progress else {}
    inspect.signature(job.function).bind(None, **progress, **arguments)


@cache
def load_core() -> None:
    """Imports the `jobs.py` of each part of core; an addon's is imported with the addon."""
    importlib.import_module("core.jobs.housekeeping")
    core = Path(__file__).parents[1]
    for path in sorted(core.rglob("jobs.py")):
        importlib.import_module(".".join(["core", *path.relative_to(core).with_suffix("").parts]))
