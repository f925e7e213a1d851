"""Copies by e-mail, and forgetting what is old."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from core import clock, mail
from core.access.models import User
from core.errors import Forbidden, NotFound
from core.jobs.registry import job, schedule
from core.notifications import reading
from core.notifications.sending import NOTIFICATIONS

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

KEPT, KEPT_UNREAD = timedelta(days=90), timedelta(days=365)


@job("notifications.mail", retries=3, own_transactions=True)
def send_copy(site: Site, *, notification_id: int) -> None:
    """Sends the user what they were told, with what they may see now. Not if they have read it meanwhile."""
    with site.engine.connect() as connection:
        wanted = select(NOTIFICATIONS.c.user_id).where(NOTIFICATIONS.c.id == notification_id)
        user_id = connection.scalar(wanted)
    if user_id is None:
        return
    try:
        with site.env(user_id) as reader:
            told = reading.one(reader, notification_id)
            text = "\n\n".join(part for part in (told.text, _address(site, told.url)) if part)
            subject = told.text
    except (Forbidden, NotFound):
        # Gone meanwhile, the notification or the account.
        return
    if not told.is_read:
        with site.system("copy of a notification") as env:
            _hand_over(env, notification_id, user_id, subject, text)


def _hand_over(env: Env, notification_id: int, user_id: int, subject: str, text: str) -> None:
    """Writes the message once, however often the job runs."""
    wanted = (NOTIFICATIONS.c.id == notification_id, NOTIFICATIONS.c.mailed_at.is_(None))
    taken = env.connection_of_core.execute(update(NOTIFICATIONS).where(*wanted).values(mailed_at=clock.now()))
    address = env.connection_of_core.scalar(select(User.email).where(User.id == user_id))
    if taken.rowcount == 1 and address:
        mail.send(env, to=address, subject=" ".join(subject.split()), text=text)


def _address(site: Site, url: str) -> str:
    """The whole address, where the site knows its own."""
    public = (site.settings.public_url or "").rstrip("/")
    return f"{public}{url}" if url and public else ""


@schedule(every=timedelta(hours=12))
@job("notifications.purge")
def purge(env: Env) -> None:
    """Removes what was read three months ago, and what nobody has read in a year."""
    now, created_at = clock.now(), NOTIFICATIONS.c.created_at
    is_read = NOTIFICATIONS.c.read_at.is_not(None)
    old = (created_at < now - KEPT_UNREAD) | (is_read & (created_at < now - KEPT))
    env.connection_of_core.execute(delete(NOTIFICATIONS).where(old))
