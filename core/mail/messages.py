"""Writing a message; it leaves once the transaction is committed."""

from __future__ import annotations

from email.utils import parseaddr
from typing import TYPE_CHECKING

from sqlalchemy import Table, insert

from core import clock
from core.mail.models import Message, MessageState

if TYPE_CHECKING:
    from core.env import Env

MESSAGES: Table = Message.__table__  # type: ignore[assignment]


def send(env: Env, *, to: str, subject: str, text: str, html: str | None = None) -> int:
    """Writes the message in the env's transaction; returns its id. Without a mail server it is kept.

    Raises ValueError for an address that cannot be one, or a subject of several lines.
    """
    _check(to, subject)
    to, subject, stopped = _changed(env, to, subject, text)
    state = MessageState.QUEUED if env.site.settings.smtp and stopped is None else MessageState.KEPT
    message = {"to": to, "subject": subject[:300], "text": text, "html": html, "error": stopped}
    result = env.connection_of_core.execute(
        insert(MESSAGES).values(state=state.value, created_at=clock.now(), **message)
    )
    assert result.inserted_primary_key is not None
    message_id = int(result.inserted_primary_key[0])
    if state is MessageState.QUEUED:
        env.enqueue("mail.send", message_id=message_id)
    return message_id


def _check(to: str, subject: str) -> None:
    if "@" not in parseaddr(to)[1] or "\n" in to or "\r" in to:
        raise ValueError(f"{to!r} is not an e-mail address.")
    if "\n" in subject or "\r" in subject:
        raise ValueError("A subject is one line.")


def _changed(env: Env, to: str, subject: str, text: str) -> tuple[str, str, str | None]:
    """Address, subject and the reason why the message is not to leave, as addons want them."""
    stopped = None
    for change in env.hooks.message_sending(to=to, subject=subject, text=text):
        to = to if change.to is None else change.to
        subject = subject if change.subject is None else change.subject
        stopped = stopped if change.stopped is None else change.stopped
    _check(to, subject)
    return to, subject, stopped
