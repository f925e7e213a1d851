"""Files that jobs make for those who asked for them, kept for a day."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from pathlib import Path
from typing import IO, TYPE_CHECKING

from core.access.actor import READ
from core.errors import Conflict, Forbidden, NotFound
from core.i18n import _
from core.jobs.result import ResultFile

if TYPE_CHECKING:
    from core.config import Settings
    from core.env import Env
    from core.jobs.showing import ShownJob


class FileGone(NotFound):
    """The file was made too long ago."""

    default = _("This file has been removed: files are kept for one day. Please ask for it again.")


class RightsChanged(Conflict):
    """What the user may see is no longer what it was when the file was made."""

    code = "rights_changed"
    default = _("Your permissions have changed since this file was made. Please ask for it again.")


def keep(env: Env, file: IO[bytes], *, name: str, mime: str, grant: tuple[str, str]) -> ResultFile:
    """Keeps the content of `file` for the env's user, who needs `grant` to fetch it."""
    stored = secrets.token_hex(16)
    path = path_of(env.site.settings, stored)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.seek(0)
    with path.open("wb") as kept:
        shutil.copyfileobj(file, kept)
    return ResultFile(stored, name, mime, path.stat().st_size, grant, access_of(env, grant))


def fetch(env: Env, job: ShownJob) -> tuple[ResultFile, Path]:
    """The file of one of the actor's own jobs.

    Raises `NotFound`, `FileGone`, `Forbidden` without the grant, `RightsChanged` where what `access_of` looks at is no
    longer as it was when the file was made: it might hold what they may no longer see.
    """
    file = job.result.file if job.result is not None else None
    if file is None:
        raise NotFound()
    if not env.actor.may(*file.grant):
        raise Forbidden()
    if access_of(env, file.grant) != file.access:
        raise RightsChanged()
    path = path_of(env.site.settings, file.stored)
    if not path.exists():
        raise FileGone()
    return file, path


def path_of(settings: Settings, stored: str) -> Path:
    """Where such a file lies."""
    return folder(settings) / stored


def folder(settings: Settings) -> Path:
    """Where all of them lie."""
    return settings.data / "results"


def access_of(env: Env, grant: tuple[str, str]) -> str:
    """A digest of what the actor may do: grants and scopes, owners in reach, fields, and whose `access_rules` hold.

    It knows nothing of single records: one that has been assigned to somebody else, a share that has been revoked or
    has run out, or an addon's rule that answers otherwise by now, does not keep the file from who asked for it.
    """
    actor, (model, action) = env.actor, grant
    reach = [sorted(owners) if (owners := actor.owners(model, what)) is not None else None for what in (READ, action)]
    fields = [sorted(actor.organisation.field_grants.get(role, {}).items()) for role in sorted(actor.member.roles)]
    hook = env.site.registry.hooks.among(env.enabled)["access_rules"]
    rules = sorted({implementation.addon for implementation in hook.implementations})
    return hashlib.sha256(repr((sorted(actor.grants.items()), reach, fields, rules)).encode()).hexdigest()
