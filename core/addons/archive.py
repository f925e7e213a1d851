"""An addon's data as a file to keep: a ZIP with a manifest, one file of JSON lines per table, and the attachments.

It is for people and programs to read later, on this site or without it; nothing takes it in again.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select

from core import __version__, clock
from core.access.models import Share
from core.addons.holdings import holdings
from core.errors import Conflict
from core.files.models import Attachment
from core.files.store import path_of
from core.i18n import _
from core.orm.model import models
from core.orm.tables import Change, ListValue
from core.orm.values import to_json

if TYPE_CHECKING:
    from core.env import Env

FORMAT = 1
"""Grows when somebody who reads such files has to know."""

MANIFEST = "manifest.json"
AT_ONCE = 1_000

_ABOUT: tuple[tuple[Any, Any], ...] = (
    (Change, Change.model),
    (Attachment, Attachment.model),
    (Share, Share.root_model),
)
"""Core's tables that tell of the addon's records what is worth keeping: history, files, collaborators."""


class ArchiveExists(Conflict):
    """There is a file of that name already; archives are never overwritten."""

    code = "archive_exists"


def archive(env: Env, name: str, target: Path) -> dict[str, int]:
    """Writes all that the addon has stored to `target`. Returns the number of rows of each table.

    The file is for its owner's eyes alone, and there completely or not at all. `env` is the system's. Raises
    `ArchiveExists`, `UnknownAddon`, or OSError where it cannot be written.
    """
    addon = env.site.registry.addon(name)
    try:
        raw = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ArchiveExists(_("{path} exists already.", path=str(target))) from error
    try:
        with os.fdopen(raw, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
            tables = [_table(env, made, *each) for each in _tables(env, name)]
            missing = _contents(env, made, name)
            about = {
                "format": FORMAT,
                "addon": name,
                "version": addon.manifest.version,
                "product": __version__,
                "written_at": to_json(clock.now()),
                "tables": tables,
                "missing_files": missing,
            }
            made.writestr(MANIFEST, json.dumps(about, ensure_ascii=False, indent=2))
            made.close()
            # What is purged next must not be lost with the power.
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            target.unlink()
        raise
    return {table["table"]: table["rows"] for table in tables}


def _tables(env: Env, name: str) -> Iterable[tuple[str, Sequence[str], Select[Any]]]:
    """Each table's name, the columns that are the addon's (none where all are), and its rows."""
    for holding in holdings(env.connection_of_core, name):
        yield holding.table.name, [column.name for column in holding.columns], holding.rows
    lists = [spec.key for spec in env.site.registry.addon(name).contributed("lists", "LISTS", ())]
    for table, column in _ABOUT:
        yield table.__tablename__, (), _rows_about(table, column, _keys(name))
    # Without it nobody would know what the codes in the records mean.
    yield ListValue.__tablename__, (), _rows_about(ListValue, ListValue.list, lists)


def _rows_about(table: Any, column: Any, keys: Sequence[str]) -> Select[Any]:
    return select(table.__table__).where(column.in_(keys)).order_by(table.id)


def _table(env: Env, made: zipfile.ZipFile, table: str, columns: Sequence[str], wanted: Select[Any]) -> dict[str, Any]:
    path, rows = f"{table}.jsonl", 0
    found = env.connection_of_core.execute(wanted, execution_options={"yield_per": AT_ONCE}).mappings()
    with made.open(path, "w", force_zip64=True) as file:
        for row in found:
            line = {name: to_json(value) for name, value in row.items()}
            file.write(json.dumps(line, ensure_ascii=False, default=str).encode() + b"\n")
            rows += 1
    return {"table": table, "file": path, "rows": rows} | ({"columns": list(columns)} if columns else {})


def _contents(env: Env, made: zipfile.ZipFile, name: str) -> list[str]:
    """Adds the attachments' contents, each once. Returns those that the data folder has not."""
    wanted = select(Attachment.sha256).where(Attachment.model.in_(_keys(name))).distinct().order_by(Attachment.sha256)
    missing = []
    for sha256 in env.connection_of_core.scalars(wanted):
        path = path_of(env.site.settings, sha256)
        if path.is_file():
            made.write(path, f"files/{sha256}")
        else:
            missing.append(sha256)
    return missing


def _keys(name: str) -> list[str]:
    return [model.key() for model in models().values() if model.__addon__ == name]
