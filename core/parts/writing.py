"""Writing the parts of a record: one write of the whole, one entry of its history, one version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import flag_modified

from core import deletion
from core.orm.model import Model
from core.orm.values import to_json
from core.orm.whole import HISTORY, WRITTEN

if TYPE_CHECKING:
    from core.env import Env
    from core.parts.rows import PartRows, Row


def write_rows(env: Env, rows: PartRows, whole: Model) -> None:
    """Stores the rows of a whole that has its id. Raises `StaleDataError` where somebody else has written it since."""
    session = object_session(whole) or env.session
    with writing(session, whole):
        gone = rows.gone()
        if gone:
            deletion.drop(env, rows.service.info, [record.id for record in gone])
            for record in gone:
                session.expunge(record)
        rows.set_whole(whole)
        for row in rows.rows:
            _write(session, rows, row)
        session.flush()


def _write(session: Session, rows: PartRows, row: Row) -> None:
    if row.record is None:
        row.record = rows.service.model(**row.values)
        session.add(row.record)
        return
    for name, value in row.values.items():
        if getattr(row.record, name) != value:
            setattr(row.record, name, value)


@contextmanager
def writing(session: Session, whole: Model) -> Iterator[None]:
    """Within this the session may write the parts of this one record, which its author may write."""
    session.info[WRITTEN] = whole
    try:
        yield
    finally:
        session.info.pop(WRITTEN)


def announce(session: Session, whole: Model, rows: PartRows) -> None:
    """Has the next write of the whole raise its version, and tell of the rows in its history."""
    if whole.id is not None:
        flag_modified(whole, "updated_at")
    session.info.setdefault(HISTORY, {}).setdefault(whole, {})[rows.name] = _told(rows)


def _told(rows: PartRows) -> tuple[list[Any], list[Any]]:
    """What the history keeps: of changed rows what differs, of new and removed ones all that is filled in."""
    before, after = [], []
    for row in rows.rows:
        if row.record is None:
            after.append(_kept(rows, row.values))
            continue
        names = [name for name, value in row.before.items() if row.values[name] != value]
        if set(names) - {rows.part.order} or (names and _is_reordered(rows)):
            before.append(_kept(rows, row.before, names, id=row.record.id))
            after.append(_kept(rows, row.values, names, id=row.record.id))
    for record in rows.gone():
        values = {name: getattr(record, name) for name in rows.names}
        before.append(_kept(rows, values, id=record.id))
    return before, after


def _is_reordered(rows: PartRows) -> bool:
    kept = [row.before[rows.part.order] for row in rows.rows if row.record is not None]
    return kept != sorted(kept)


def _kept(rows: PartRows, values: dict[str, Any], names: list[str] | None = None, id: int | None = None) -> Any:
    """One row as JSON: its place always, the fields that are named, or else all that say something."""
    found = {} if id is None else {"id": id}
    found[rows.part.order] = values[rows.part.order]
    for name in rows.names if names is None else names:
        says = names is not None or values[name] not in (None, "", [])
        if name not in rows.kept and says and rows.service.fields[name].history:
            found[name] = to_json(values[name])
    return found
