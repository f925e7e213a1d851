"""Which record has which file. A file is as visible as its record; who edits the record adds and removes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from core import clock
from core.access.actor import EDIT
from core.errors import Forbidden, Invalid, NotFound
from core.files.models import Attachment
from core.files.store import Content
from core.i18n import _
from core.orm.model import Model, describe, models
from core.orm.tables import Change

if TYPE_CHECKING:
    from core.env import Env

COMPANY = ""
"""The model of files that belong to the company itself; everybody may see them."""

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
    made = _add(env, key, record.id, name, content)
    _note(env, record, "file_added", [None, made.name])
    return made


def remove(env: Env, record: Model, file_id: int) -> None:
    """Takes a file from the record. Raises `NotFound` for another record's file, or `Forbidden`."""
    file = by_id(env, file_id)
    if (file.model, file.record_id) != (describe(type(record)).key, record.id):
        raise NotFound()
    if not env.can(EDIT, record):
        raise Forbidden()
    gone = {"deleted_at": clock.now(), "deleted_by": env.user_id}
    env.connection_of_core.execute(update(Attachment).where(Attachment.id == file.id).values(**gone))
    _note(env, record, "file_removed", [file.name, None])


def add_company_file(env: Env, *, name: str, content: Content) -> Attachment:
    """Keeps a file of the company itself, such as its logo. The caller has checked that the actor may."""
    return _add(env, COMPANY, 0, name, content)


def readable(env: Env, file_id: int) -> Attachment:
    """The file, if the actor may see its record. Raises `NotFound` for all others alike."""
    file = by_id(env, file_id)
    if file.model != COMPANY:
        model = models().get(file.model)
        if model is None or describe(model).addon not in {"core", *env.enabled}:
            raise NotFound()
        env.get(model, file.record_id)
    return file


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
    wanted = (Attachment.model == key, Attachment.record_id == record_id, Attachment.deleted_at.is_(None))
    with env.system("files of a visible record") as session:
        return session.scalars(select(Attachment).where(*wanted).order_by(Attachment.id.desc())).all()


def _note(env: Env, record: Model, action: str, names: list[str | None]) -> None:
    """Writes into the record's history. Under `file`, as `name` is a field of many records."""
    row = {"model": describe(type(record)).key, "record_id": record.id, "user_id": env.user_id, "reason": ""}
    entry = row | {"action": action, "at": clock.now(), "changes": {"file": names}}
    env.connection_of_core.execute(insert(Change).values(**entry))


def _add(env: Env, key: str, record_id: int, name: str, content: Content) -> Attachment:
    row = {
        "model": key,
        "record_id": record_id,
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
