"""The process that runs jobs: an rq worker that is given ids of outbox rows."""

from __future__ import annotations

import logging
import signal
import sys
import time
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rq import Queue, Worker
from rq.job import Job as QueuedJob
from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker
from sqlalchemy.exc import SQLAlchemyError

from core.config import Settings
from core.errors import AppError
from core.i18n import Text
from core.jobs import lifeline, logs, outbox
from core.jobs.collector import collecting_seldom
from core.jobs.progress import Cancelled, Progress
from core.jobs.queue import connect, is_reachable, make_queue
from core.jobs.site_id import site_id
from core.orm.migrations import pending

if TYPE_CHECKING:
    from core.site import Site

log = logging.getLogger(__name__)

NOT_ENABLED = timedelta(minutes=10)
"""How long a job waits before it looks again whether its addon is enabled."""

ERROR_LENGTH = 8000

_site: Site | None = None
"""rq calls a function by its name, and this is where that function finds the site of its process."""


class ForkingWorker(Worker):
    """Runs each job in a process of its own, which ends with the worker."""

    def main_work_horse(self, job: QueuedJob, queue: Queue) -> None:
        """Runs in the new process."""
        # Without this the child would finish alone after the worker is killed, beside the second run.
        lifeline.follow_parent(signal.SIGKILL)
        if _site is not None:
            _site.engine.dispose(close=False)
        super().main_work_horse(job, queue)


def main() -> None:
    """Runs jobs until it is told to stop; a job that is under way is finished first."""
    from core.site import Site

    logs.configure("worker")
    settings = Settings.load()
    site = Site.open(settings)
    _wait_for_queue(settings)
    _wait_for_database(site)
    work(site)


def work(site: Site, *, burst: bool = False) -> None:
    """Runs the jobs of the site's queue; with `burst` until the queue is empty."""
    global _site
    _site = site
    # Nothing that is open here may be shared with the processes of the jobs.
    site.engine.dispose()
    # Forking under macOS' frameworks crashes, so that there jobs run in this process.
    kind: Any = ForkingWorker if sys.platform == "linux" else SimpleWorker
    connection = connect(site.settings)
    worker = kind(
        [make_queue(connection, site_id(site))],
        connection=connection,
        serializer=JSONSerializer,
        # Dead workers are noticed after worker_ttl − 15 s: by default that is more than six minutes.
        worker_ttl=30,
        maintenance_interval=5,
        log_job_description=False,
    )
    worker.log_result_lifespan = False
    worker.work(burst=burst, logging_level="WARNING")


def _wait_for_queue(settings: Settings) -> None:
    waits = False
    while not is_reachable(settings):
        if not waits:
            log.warning("The queue cannot be reached; jobs wait in the outbox until it is back.")
            waits = True
        time.sleep(1)


def _wait_for_database(site: Site) -> None:
    """Which queue is the site's is written there; and no job runs while the tables are behind the code."""
    waits = False
    while True:
        try:
            waiting = pending(site)
            if not waiting:
                site_id(site)
                return
            reason = f"The tables of {', '.join(waiting)} are not up to date."
        except SQLAlchemyError as error:
            reason = f"The database cannot be used. {error}"
        if not waits:
            log.warning("%s Jobs wait until that is put right.", reason)
            waits = True
        time.sleep(1)


def run(id: int) -> None:
    """Runs the outbox row, if it is still to be run. Called by rq."""
    if _site is None:
        raise RuntimeError("This process has no site; start workers with `9kcrm worker`.")
    execute(_site, id)


def execute(site: Site, id: int) -> bool:
    """Claims the row, does its job and marks it as done; True if this call did it.

    What the job wrote and the mark are one transaction, so that a crash leaves neither or both.
    """
    claim = outbox.claim(site, id)
    if claim is None:
        return False
    if not _is_enabled(site, claim):
        outbox.postpone(site, claim, NOT_ENABLED)
        return False
    try:
        _perform(site, claim)
    except Cancelled:
        outbox.stop(site, claim)
        return False
    except outbox.LostClaimError:
        log.warning("Job %s (%s) was taken over by another run; this one is undone.", id, claim.job.name)
        return False
    except Exception as error:
        reason = _reason(claim, error)
        pause = None if reason else outbox.pause_after(claim)
        log.exception("Job %s (%s) failed, attempt %s.", id, claim.job.name, claim.attempt)
        trace = traceback.format_exc()[-ERROR_LENGTH:]
        outbox.fail(site, id, claim.token, trace, retry_in=pause, reason=reason)
        return False
    return True


def _is_enabled(site: Site, claim: outbox.Claim) -> bool:
    if claim.job.addon == "core":
        return True
    with site.system(f"job {claim.job.name}", write=False) as env:
        return claim.job.addon in env.enabled


def _perform(site: Site, claim: outbox.Claim) -> None:
    if claim.job.own_transactions:
        progress = {"progress": Progress(site, claim)} if claim.job.tells_progress else {}
        with collecting_seldom():
            result = claim.job.function(site, **progress, **claim.arguments)
        with site.system(f"end of job {claim.job.name}") as env:
            outbox.finish(env, claim, result)
        return
    with site.system(f"job {claim.job.name}") as env:
        result = claim.job.function(env, **claim.arguments)
        env.flush()
        outbox.finish(env, claim, result)


def _reason(claim: outbox.Claim, error: Exception) -> Text | None:
    """What people are told of an error that another attempt would not mend; None for all others."""
    if claim.job.title is None or not isinstance(error, AppError):
        return None
    return error.message if isinstance(error.message, Text) else Text(str(error.message))


if __name__ == "__main__":
    # Under its own name, which is the one that rq imports: `__main__` would be a second copy without a site.
    from core.jobs.worker import main as start

    start()
