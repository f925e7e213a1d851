"""Files in fields: each belongs to exactly one field of one record.

It is sent first, and waits, seen by nobody but its sender. The write that puts its id into a field gives it to that
record for good: from then on it is as visible as the field, and no other record can ever hold it. What a field no
longer holds stays with the record, because its history tells of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, and_, event, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE

from core.errors import Invalid
from core.files.attachments import add
from core.files.kinds import PICTURES
from core.files.models import WAITING, Attachment
from core.files.store import Content, keep
from core.i18n import Text, _
from core.orm.field import Field, Kind
from core.orm.model import Model, describe
from core.orm.session import SystemSession, UserSession

if TYPE_CHECKING:
    from core.env import Env

WAITS = timedelta(days=1)
"""How long a file waits for its record."""

MOST_WAITING = 200
"""Files of one sender that may wait at the same time."""

MOST_WAITING_FILES_OF_FULL_SIZE = 20
"""What waits of one sender may be as large as so many files of the largest size."""

AGAIN = _("Please choose the file again.")
NO_PICTURE = _("Please choose a picture: PNG, JPEG or WebP.")


def keep_file(env: Env, *, name: str, stream: IO[bytes]) -> int:
    """Stores a file that a field of the type `File` or `Image` can then be given: returns its id.

    Raises `Invalid` for what is empty, too large, or a picture that cannot be read.
    """
    return add_waiting(env, name=name, content=keep(env.site.settings, stream)).id


def add_waiting(env: Env, *, name: str, content: Content) -> Attachment:
    """A file whose content has been kept, and that waits for a record. Raises `Invalid` if too many wait already."""
    if env.user_id is not None:
        check_waiting(env, env.user_id)
    return add(env, WAITING, 0, name, content)


def check_waiting(env: Env, sender: int) -> None:
    """Raises `Invalid` if too many files of the sender wait, or too large ones. To be asked before one is kept."""
    mine = (Attachment.model == WAITING, Attachment.created_by == sender)
    found = select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(*mine)
    count, size = env.connection_of_core.execute(found).one()
    most = MOST_WAITING_FILES_OF_FULL_SIZE * env.site.settings.max_upload_mb * 1024 * 1024
    if count >= MOST_WAITING or size > most:
        raise Invalid({"file": _("Too many of your files belong to nothing yet. Please try again tomorrow.")})


def give_to_company(env: Env, spec: Field, id: int) -> None:
    """Gives a file that waits to a field of the company itself, such as its logo. The caller has checked the rest."""
    _bind(env.connection_of_core, spec, id, None if env.actor.is_system else env.actor.id, 0)


def file_refusal(env: Env, spec: Field, id: int, record: Model | None) -> Text | None:
    """Why the field of the record, or of one to be created, cannot hold that file; None if it can."""
    sender = None if env.actor.is_system else env.actor.id
    allowed = _may_hold(spec, sender, record.id if record is not None else None)
    statement = select(Attachment.mime).where(Attachment.id == id, Attachment.deleted_at.is_(None), allowed)
    mime = env.connection_of_core.scalar(statement)
    if mime is None:
        return AGAIN
    return NO_PICTURE if spec.kind is Kind.IMAGE and mime not in PICTURES else None


@event.listens_for(UserSession, "after_flush")
@event.listens_for(SystemSession, "after_flush")
def _bind_files(session: Session, _context: Any) -> None:
    """Whatever wrote the record, its service or code of an addon: no file gets past this."""
    sender = session.actor.id if isinstance(session, UserSession) else None
    for record in (*session.new, *session.dirty):
        if isinstance(record, Model):
            for spec in describe(type(record)).files:
                for id in get_history(record, spec.name, PASSIVE_NO_INITIALIZE).added or ():
                    if id is not None:
                        _bind(Session.connection(session), spec, id, sender, record.id)


def _bind(connection: Connection, spec: Field, id: int, sender: int | None, record_id: int) -> None:
    wanted = [Attachment.id == id, Attachment.deleted_at.is_(None), _may_hold(spec, sender, record_id)]
    if spec.kind is Kind.IMAGE:
        wanted.append(Attachment.mime.in_(PICTURES))
    values = {"model": spec.model, "record_id": record_id, "field": spec.name}
    if connection.execute(update(Attachment).where(*wanted).values(values)).rowcount != 1:
        raise Invalid({spec.name: AGAIN})


def _may_hold(spec: Field, sender: int | None, record_id: int | None) -> ColumnElement[bool]:
    """What waits, of that sender unless it is the system who writes; and what the record has held before."""
    waits = Attachment.model == WAITING
    if sender is not None:
        waits = and_(waits, Attachment.created_by == sender)
    if record_id is None:
        return waits
    held = (Attachment.model == spec.model, Attachment.record_id == record_id, Attachment.field == spec.name)
    return or_(waits, and_(*held))
