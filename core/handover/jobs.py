"""The hand-over in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.access.models import User
from core.handover import running
from core.handover.models import Handover
from core.i18n import Text, _, ngettext
from core.jobs.progress import Progress
from core.jobs.registry import job
from core.jobs.result import JobResult

if TYPE_CHECKING:
    from core.site import Site


@job("handover.run", title=_("Hand-over"), retries=5, timeout=3600, own_transactions=True)
def hand_over(site: Site, *, progress: Progress, handover: int, locale: str) -> JobResult:
    """Hands over by the rights that who started it has while it runs."""
    given = running.run(progress, handover, locale)
    with site.system("the end of a hand-over", write=False, locale=locale) as env:
        who = select(User.id, User.name).join(Handover, Handover.user_id == User.id).where(Handover.id == handover)
        id, name = env.connection_of_core.execute(who).one()
        lines = running.lines(env, given)
    count = sum(number for each in given.values() for number in each.values())
    text: Text = ngettext(
        "{count} record of {name} handed over", "{count} records of {name} handed over", count, name=name
    )
    return JobResult(text, url=f"/user/{id}", lines=lines)
