"""`9kcrm user leave`: a hand-over from the command line, done in this process."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.cli import Failed
from core.cli.site import LANGUAGE, explained, opened

if TYPE_CHECKING:
    from core.access.models import User
    from core.env import Env
    from core.site import Site

SECONDS = 0.5


def hand_over(username: str, successor: str, *, reason: str, leaves: bool) -> list[str]:
    """Gives everything to the successor. Returns what to say of it. Raises `Failed`."""
    from core import handover

    with opened() as site:
        with explained(), site.system("9kcrm user leave", locale=LANGUAGE) as env:
            user, to = _named(env, username), _named(env, successor)
            keys = [each.info.key for each in handover.holdings(env, user.id) if each.is_root]
            models = {key: [to.id] for key in keys}
            plan = handover.Plan(models, to.id, to.id, to.id, to.id, reason=reason, leaves=leaves)
            job = handover.begin(env, user, plan)
        return _done(site, job)


def _done(site: Site, job: int) -> list[str]:
    """Does the job in this process, or waits for the worker that was quicker."""
    from core.i18n import Text, use_locale
    from core.jobs import worker
    from core.jobs.models import JobState
    from core.jobs.outbox import OUTBOX
    from core.jobs.result import JobResult

    while True:
        worker.execute(site, job)
        with site.system("9kcrm user leave", write=False) as env, use_locale(LANGUAGE):
            row = env.connection_of_core.execute(OUTBOX.select().where(OUTBOX.c.id == job)).one()
            if row.state == JobState.DONE.value:
                result = JobResult.from_json(row.result)
                return [str(result.text), *result.lines]
            if row.state in (JobState.FAILED.value, JobState.CANCELLED.value):
                raise Failed(str(Text.from_json(row.failure)) if row.failure else "The hand-over did not end well.")
        time.sleep(SECONDS)


def _named(env: Env, username: str) -> User:
    from sqlalchemy import select

    from core.access.models import User

    found = env.session.scalar(select(User).where(User.username == username))
    if found is None:
        raise Failed(f"There is no user {username!r}. `9kcrm user list` shows them.")
    return found
