"""Writing a message; it leaves once the transaction is committed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import Table, insert

from core import clock
from core.mail import files
from core.mail.addresses import checked, split
from core.mail.files import MailFile
from core.mail.models import Message, MessageState
from core.orm.model import Model, describe

if TYPE_CHECKING:
    from core.env import Env

MESSAGES: Table = Message.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about: a record, and the template that made its document."""

    model: str
    record_id: int
    template: str = ""

    @classmethod
    def record(cls, record: Model, template: str = "") -> About:
        """A record that is at hand."""
        return cls(describe(type(record)).key, record.id, template)


@dataclass(frozen=True, slots=True)
class _Head:
    """To whom a message goes and what it is called; `stopped` is why it is not to leave."""

    to: str
    cc: str
    subject: str
    stopped: str | None = None

    def check(self) -> None:
        checked([*split(self.to), *split(self.cc)])
        if not split(self.to):
            raise ValueError("A message needs an address.")
        if "\n" in self.subject or "\r" in self.subject:
            raise ValueError("A subject is one line.")


def send(
    env: Env,
    *,
    to: str | Sequence[str],
    subject: str,
    text: str,
    html: str | None = None,
    cc: str | Sequence[str] = (),
    reply_to: str = "",
    attachments: Sequence[MailFile] = (),
    about: About | None = None,
) -> int:
    """Writes the message in the env's transaction; returns its id. Without a mail server it is kept.

    `reply_to` is where answers go, if not to the site's own address. What is `about` a record shows there.
    Raises `ValueError` for an address that cannot be one, or a subject of several lines, and `MailTooLarge`.
    """
    head = _Head(", ".join(checked(to)), ", ".join(checked(cc)), subject)
    head.check()
    if reply_to:
        checked(reply_to)
    kept = files.stored(env.site.settings, attachments)
    head = _changed(env, head, text)
    state = MessageState.QUEUED if env.site.settings.smtp and head.stopped is None else MessageState.KEPT
    about = about or About("", 0)
    row = {
        "to": head.to,
        "cc": head.cc,
        "reply_to": reply_to,
        "subject": head.subject[:300],
        "text": text,
        "html": html,
        "state": state.value,
        "error": head.stopped,
        "created_at": clock.now(),
        "user_id": env.user_id,
        "model": about.model,
        "record_id": about.record_id,
        "template": about.template,
    }
    made = env.connection_of_core.execute(insert(MESSAGES).values(**row).returning(MESSAGES.c.id))
    message_id = int(made.scalar_one())
    files.add(env, message_id, kept)
    if state is MessageState.QUEUED:
        env.enqueue("mail.send", message_id=message_id)
    return message_id


def _changed(env: Env, head: _Head, text: str) -> _Head:
    """The head as addons want it. Who leads a message elsewhere means all of it: copies go only where they say so."""
    for change in env.hooks.message_sending(to=head.to, cc=head.cc, subject=head.subject, text=text):
        if change.to is not None:
            head = replace(head, to=change.to, cc="")
        if change.cc is not None:
            head = replace(head, cc=change.cc)
        if change.subject is not None:
            head = replace(head, subject=change.subject)
        if change.stopped is not None:
            head = replace(head, stopped=change.stopped)
    head.check()
    return head
