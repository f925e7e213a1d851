"""The job that sends a message, and forgetting old ones."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, and_, delete, select, update

from core import clock
from core.i18n import _
from core.jobs.outbox import writing
from core.jobs.registry import job, schedule
from core.mail.files import SentFile, to_send
from core.mail.messages import MESSAGES
from core.mail.models import MessageState
from core.mail.smtp import Letter, Refusals, deliver

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
        files = to_send(site.settings, connection, message_id)
    # Failed ones are tried again: that is what asking for the job anew means.
    if message is None or message.state in (MessageState.SENT, MessageState.KEPT):
        return
    if site.settings.smtp is None:
        _note(site, message_id, state=MessageState.KEPT.value)
        return
    try:
        refused = deliver(site.settings.smtp, _letter(message, files))
    except (smtplib.SMTPException, OSError) as error:
        # Kept with the message as well, where an administrator looks first.
        _note(site, message_id, state=MessageState.FAILED.value, error=str(error))
        if not _is_final(error):
            raise
        _tell(site, message)
    else:
        # To those who have it, it must not be sent again.
        _note(site, message_id, state=MessageState.SENT.value, sent_at=clock.now(), error=_refusals(refused) or None)


def _letter(message: Row[Any], files: Sequence[SentFile]) -> Letter:
    return Letter(
        to=message.to,
        cc=message.cc,
        reply_to=message.reply_to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        files=files,
        reference=f"9kcrm.{message.id}.{message.created_at:%Y%m%d%H%M%S}",
        # An answer to what a person has written goes to that person, the one of an absence too.
        is_automatic=not message.model,
    )


def _refusals(refused: Refusals) -> str:
    told = [f"{address}: {code} {text.decode('utf-8', 'replace')}" for address, (code, text) in refused.items()]
    return "\n".join(told)


def _is_final(error: Exception) -> bool:
    """Whether the server refused the address for good; codes below 500 ask to try again later."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return False


def _tell(site: Site, message: Row[Any]) -> None:
    """Tells whoever has sent a document that it has not arrived; all else is for administrators."""
    if message.model and message.user_id is not None:
        text = _("“{subject}” could not be delivered to {to}.", subject=message.subject, to=message.to)
        with site.system("a document was not delivered") as env:
            env.notify([message.user_id], text, url=f"/{message.model}/{message.record_id}")


def _note(site: Site, message_id: int, **values: Any) -> None:
    with writing(site) as connection:
        connection.execute(update(MESSAGES).where(MESSAGES.c.id == message_id).values(**values))


@schedule(every=timedelta(hours=12))
@job("mail.purge")
def purge(env: Env) -> None:
    """Removes messages after three months: what stood in them stands in the records, and they may hold links.

    Those about a record are part of it and stay.
    """
    old = and_(MESSAGES.c.created_at < clock.now() - KEPT, MESSAGES.c.model == "")
    env.connection_of_core.execute(delete(MESSAGES).where(old, MESSAGES.c.state != MessageState.QUEUED.value))
