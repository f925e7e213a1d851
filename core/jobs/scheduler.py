"""The process that keeps time: it sweeps the outbox and puts scheduled jobs into it when they are due.

Any number of them may run, on any machines: each due time is taken by exactly one, in the database.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Table, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from core import clock
from core.addons.origin import CORE
from core.config import Settings
from core.jobs import logs, outbox, registry
from core.jobs.models import ScheduleRow
from core.orm.migrations import pending

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

log = logging.getLogger(__name__)

SCHEDULE: Table = ScheduleRow.__table__  # type: ignore[assignment]
SWEEP_SECONDS = 1.0
LONGEST_PAUSE = 30.0


def main() -> None:
    """Keeps time until it is told to stop."""
    from core.site import Site

    logs.configure("scheduler")
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopped.set())
    keep_time(Site.open(Settings.load()), stopped)


def keep_time(site: Site, stopped: threading.Event) -> None:
    """Sweeps once a second; while the database is away, ever more rarely, and goes on when it is back.

    Nothing is due while the tables are behind the code.
    """
    pause, ready = SWEEP_SECONDS, False
    while not stopped.wait(pause):
        try:
            ready = ready or not pending(site)
            if ready:
                tick(site)
        except SQLAlchemyError as error:
            if pause == SWEEP_SECONDS:
                log.warning("The database cannot be used; jobs wait until it is back. %s", error)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            pause = SWEEP_SECONDS


def tick(site: Site) -> None:
    """Does what is due now: once for each time that has come, however long nobody looked."""
    for schedule in registry.schedules():
        _enqueue_if_due(site, schedule)
    outbox.sweep(site)


def _enqueue_if_due(site: Site, schedule: registry.Schedule) -> None:
    due = _due_at(site, schedule.job)
    if due is None:
        _quietly(lambda: _begin(site, schedule))
    elif due <= clock.now():
        _take(site, schedule, due)


def _due_at(site: Site, name: str) -> datetime | None:
    with site.engine.connect() as connection:
        return connection.scalar(select(SCHEDULE.c.next_at).where(SCHEDULE.c.name == name))


def _begin(site: Site, schedule: registry.Schedule) -> None:
    with site.system(f"schedule {schedule.job}") as env:
        env.connection_of_core.execute(insert(SCHEDULE).values(name=schedule.job, next_at=_following(env, schedule)))


def _following(env: Env, schedule: registry.Schedule) -> datetime:
    return schedule.following(clock.now(), env.company_timezone)


def _quietly(act: Callable[[], None]) -> None:
    try:
        act()
    except IntegrityError:
        log.debug("Another scheduler was faster.")


def _take(site: Site, schedule: registry.Schedule, due: datetime) -> None:
    """Moves the due time and asks for the job in one transaction, so that both happen once or not at all.

    While the job's addon is off, its times go by.
    """
    name = schedule.job
    with site.system(f"schedule {name}") as env:
        taken = env.connection_of_core.execute(
            update(SCHEDULE)
            .where(SCHEDULE.c.name == name, SCHEDULE.c.next_at == due)
            .values(next_at=_following(env, schedule))
        )
        if taken.rowcount == 1 and registry.find(name).addon in {CORE, *env.enabled}:
            env.enqueue(name)


if __name__ == "__main__":
    main()
