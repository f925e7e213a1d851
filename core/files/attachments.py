"""Which record has which file. A file is as visible as its record; who edits the record adds and removes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from core import clock
from core.access.actor import EDIT
from core.access.models import FieldLevel
from core.errors import Forbidden, Invalid, NotFound
from core.files.models import COMPANY, WAITING, Attachment
from core.files.store import Content
from core.i18n import _
from core.orm.model import Model, ModelInfo, describe, models
from core.orm.tables import Change

if TYPE_CHECKING:
    from core.env import Env

MOST = 500
"""Files of one record."""

_SEPARATORS = re.compile(r"[/\\:*?\"<>|]+")


def files_of(env: Env, record: Model) -> Sequence[Attachment]:
    """The record's files, newest first. The actor has the record, so the guard has spoken already."""
    return _of(env, describe(type(record)).key, record.id)


def attach(env: Env, record: Model, *, name: str, content: Content) -> Attachment:
    """Gives the record a file whose content has been kept. Raises `Forbidden` if the actor may not edit."""
    if not env.can(EDIT, record):
        raise Forbidden()
    key = describe(type(record)).key
    if len(_of(env, key, record.id)) >= MOST:
        raise Invalid({"file": _("A record takes at most {limit} files.", limit=MOST)})
    made = add(env, key, record.id, name, content)
    _note(env, record, "file_added", [None, made.name])
    return made


def remove(env: Env, record: Model, file_id: int) -> None:
    """Takes a file from the record. Raises `NotFound` for another record's file, or `Forbidden`."""
    file = by_id(env, file_id)
    if (file.model, file.record_id, file.field) != (describe(type(record)).key, record.id, ""):
        raise NotFound()
    if not env.can(EDIT, record):
        raise Forbidden()
    gone = {"deleted_at": clock.now(), "deleted_by": env.user_id}
    env.connection_of_core.execute(update(Attachment).where(Attachment.id == file.id).values(**gone))
    _note(env, record, "file_removed", [file.name, None])


def add(env: Env, key: str, record_id: int, name: str, content: Content) -> Attachment:
    """A file of a record, of the company, or one that waits, whose content has been kept."""
    row = {
        "model": key,
        "record_id": record_id,
        "field": "",
        "name": clean_name(name),
        "size": content.size,
        "sha256": content.sha256,
        "mime": content.mime,
        "width": content.width,
        "height": content.height,
        "created_at": clock.now(),
        "created_by": env.user_id,
    }
    made = env.connection_of_core.execute(insert(Attachment).values(**row).returning(Attachment.id))
    return by_id(env, int(made.scalar_one()))


def readable(env: Env, file_id: int) -> Attachment:
    """The file, if the actor may see its record and, of a file in a field, the field. Raises `NotFound`."""
    file = by_id(env, file_id)
    if file.model == WAITING:
        is_open = file.created_by is not None and file.created_by == env.user_id
    else:
        is_open = file.model == COMPANY or _is_within_reach(env, file)
    if not is_open:
        raise NotFound()
    return file


def _is_within_reach(env: Env, file: Attachment) -> bool:
    model = models().get(file.model)
    if model is None or describe(model).addon not in {"core", *env.enabled}:
        return False
    env.get(model, file.record_id)
    return not file.field or _shows(env, describe(model), file.field)


def _shows(env: Env, info: ModelInfo, name: str) -> bool:
    """Whether a record's page shows the actor the field's value, rather than nothing or an outline."""
    spec = info.fields.get(name)
    if spec is None or spec.addon not in {"", "core", *env.enabled}:
        return False
    return env.actor.field_level(info.key, name) not in (FieldLevel.HIDDEN, FieldLevel.MASKED)


def by_id(env: Env, file_id: int) -> Attachment:
    """The file itself, whoever asks. Raises `NotFound`."""
    statement = select(Attachment).where(Attachment.id == file_id, Attachment.deleted_at.is_(None))
    with env.system("a file, checked by its record") as session:
        found = session.scalar(statement)
    if found is None:
        raise NotFound()
    return found


def file_url(file: Attachment) -> str:
    """The address of the file, relative to the site."""
    from urllib.parse import quote

    return f"/file/{file.id}/{quote(file.name)}"


def clean_name(name: str) -> str:
    """A file's name without folders and control characters, at most 200 characters with its ending."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    text = _SEPARATORS.sub("_", text).strip(" .")
    stem, dot, ending = text.rpartition(".")
    if dot and len(text) > 200 and len(ending) <= 20:
        text = stem[: 199 - len(ending)] + "." + ending
    return text[:200] or "file"


def _of(env: Env, key: str, record_id: int) -> Sequence[Attachment]:
    wanted = (Attachment.model == key, Attachment.record_id == record_id, Attachment.field == "")
    alive = Attachment.deleted_at.is_(None)
    with env.system("files of a visible record") as session:
        return session.scalars(select(Attachment).where(*wanted, alive).order_by(Attachment.id.desc())).all()


def _note(env: Env, record: Model, action: str, names: list[str | None]) -> None:
    """Writes into the record's history. Under `file`, as `name` is a field of many records."""
    row = {"model": describe(type(record)).key, "record_id": record.id, "user_id": env.user_id, "reason": ""}
    entry = row | {"action": action, "at": clock.now(), "changes": {"file": names}}
    env.connection_of_core.execute(insert(Change).values(**entry))
