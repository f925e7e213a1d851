"""What happens on every write: who and when, copied roots, rights on the stored and the new row, history, search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, event, insert, inspect, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history

from core import clock
from core.access.actor import CREATE, EDIT, REFER
from core.access.guard import predicate
from core.duplicates import store as duplicates
from core.errors import Forbidden, Invalid
from core.i18n import _
from core.orm import numbers, search
from core.orm.field import Field, Kind
from core.orm.model import SYSTEM_FIELDS, Follower, Model, ModelInfo, describe, model_of, models
from core.orm.moving import KEY as MOVING
from core.orm.moving import is_moving
from core.orm.parts import is_part
from core.orm.roots import lock_roots
from core.orm.rules import Follows
from core.orm.session import MARKED, SystemSession, UserSession
from core.orm.tables import Change
from core.orm.values import to_json
from core.orm.versions import bump
from core.orm.whole import give_owners, is_written_with_whole, stamp_alone, stamp_with_whole, told_of_parts

KEPT_BY_CORE = (
    "deleted_at",
    "deleted_by",
    "deletion",
    "created_at",
    "created_by",
)


@event.listens_for(UserSession, "before_flush")
@event.listens_for(SystemSession, "before_flush")
def _before(session: Session, _context: Any, _instances: Any) -> None:
    new, changed = _records(session.new), _records(o for o in session.dirty if session.is_modified(o))
    with session.no_autoflush:
        if isinstance(session, UserSession):
            _check_before(session, new, changed)
        for record in new:
            _stamp_new(session, record)
        _refuse_states(session, new, changed)
        for record in (*new, *changed):
            _stamp(session, record)


@event.listens_for(UserSession, "after_flush")
@event.listens_for(SystemSession, "after_flush")
def _after(session: Session, _context: Any) -> None:
    new, changed = _records(session.new), _records(o for o in session.dirty if session.is_modified(o))
    connection = Session.connection(session)
    session.info["wrote"] = session.info.get("wrote", 0) + 1
    if isinstance(session, UserSession):
        # Parts are written with their whole only, whose row is looked at.
        _check_rows(session, [r for r in (*new, *filter(_is_moved, changed)) if not is_part(type(r))], CREATE)
        _check_rows(session, [r for r in changed if not is_part(type(r))], EDIT)
    _move_followers(connection, changed)
    _move_owners(connection, changed)
    _write_history(session, connection, new, changed)
    fresh = {record.id for record in new}
    for model, records in _by_model((*new, *changed)).items():
        search.index(connection, describe(model), records)
        search.index_linking(connection, describe(model), records)
        duplicates.index(connection, describe(model), records, new=fresh)
        if model.__bumps__:
            bump(connection, model.__bumps__)
    env = session.info.get("env")
    if env is not None:
        env.note_saved((r for r in new if not is_part(type(r))), created=True)
        env.note_saved((r for r in changed if not is_part(type(r))), created=False)


def _is_moved(record: Model) -> bool:
    """Whether the record follows another one than before: adding it there must be allowed."""
    rule = describe(type(record)).rule
    return isinstance(rule, Follows) and get_history(record, rule.link).has_changes()


def changes_of(record: Model) -> dict[str, tuple[Any, Any]]:
    """Field → (before, after) of what was set since the record was loaded or made."""
    found = {}
    for name, spec in describe(type(record)).fields.items():
        history = get_history(record, name)
        if history.has_changes():
            before = history.deleted[0] if history.deleted else None
            after = history.added[0] if history.added else None
            if before != after:
                found[spec.name] = (before, after)
    return found


def _records(objects: Iterable[Any]) -> list[Model]:
    return [o for o in objects if isinstance(o, Model)]


def _by_model(records: Iterable[Model]) -> dict[type[Model], list[Model]]:
    found: dict[type[Model], list[Model]] = defaultdict(list)
    for record in records:
        found[type(record)].append(record)
    return found


def _stamp_new(session: Session, record: Model) -> None:
    if record.created_at is None:
        record.created_at, record.created_by = clock.now(), session.info.get("user_id")
    info = describe(type(record))
    for name, spec in info.fields.items():
        if spec.addon != info.addon and not _is_on(session, spec):
            continue
        if spec.kind is Kind.SERIAL and not spec.number_at and getattr(record, name) is None:
            setattr(record, name, numbers.next_number(session.info["env"], spec, record))
        elif spec.addon != info.addon and spec.default is not None and name not in inspect(record).dict:
            # The columns of an extension have no default of their own: it holds only while the addon is on.
            setattr(record, name, spec.default() if callable(spec.default) else spec.default)
    workflow = type(record).__workflow__
    if workflow is not None and getattr(record, workflow.field) is None:
        setattr(record, workflow.field, workflow.initial)


def _is_on(session: Session, spec: Field) -> bool:
    env = session.info.get("env")
    return env is None or spec.addon in env.enabled


def _refuse_states(session: Session, new: list[Model], changed: list[Model]) -> None:
    """A state changes by a transition, and begins at the first one unless the system puts in what happened before."""
    for record in new:
        workflow = type(record).__workflow__
        is_users = workflow is not None and isinstance(session, UserSession)
        if workflow is not None and is_users and getattr(record, workflow.field) != workflow.initial:
            raise Forbidden(_("The state is changed by an action only."))
    for record in changed:
        workflow = type(record).__workflow__
        is_moved = workflow is not None and get_history(record, workflow.field).has_changes()
        if is_moved and not is_moving(session, record):
            raise Forbidden(_("The state is changed by an action only."))


def _refuse_locked(session: UserSession, record: Model) -> None:
    """Whatever code sets on a record: a state that locks it holds."""
    if type(record).__workflow__ is None:
        return
    from core.workflow import locks

    locks.check_state(session.info["env"], record, changes_of(record).keys() - {*SYSTEM_FIELDS})


def _stamp(session: Session, record: Model) -> None:
    record.updated_at, record.updated_by = clock.now(), session.info.get("user_id")
    if is_written_with_whole(session, record):
        stamp_with_whole(session, record)
        return
    if record.id is None:
        stamp_alone(Session.connection(session), record)
    rule = describe(type(record)).rule
    if isinstance(rule, Follows) and isinstance(record, Follower):
        record.root_id, record.root_owner_id = _root_of(session, record, rule)


def _root_of(session: Session, record: Model, rule: Follows) -> tuple[int, int | None]:
    """The root of what the record follows, and its owner.

    The root and what is followed are locked, in this order, until the transaction ends: an owner that changes at the
    same time is either seen here or finds this record when it rewrites the copies.
    """
    spec = describe(type(record)).fields[rule.link]
    info = describe(model_of(spec.target))
    connection, id = Session.connection(session), getattr(record, rule.link)
    if isinstance(info.rule, Follows) and info.root is not None:
        lock_roots(connection, info, [] if id is None else [id])
        parent = _locked(connection, info, id, info.table.c.root_id)
        info, id = describe(info.root), parent[0] if parent else None
    found = _locked(connection, info, id, info.table.c.id, info.table.c[info.owner])
    if found is None:
        raise Invalid({rule.link: _("Please choose an existing record.")})
    return found[0], found[1]


def _locked(connection: Connection, info: ModelInfo, id: int | None, *columns: Any) -> Any:
    alive = info.table.c.deleted_at.is_(None)
    wanted = select(*columns).where(info.table.c.id == id, alive)
    # Not shared: a service that locks the same row afterwards would wait for another that does so too.
    return connection.execute(wanted.with_for_update(key_share=True)).first()


def _move_followers(connection: Connection, records: Iterable[Model]) -> None:
    """What follows a record that went to another root, over all hops, goes along."""
    for record in records:
        if isinstance(record, Follower) and any(
            get_history(record, name).has_changes() for name in ("root_id", "root_owner_id")
        ):
            rewrite_followers(connection, describe(type(record)), [record.id], record.root_id, record.root_owner_id)


def _move_owners(connection: Connection, records: Iterable[Model]) -> None:
    """Parts have the owner of their whole."""
    for record in records:
        info = describe(type(record))
        if info.owner and type(record).__parts__ and get_history(record, info.owner).has_changes():
            give_owners(connection, info, [record.id])


def rewrite_followers(connection: Connection, info: ModelInfo, ids: list[int], root: int, owner: int | None) -> None:
    """Gives all that follows the records `ids` of the model, over any number of steps, this root and this owner."""
    for follower in map(describe, models().values()):
        rule = follower.rule
        if isinstance(rule, Follows) and follower.fields[rule.link].target == info.key:
            table = follower.table
            values = {"root_id": root, "root_owner_id": owner}
            moved = update(table).where(table.c[rule.link].in_(ids)).values(values).returning(table.c.id)
            found = list(connection.scalars(moved))
            if found:
                search.index_ids(connection, follower, found)
                rewrite_followers(connection, follower, found, root, owner)


def _check_before(session: UserSession, new: list[Model], changed: list[Model]) -> None:
    if any(isinstance(o, Model) for o in session.deleted):
        raise Forbidden()
    if not all(is_written_with_whole(session, r) for r in (*new, *changed) if is_part(type(r))):
        raise Forbidden(_("This is changed with what it belongs to."))
    for record in new:
        if not is_part(type(record)) and not session.actor.may(describe(type(record)).key, CREATE):
            raise Forbidden()
    wholes = [record for record in changed if not is_part(type(record))]
    for record in wholes:
        _refuse_kept(record)
        _refuse_locked(session, record)
    _check_rows(session, wholes, EDIT)
    _check_links(session, (*new, *changed))


def _refuse_kept(record: Model) -> None:
    """Core's own columns and the owner are not part of an ordinary edit."""
    info = describe(type(record))
    kept = [*KEPT_BY_CORE, info.owner] if info.owner else [*KEPT_BY_CORE]
    mapped = inspect(type(record)).column_attrs
    for name in kept:
        if name in mapped and get_history(record, name).has_changes():
            raise Forbidden(_("The owner is changed by assigning the record."))


