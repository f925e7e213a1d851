"""Jobs that leave a trace: each run writes one row, so that a test can count runs."""

import time
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from core import clock
from core.errors import Conflict
from core.i18n import _
from core.jobs.progress import Progress
from core.jobs.registry import job
from core.jobs.result import JobResult
from core.mail.messages import MESSAGES

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site


@job("test.trace")
def trace(env: "Env", *, name: str) -> None:
    env.connection_of_core.execute(_insert(name))


@job("test.slow", timeout=60)
def slow(env: "Env", *, name: str, seconds: float) -> None:
    env.connection_of_core.execute(_insert(name))
    time.sleep(seconds)


@job("test.broken", retries=2)
def broken(env: "Env", *, name: str) -> None:
    env.connection_of_core.execute(_insert(name))
    raise RuntimeError("It broke.")


@job("test.outside", own_transactions=True)
def outside(site: "Site", *, name: str) -> None:
    with site.system("test") as env:
        env.connection_of_core.execute(_insert(name))


@job("test.heavy")
def heavy(env: "Env", *, name: str, size: int) -> None:
    env.connection_of_core.execute(_insert(name).values(text="x" * size))


def leave(env: "Env", name: str) -> None:
    """Leaves a trace in the env's transaction."""
    env.connection_of_core.execute(_insert(name))


def traces(site: "Site", name: str) -> int:
    """How often a job has left that trace."""
    with site.engine.connect() as connection:
        counted = select(func.count()).where(MESSAGES.c.subject == name)
        return connection.scalar(counted) or 0


def _insert(name: str):  # type: ignore[no-untyped-def]
    return insert(MESSAGES).values(to="-", subject=name, text="", state="kept", created_at=clock.now())


@job("test.long", title=_("Long work"), retries=3, timeout=60, own_transactions=True)
def long(site: "Site", *, progress: Progress, name: str, count: int, seconds: float = 0.0, at: int = -1) -> JobResult:
    """Leaves `count` traces in batches of one; `at` one of them it fails, in each attempt."""
    first = progress.checkpoint or 0
    for number in range(first, count):
        with progress.batch() as env:
            env.connection_of_core.execute(_insert(f"{name} {number}"))
            progress.update(number + 1, count, _("Step {number}", number=number + 1))
            progress.checkpoint = number + 1
            time.sleep(seconds)
            if number == at:
                raise RuntimeError("It broke in the middle.")
    return JobResult(_("{count} steps are done", count=count), url="/customer")


@job("test.refused", title=_("Refused work"), own_transactions=True)
def refused(site: "Site", *, progress: Progress) -> None:
    raise Conflict(_("The archive is closed."))
