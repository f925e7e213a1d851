"""Files that go with messages: kept once by their content, like all files of the site."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Row, Table, insert, select

from core.config import Settings
from core.errors import Conflict
from core.files.attachments import clean_name
from core.files.store import Content, keep, path_of
from core.i18n import _
from core.mail.models import MessageFile

if TYPE_CHECKING:
    from core.env import Env

FILES: Table = MessageFile.__table__  # type: ignore[assignment]
MOST = 20
MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file for a message: its name, and its content or what `keep` made of that."""

    name: str
    content: bytes | Content


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it goes over the line."""

    name: str
    mime: str
    path: Path


class MailTooLarge(Conflict):
    """The files of a message are more, or larger, than a mail server takes."""

    code = "mail_too_large"
    default = _("The files are too large for one message.")


def stored(settings: Settings, files: Sequence[MailFile]) -> list[tuple[str, Content]]:
    """The names and kept contents. Raises `MailTooLarge`, and `Invalid` for an empty file."""
    limit = settings.max_mail_files_mb
    sizes = [len(file.content) if isinstance(file.content, bytes) else file.content.size for file in files]
    if len(files) > MOST or sum(sizes) > limit * MB:
        raise MailTooLarge(_("The files are too large for one message: at most {limit} MB.", limit=limit))
    return [(clean_name(file.name), _kept(settings, file.content)) for file in files]


def _kept(settings: Settings, content: bytes | Content) -> Content:
    return content if isinstance(content, Content) else keep(settings, io.BytesIO(content))


def add(env: Env, message_id: int, files: Sequence[tuple[str, Content]]) -> None:
    """Gives the message its files."""
    rows = [
        {"message_id": message_id, "name": name, "size": kept.size, "sha256": kept.sha256, "mime": kept.mime}
        for name, kept in files
    ]
    if rows:
        env.connection_of_core.execute(insert(FILES), rows)


def files_of(connection: Connection, message_id: int) -> Sequence[Row[tuple[int, int, str, int, str, str]]]:
    """The files of the message in their order."""
    return connection.execute(select(FILES).where(FILES.c.message_id == message_id).order_by(FILES.c.id)).all()


def to_send(settings: Settings, connection: Connection, message_id: int) -> list[SentFile]:
    """The same, ready to be sent."""
    found = files_of(connection, message_id)
    return [SentFile(row.name, row.mime, path_of(settings, row.sha256)) for row in found]


def again(connection: Connection, message_id: int) -> list[MailFile]:
    """The same, for another message."""
    found = files_of(connection, message_id)
    return [MailFile(row.name, Content(row.sha256, row.size, row.mime)) for row in found]
