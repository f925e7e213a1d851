"""Removing records for good, with all that belongs to them in any table of core or of an addon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Table, delete, func, or_, select, update

from core import ownership
from core.access.models import Share, User
from core.duplicates.tables import DuplicateDenial, DuplicateKey
from core.exchange.imports.models import ImportedRecord
from core.files.models import Attachment
from core.merging.models import Merge
from core.notifications.models import Notification
from core.orm import search
from core.orm.field import Kind
from core.orm.model import Base, Model, ModelInfo, describe, model_of, models
from core.orm.rules import Owned
from core.orm.tables import Change, Deletion, Sequence, SystemAccess
from core.orm.versions import bump
from core.workflow.tables import WaitingTransition

if TYPE_CHECKING:
    from core.env import Env

Found = dict[str, set[int]]
BATCH = 500


def remove_records(env: Env, wanted: Mapping[str, set[int]]) -> None:
    """Removes the records `wanted` (model → ids) and what cannot be without them; other links to them are cleared.

    Records of real people that belonged to a removed user belong to nobody afterwards.
    """
    env.flush()
    found = _with_dependents(env, {key: set(ids) for key, ids in wanted.items() if key in models()})
    _disown(env, found)
    for key, ids in found.items():
        _remove_traces(env, describe(model_of(key)), ids)
    _clear_links(env, found)
    for table in reversed(Base.metadata.sorted_tables):
        model = _model_of(table)
        for batch in _batches(found.get(model.key(), set()) if model else set()):
            env.connection_of_core.execute(delete(table).where(table.c.id.in_(batch)))
    _restart_numbers(env, found)
    for key in {model_of(key).__bumps__ for key in found} - {""}:
        bump(env.connection_of_core, key)
    env.session.expunge_all()


def _with_dependents(env: Env, found: Found) -> Found:
    """`found` and every record whose required link leads to one of them, over any number of steps."""
    queue = list(found.items())
    while queue:
        key, ids = queue.pop()
        for table, column in _links_to(model_of(key).__table__):
            child = _model_of(table)
            if child is None or column.nullable:
                continue
            known = found.setdefault(child.key(), set())
            more = _ids(env, table, column, ids) - known
            if more:
                known |= more
                queue.append((child.key(), more))
    return {key: ids for key, ids in found.items() if ids}


def _disown(env: Env, found: Found) -> None:
    """Takes the removed users' ownership of what stays, so that lists and search know of it."""
    users = found.get(User.key(), set())
    for model in models().values():
        info = describe(model)
        if not users or not info.owner:
            continue
        table: Any = model.__table__
        staying = _ids(env, table, table.c[info.owner], users) - found.get(info.key, set())
        for batch in _batches(staying):
            env.connection_of_core.execute(update(table).where(table.c.id.in_(batch)).values({info.owner: None}))
            search.index_ids(env.connection_of_core, info, batch)
            if isinstance(info.rule, Owned):
                ownership.move_followers(env, info, batch, None)


def _remove_traces(env: Env, info: ModelInfo, ids: set[int]) -> None:
    """History, shares, files and search entries, which name their record by its kind and id."""
    connection = env.connection_of_core
    traces: tuple[tuple[Any, Any, Any], ...] = (
        (Change, Change.model, Change.record_id),
        (Share, Share.root_model, Share.root_id),
        (Attachment, Attachment.model, Attachment.record_id),
        (Deletion, Deletion.model, Deletion.record_id),
        (ImportedRecord, ImportedRecord.model, ImportedRecord.record_id),
        (Merge, Merge.model, Merge.survivor_id),
        (Notification, Notification.model, Notification.record_id),
        (WaitingTransition, WaitingTransition.model, WaitingTransition.record_id),
        (DuplicateKey, DuplicateKey.model, DuplicateKey.record_id),
        (DuplicateDenial, DuplicateDenial.model, DuplicateDenial.low_id),
        (DuplicateDenial, DuplicateDenial.model, DuplicateDenial.high_id),
    )
    for batch in _batches(ids):
        search.remove(connection, info, batch)
        for table, kind, id in traces:
            connection.execute(delete(table).where(kind == info.key, id.in_(batch)))
        if info.model is User:
            connection.execute(delete(SystemAccess).where(SystemAccess.user_id.in_(batch)))


def _clear_links(env: Env, found: Found) -> None:
    """Nothing points at what is about to go: a required link of a core table takes its row along."""
    for key, ids in found.items():
        for table, column in _links_to(model_of(key).__table__):
            for batch in _batches(ids):
                pointing = column.in_(batch)
                if column.nullable:
                    statement: Any = update(table).where(pointing).values({column.name: None})
                elif _model_of(table) is None:
                    statement = delete(table).where(pointing)
                else:
                    continue
                env.connection_of_core.execute(statement)


def _restart_numbers(env: Env, found: Found) -> None:
    """A series that numbers nothing any more starts again at 1."""
    for key in found:
        info = describe(model_of(key))
        serials = [spec for spec in info.fields.values() if spec.kind is Kind.SERIAL]
        if serials and not env.connection_of_core.scalar(select(func.count(info.model.__table__.c.id))):
            for name in [f"{spec.model}.{spec.name}" for spec in serials]:
                # With the date in their template they have a counter for each month, say.
                mine = or_(Sequence.key == name, Sequence.key.startswith(f"{name}:", autoescape=True))
                env.connection_of_core.execute(delete(Sequence).where(mine))


def _links_to(target: Any) -> Iterator[tuple[Table, Column[Any]]]:
    for table in Base.metadata.tables.values():
        for column in table.c:
            if any(key.column.table is target for key in column.foreign_keys):
                yield table, column


def _model_of(table: Table) -> type[Model] | None:
    return next((model for model in models().values() if model.__table__ is table), None)


def _ids(env: Env, table: Any, column: Any, targets: set[int]) -> set[int]:
    found: set[int] = set()
    for batch in _batches(targets):
        found.update(env.connection_of_core.scalars(select(table.c.id).where(column.in_(batch))))
    return found


def _batches(ids: set[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]
