"""The job that sends a message, and forgetting old ones."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from core import clock
from core.jobs.outbox import writing
from core.jobs.registry import job, schedule
from core.mail.messages import MESSAGES
from core.mail.models import MessageState
from core.mail.smtp import deliver

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site


KEPT = timedelta(days=90)
"""How long messages stay readable."""


@job("mail.send", retries=8, timeout=60, own_transactions=True)
def send(site: Site, *, message_id: int) -> None:
    """Sends the message unless it has been sent; an address that the server refuses is not tried again."""
    with site.engine.connect() as connection:
        message = connection.execute(select(MESSAGES).where(MESSAGES.c.id == message_id)).first()
    # Failed ones are tried again: that is what asking for the job anew means.
    if message is None or message.state in (MessageState.SENT, MessageState.KEPT):
        return
    if site.settings.smtp is None:
        _note(site, message_id, state=MessageState.KEPT.value)
        return
    try:
        deliver(
            site.settings.smtp,
            to=message.to,
            subject=message.subject,
            text=message.text,
            html=message.html,
            reference=f"9kcrm.{message_id}.{message.created_at:%Y%m%d%H%M%S}",
        )
    except (smtplib.SMTPException, OSError) as error:
        # Kept with the message as well, where an administrator looks first.
        _note(site, message_id, state=MessageState.FAILED.value, error=str(error))
        if not _is_final(error):
            raise
    else:
        _note(site, message_id, state=MessageState.SENT.value, sent_at=clock.now(), error=None)


def _is_final(error: Exception) -> bool:
    """Whether the server refused the address for good; codes below 500 ask to try again later."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return False


def _note(site: Site, message_id: int, **values: Any) -> None:
    with writing(site) as connection:
        connection.execute(update(MESSAGES).where(MESSAGES.c.id == message_id).values(**values))


@schedule(every=timedelta(hours=12))
@job("mail.purge")
def purge(env: Env) -> None:
    """Removes messages after three months: what stood in them stands in the records, and they may hold links."""
    old = MESSAGES.c.created_at < clock.now() - KEPT
    env.connection_of_core.execute(delete(MESSAGES).where(old, MESSAGES.c.state != MessageState.QUEUED.value))