def _check_rows(session: UserSession, records: list[Model], action: str) -> None:
    """Each record's row, as it is in the database at this moment, must allow the action."""
    for model, group in _by_model(records).items():
        guard = predicate(session.actor, model, action)
        if guard is None:
            continue
        ids = {record.id for record in group}
        if ids - _ids_within(session, model, ids, guard):
            raise Forbidden()


def _check_links(session: UserSession, records: Iterable[Model]) -> None:
    """A record may only be linked to what its author may see. Read-only links follow from others, as services say."""
    wanted: dict[type[Model], set[int]] = defaultdict(set)
    names: dict[tuple[type[Model], int], str] = {}
    for record in records:
        for name, spec in describe(type(record)).fields.items():
            value = getattr(record, name)
            is_chosen = spec.kind is Kind.LINK and not spec.readonly
            if is_chosen and value is not None and get_history(record, name).added:
                target = model_of(spec.target)
                wanted[target].add(value)
                names[target, value] = name
    for target, ids in wanted.items():
        guard = predicate(session.actor, target, REFER)
        missing = ids - _ids_within(session, target, ids, guard)
        if missing:
            raise Invalid({names[target, min(missing)]: _("Please choose an existing record.")})


def _ids_within(session: Session, model: type[Model], ids: set[int], guard: ColumnElement[bool] | None) -> set[int]:
    statement = select(model.id).where(model.id.in_(ids), model.deleted_at.is_(None))
    if guard is not None:
        statement = statement.where(guard)
    return set(session.scalars(statement, execution_options=MARKED))


