"""What happens by itself: reminders, deputies who step in, and requests that nobody could decide on."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from addons.approval.models import OPEN, ApprovalRequest
from addons.approval.services.watching import Watching
from core.api import NotFound, Site, job, schedule

_LOOKING = "requests that are not over"


@schedule(every=timedelta(minutes=30))
@job("approval.watch", own_transactions=True)
def watch(site: Site) -> None:
    """Looks after every request that is not over, each in a transaction of its own: nobody waits for all of them."""
    with site.system(_LOOKING, write=False) as env:
        ids = env.session.scalars(select(ApprovalRequest.id).where(ApprovalRequest.state.in_(OPEN))).all()
    for id in ids:
        try:
            with site.system(_LOOKING) as env:
                env.service(Watching).look(id)
        except NotFound:
            # Its record is gone, or the addon of it is off: there is nothing to look after now.
            continue
