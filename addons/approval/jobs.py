"""What happens by itself: reminders, deputies who step in, and requests that nobody could decide on."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from addons.approval.models import OPEN, ApprovalRequest
from addons.approval.services.watching import Watching
from core.api import Env, NotFound, job, schedule


@schedule(every=timedelta(minutes=30))
@job("approval.watch")
def watch(env: Env) -> None:
    """Looks after every request that is not over."""
    ids = env.session.scalars(select(ApprovalRequest.id).where(ApprovalRequest.state.in_(OPEN))).all()
    watching = env.service(Watching)
    for id in ids:
        try:
            watching.look(id)
        except NotFound:
            # Its record is gone, or the addon of it is off: there is nothing to look after now.
            continue