def _write_history(session: Session, connection: Connection, new: list[Model], changed: list[Model]) -> None:
    action, reason = session.info.get("history", ("", ""))
    # The history of a whole tells of the parts that are written with it.
    new = [record for record in new if not is_written_with_whole(session, record)]
    changed = [record for record in changed if not is_written_with_whole(session, record)]
    rows = [_entry(session, r, action or "create", reason, _initial(r) | told_of_parts(session, r)) for r in new]
    for record in changed:
        found = {n: p for n, p in changes_of(record).items() if describe(type(record)).fields[n].history}
        found |= told_of_parts(session, record)
        if is_moving(session, record):
            # One entry for all that the transition does to the record, which its workflow writes.
            session.info[MOVING].note(found)
            continue
        if found or action:
            rows.append(_entry(session, record, action or "update", reason, found))
    if rows:
        connection.execute(insert(Change), rows)


def _initial(record: Model) -> dict[str, tuple[Any, Any]]:
    fields: dict[str, Field] = describe(type(record)).fields
    values = {name: getattr(record, name) for name, spec in fields.items() if spec.history}
    return {name: (None, value) for name, value in values.items() if value not in (None, "", [])}


def _entry(
    session: Session, record: Model, action: str, reason: str, changes: dict[str, tuple[Any, Any]]
) -> dict[str, Any]:
    return {
        "model": describe(type(record)).key,
        "record_id": record.id,
        "action": action,
        "at": record.updated_at,
        "user_id": session.info.get("user_id"),
        "reason": reason,
        "changes": {name: [to_json(before), to_json(after)] for name, (before, after) in changes.items()},
    }
