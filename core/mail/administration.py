"""All messages of the site, for administrators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select, update

from core.access.actor import READ
from core.access.users import ADMINISTERS
from core.errors import Conflict, NotFound
from core.i18n import _
from core.mail.addresses import split
from core.mail.files import again, files_of
from core.mail.messages import MESSAGES, About, send
from core.mail.models import MessageState
from core.orm.model import models

__all__ = [
    "NoMailServer",
    "counts",
    "files_of",
    "message_of",
    "messages_in",
    "readable_text",
    "send_again",
    "send_test",
]

if TYPE_CHECKING:
    from core.env import Env

_SECRET_LINK = re.compile(r"(/password/reset/)[^\s\"'<>]+")


class NoMailServer(Conflict):
    """No mail server is configured."""

    code = "no_mail_server"
    default = _("No mail server is set up, so nothing can be sent.")


def counts(env: Env) -> dict[str, int]:
    """State → how many messages are in it."""
    found = env.connection_of_core.execute(select(MESSAGES.c.state, func.count()).group_by(MESSAGES.c.state)).all()
    return {state: int(number) for state, number in found}


def messages_in(env: Env, state: str, limit: int, *, before: int | None = None) -> Sequence[Any]:
    """The messages in that state, or with "" in any, newest first, older than the one with the id `before`.

    Each has id, to, subject, state and created_at.
    """
    wanted = [] if before is None else [MESSAGES.c.id < before]
    if state:
        wanted.append(MESSAGES.c.state == state)
    columns = (MESSAGES.c.id, MESSAGES.c.to, MESSAGES.c.subject, MESSAGES.c.state, MESSAGES.c.created_at)
    statement = select(*columns).where(*wanted).order_by(MESSAGES.c.id.desc()).limit(limit)
    return env.connection_of_core.execute(statement).all()


def message_of(env: Env, id: int) -> Row[Any]:
    """One message. Raises `NotFound`."""
    found = env.connection_of_core.execute(select(MESSAGES).where(MESSAGES.c.id == id)).first()
    if found is None:
        raise NotFound()
    return found


def readable_text(env: Env, message: Row[Any]) -> str:
    """The text of a message, without links that would let its reader become somebody else.

    Only who may edit roles sees those: they could set a new password anyway. What people wrote about a record is for
    those who may see the record.
    """
    if message.model and not _may_see(env, message):
        return str(_("What it says is for those who may see the record that it is about."))
    text = str(message.text)
    return text if env.actor.may(*ADMINISTERS) else _SECRET_LINK.sub(r"\1…", text)


def _may_see(env: Env, message: Row[Any]) -> bool:
    model = models().get(message.model)
    return model is not None and bool(env.ids_within(model, {message.record_id}, READ))


def send_again(env: Env, id: int) -> None:
    """Sends a message that was kept or has failed; of one that was sent, a copy. Raises `NoMailServer`."""
    if env.site.settings.smtp is None:
        raise NoMailServer()
    message = message_of(env, id)
    if message.state in (MessageState.SENT, MessageState.QUEUED):
        _send_copy(env, message)
        return
    waits = {"state": MessageState.QUEUED.value, "error": None}
    env.connection_of_core.execute(update(MESSAGES).where(MESSAGES.c.id == id).values(**waits))
    env.enqueue("mail.send", message_id=id)


def _send_copy(env: Env, message: Row[Any]) -> None:
    send(
        env,
        to=split(message.to),
        cc=split(message.cc),
        reply_to=message.reply_to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        attachments=again(env.connection_of_core, message.id),
        about=About(message.model, message.record_id, message.template),
    )


def send_test(env: Env, to: str) -> int:
    """Sends a message by which the settings are tried; returns its id. Raises `ValueError` for no address."""
    company = env.setting("company.name") or "9KCRM"
    text = _("If you can read this, {company} can send e-mail.", company=company)
    return send(env, to=to, subject=str(_("A test message of {company}", company=company)), text=str(text))
