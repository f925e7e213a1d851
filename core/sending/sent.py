"""What was sent of a record: to whom, when, by whom, and the very file, for those who may see that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from core.access.actor import PRINT
from core.access.models import FieldLevel
from core.errors import NotFound
from core.mail.addresses import split
from core.mail.files import FILES
from core.mail.messages import MESSAGES
from core.orm.model import Model, describe
from core.orm.parts import part_model, parts_of
from core.pages.catalogue import catalogue_of

if TYPE_CHECKING:
    from core.env import Env

MOST = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """One message about a record. `file_id` is None where the reader may not open the document."""

    id: int
    to: Sequence[str]
    cc: Sequence[str]
    subject: str
    text: str
    state: str
    error: str
    at: datetime
    user_id: int | None
    template: str
    file_id: int | None
    file_name: str
    size: int


def sent_of(env: Env, record: Model) -> list[Sent]:
    """What was sent of the record, newest first, for those who may print it; those who may not see nothing."""
    if not env.can(PRINT, record):
        return []
    about = (MESSAGES.c.model == record.key(), MESSAGES.c.record_id == record.id)
    rows = env.connection_of_core.execute(
        select(MESSAGES).where(*about).order_by(MESSAGES.c.id.desc()).limit(MOST)
    ).all()
    files = _files(env, [row.id for row in rows])
    sees_all = _sees_all(env, type(record))
    return [_told(row, files.get(row.id), is_open=sees_all or _is_own(env, row)) for row in rows]


def file_of(env: Env, record: Model, file_id: int) -> Row[Any]:
    """A document that was sent of the record. Raises `NotFound` for all that the reader may not open."""
    for one in sent_of(env, record):
        if one.file_id == file_id:
            return env.connection_of_core.execute(select(FILES).where(FILES.c.id == file_id)).one()
    raise NotFound()


def _told(row: Row[Any], file: Row[Any] | None, *, is_open: bool) -> Sent:
    return Sent(
        id=row.id,
        to=split(row.to),
        cc=split(row.cc),
        subject=row.subject,
        text=row.text,
        state=row.state,
        error=row.error or "",
        at=row.sent_at or row.created_at,
        user_id=row.user_id,
        template=row.template,
        file_id=file.id if file is not None and is_open else None,
        file_name=file.name if file is not None else "",
        size=file.size if file is not None else 0,
    )


def _files(env: Env, ids: Sequence[int]) -> dict[int, Row[Any]]:
    found = env.connection_of_core.execute(select(FILES).where(FILES.c.message_id.in_(ids)).order_by(FILES.c.id.desc()))
    return {row.message_id: row for row in found}


def _is_own(env: Env, row: Row[Any]) -> bool:
    return env.user_id is not None and row.user_id == env.user_id


def _sees_all(env: Env, model: type[Model]) -> bool:
    """Whether nothing that may stand on the paper is kept from the actor: the file shows what its sender saw."""
    node = catalogue_of(env).of(model).mailing
    internal = set(node.internal) if node is not None else set()
    closed = (FieldLevel.HIDDEN, FieldLevel.MASKED)
    return not any(
        env.actor.field_level(one.key(), name) in closed
        for one in _shown(model)
        for name in describe(one).fields
        if name not in internal
    )


def _shown(model: type[Model]) -> Iterator[type[Model]]:
    yield model
    yield from (part_model(part) for part in parts_of(model).values())
