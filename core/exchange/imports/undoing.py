"""Taking an import back: what it made goes, what it changed becomes as it was, unless it has been touched since."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, select

from core import deletion
from core.errors import AppError
from core.exchange.imports.models import ImportedRecord
from core.orm.model import describe, model_of, models
from core.orm.values import from_json, to_json

if TYPE_CHECKING:
    from core.env import Env
    from core.jobs.progress import Progress

RECORDS = 500
"""In one transaction."""


def take_back(progress: Progress, import_id: int) -> dict[str, int]:
    """Undoes the import, its last record first. Returns how many were `undone`, and how many `kept`, touched since."""
    before = progress.checkpoint or {"id": None, "counts": {}}
    last, counts = before["id"], Counter(before["counts"])
    with progress.site.system("an import is undone", write=False) as env:
        total = before.get("total") or _count(env, import_id)
    while True:
        with progress.batch() as env:
            entries = _entries(env, import_id, last)
            if entries:
                counts.update(_undo(env, entries))
                last = entries[-1].id
                # Once is enough: another attempt has only the rest before it.
                done = (ImportedRecord.import_id == import_id, ImportedRecord.id >= last)
                env.connection_of_core.execute(delete(ImportedRecord).where(*done))
                progress.checkpoint = {"id": last, "counts": dict(counts), "total": total}
                progress.update(sum(counts.values()), total)
        if not entries:
            return dict(counts)


def _count(env: Env, import_id: int) -> int:
    wanted = select(func.count()).select_from(ImportedRecord).where(ImportedRecord.import_id == import_id)
    return env.connection_of_core.scalar(wanted) or 0


def _entries(env: Env, import_id: int, last: int | None) -> Sequence[Row[Any]]:
    wanted = select(ImportedRecord.__table__).where(ImportedRecord.import_id == import_id)
    if last is not None:
        wanted = wanted.where(ImportedRecord.id < last)
    return env.connection_of_core.execute(wanted.order_by(ImportedRecord.id.desc()).limit(RECORDS)).all()


def _undo(env: Env, entries: Sequence[Row[Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    made: dict[str, dict[int, int]] = defaultdict(dict)
    for entry in entries:
        if entry.model not in models():
            counts["kept"] += 1
        elif entry.changes is None:
            made[entry.model][entry.record_id] = entry.version
        else:
            counts["undone" if _change_back(env, entry) else "kept"] += 1
    for key, versions in made.items():
        gone = _remove(env, key, versions)
        counts.update(undone=gone, kept=len(versions) - gone)
    return counts


def _change_back(env: Env, entry: Row[Any]) -> bool:
    """Gives the fields back the values that they had, where they still have those of the import."""
    model: Any = model_of(entry.model)
    record = env.session.get(model, entry.record_id)
    if record is None or record.deleted_at is not None:
        return False
    fields = describe(model).fields
    values = {
        name: from_json(fields[name], before)
        for name, (before, after) in entry.changes.items()
        if name in fields and to_json(getattr(record, name)) == after
    }
    if not values:
        return False
    wanted, owner = len(values), describe(model).owner
    try:
        with env.savepoint():
            if owner in values:
                env.records(model).assign(record, to=values.pop(owner))
            env.records(model).update(record, values)
    except AppError:
        # What was right then breaks a rule by now; the value stays, and is counted as such.
        return False
    return wanted == len(entry.changes)


def _remove(env: Env, key: str, versions: dict[int, int]) -> int:
    """Deletes the records that nobody has touched since, nor added anything to. Returns how many went."""
    info = describe(model_of(key))
    columns = info.table.c
    wanted = select(columns.id, columns.version).where(columns.id.in_(list(versions)), columns.deleted_at.is_(None))
    # Locked: an edit that is under way at this moment is waited for, and seen.
    rows = env.connection_of_core.execute(wanted.order_by(columns.id).with_for_update())
    untouched = [id for id, version in rows if versions[id] == version]
    used = deletion.with_belongings(env, info, untouched)
    return len(deletion.delete_many(env, info, [id for id in untouched if id not in used]))
