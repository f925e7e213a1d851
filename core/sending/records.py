"""Sending a record: its document is made first, outside of any transaction that writes, and then the message stored."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert

from core import clock, mail
from core.errors import Conflict, Stale
from core.files.store import Content, keep
from core.i18n import _
from core.orm.model import Model
from core.orm.tables import Change
from core.pages.happenings import MAIL
from core.printing.records import document_of
from core.printing.templates import AT, template_of
from core.sending.letter import Letter
from core.sending.offer import is_offered, mailing_of, templates_for

if TYPE_CHECKING:
    from core.env import Env


class NotToBeSent(Conflict):
    """The record cannot be sent as it is now."""

    code = "not_to_be_sent"
    default = _("This cannot be sent by e-mail at the moment.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A letter whose document has been made and kept, of the record as it was at that version."""

    letter: Letter
    version: int
    name: str
    content: Content


def prepare(env: Env, record: Model, letter: Letter, *, seen: int | None = None) -> Prepared:
    """Makes the document, by the rights of the actor. `seen` is the version that they saw.

    Raises `Forbidden` for who may not print it, `Stale`, `NotToBeSent`, `MailTooLarge`, and what `print_record` raises.
    """
    node = mailing_of(env, record)
    _check_version(record, seen)
    if not is_offered(env, node, record):
        raise NotToBeSent()
    offered = templates_for(env, node, record)
    # The reader's own language needs no name.
    key = letter.template.removesuffix(f"{AT}{env.locale}") or next(iter(offered))
    if key not in offered:
        raise NotToBeSent()
    document = document_of(env, record, key)
    limit = env.site.settings.max_mail_files_mb
    if len(document.content) > limit * 1024 * 1024:
        raise mail.MailTooLarge(_("The document is too large for a message: at most {limit} MB.", limit=limit))
    content = keep(env.site.settings, io.BytesIO(document.content))
    return Prepared(Letter(*_parts(letter, key)), record.version, document.name, content)


def _parts(letter: Letter, template: str) -> tuple[tuple[str, ...], tuple[str, ...], str, str, str, str]:
    return letter.to, letter.cc, letter.subject, letter.text, template, letter.reply_to


def send(env: Env, record: Model, prepared: Prepared) -> int:
    """Stores the message with its document; returns its id. Raises `Stale` if the record is another by now.

    What the addon does then, such as a transition, happens with it or not at all.
    """
    node, letter = mailing_of(env, record), prepared.letter
    _check_version(record, prepared.version)
    id = mail.send(
        env,
        to=letter.to,
        cc=letter.cc,
        reply_to=letter.reply_to,
        subject=letter.subject,
        text=letter.text,
        attachments=[mail.MailFile(prepared.name, prepared.content)],
        about=mail.About.record(record, letter.template),
    )
    _note(env, record, letter.template)
    if node.sent is not None:
        node.sent(env, record)
    return id


def _check_version(record: Model, version: int | None) -> None:
    if version is not None and version != record.version:
        raise Stale(model=record.key(), id=record.id, version=record.version)


def _note(env: Env, record: Model, template: str) -> None:
    """The record's history says that it was sent as what; to whom stands with the message."""
    label = template_of(env, type(record), template).label
    row = {"model": record.key(), "record_id": record.id, "action": MAIL, "at": clock.now(), "user_id": env.user_id}
    changes = {"template": [None, template], "label": [None, label.as_json()]}
    env.connection_of_core.execute(insert(Change).values(**row, reason="", changes=changes))
