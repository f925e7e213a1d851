"""Creating many records in one go: each row is checked as if it came alone, and all are written together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import ownership
from core.access.actor import CREATE, REFER
from core.checking import NOT_THERE
from core.errors import AppError, Forbidden, Invalid, Message
from core.i18n import _
from core.orm.bulk import insert_records
from core.orm.field import Kind
from core.orm.model import model_of
from core.orm.rules import Owned
from core.orm.session import MARKED
from core.workflow import locks

if TYPE_CHECKING:
    from core.records import Records

Values = Mapping[str, Any]
TAKEN = _("This value is already used by another record.")
CHUNK = 500


@dataclass(slots=True)
class Outcome:
    """What became of each row, by its place: the id of its record, or why there is none."""

    ids: dict[int, int] = field(default_factory=dict)
    problems: dict[int, AppError] = field(default_factory=dict)


def create_many(service: Records[Any], rows: Sequence[Values]) -> Outcome:
    """Creates a record of each row that is right. Raises `Forbidden` for who may create none.

    A service that overrides `create` or `saved` is asked row by row, and so is everything that fails together or
    brings files, which have to be given to their records.
    """
    if not service.env.actor.may(service.info.key, CREATE):
        raise Forbidden()
    outcome = Outcome()
    if not service.writes_plainly or _brings_files(service, rows):
        return _one_by_one(service, dict(enumerate(rows)), outcome)
    filled = _checked(service, rows, outcome)
    if filled:
        try:
            with service.env.savepoint():
                outcome.ids.update(zip(filled, _write(service, list(filled.values())), strict=True))
        except (IntegrityError, AppError):
            # Somebody has been faster, or one row is not allowed: alone each of them tells.
            return _one_by_one(service, {place: rows[place] for place in filled}, outcome)
    return outcome


def _brings_files(service: Records[Any], rows: Sequence[Values]) -> bool:
    return any(row.get(spec.name) is not None for spec in service.info.files for row in rows)


def _one_by_one(service: Records[Any], rows: Mapping[int, Values], outcome: Outcome) -> Outcome:
    for place, row in rows.items():
        try:
            with service.env.savepoint():
                outcome.ids[place] = service.create(row).id
        except AppError as error:
            outcome.problems[place] = error
    return outcome


def _checked(service: Records[Any], rows: Sequence[Values], outcome: Outcome) -> dict[int, dict[str, Any]]:
    """Place → all values of the row, for the rows that nothing is wrong with."""
    defaults = service.defaults()
    given: dict[int, dict[str, Any]] = {}
    found: dict[int, dict[str, Message]] = defaultdict(dict)
    for place, row in enumerate(rows):
        try:
            given[place] = service.clean(row)
        except Invalid as error:
            outcome.problems[place] = error
    _check_links(service, given, found)
    _check_unique(service, given, found)
    filled = {place: defaults | values for place, values in given.items()}
    for values in filled.values():
        values.update(service.derive(values, None))
    for place, values in filled.items():
        problems = service.missing(values) | found.get(place, {})
        # As for a single record: nothing is told of what its author may not see.
        if all(message is not NOT_THERE for message in problems.values()):
            problems = dict(service.validate(values, None)) | problems
        if problems:
            outcome.problems[place] = Invalid(problems)
    return {place: values for place, values in filled.items() if place not in outcome.problems}


def _check_links(service: Records[Any], rows: Mapping[int, Values], found: dict[int, dict[str, Message]]) -> None:
    """A record may only be linked to what its author may see."""
    for name, spec in service.fields.items():
        if spec.kind is not Kind.LINK:
            continue
        wanted = {value for row in rows.values() if (value := row.get(name)) is not None}
        seen = service.env.ids_within(model_of(spec.target), wanted, REFER) if wanted else set()
        for place, row in rows.items():
            if row.get(name) is not None and row[name] not in seen:
                found[place][name] = NOT_THERE


def _check_unique(service: Records[Any], rows: Mapping[int, Values], found: dict[int, dict[str, Message]]) -> None:
    """Neither a stored record nor an earlier row has the value."""
    for name in [spec.name for spec in service.fields.values() if spec.unique]:
        taken = _taken(service, name, [row[name] for row in rows.values() if row.get(name) is not None])
        for place, row in rows.items():
            value = row.get(name)
            if value is not None and value in taken:
                found[place][name] = TAKEN
            elif value is not None:
                taken.add(value)


def _taken(service: Records[Any], name: str, values: Sequence[Any]) -> set[Any]:
    column, alive = getattr(service.model, name), service.model.deleted_at.is_(None)
    found: set[Any] = set()
    for start in range(0, len(values), CHUNK):
        statement = select(column).where(column.in_(values[start : start + CHUNK]), alive)
        found.update(service.env.session.scalars(statement, execution_options=MARKED))
    return found


def _write(service: Records[Any], rows: Sequence[Values]) -> list[int]:
    env, info = service.env, service.info
    env.flush()
    locks.check_parents(env, info.model, rows)
    ids = insert_records(env, info, rows)
    if not env.actor.is_system and env.ids_within(info.model, set(ids), CREATE) != set(ids):
        raise Forbidden()
    if isinstance(info.rule, Owned):
        owners = [row.get(info.owner) for row in rows]
        changes = [ownership.OwnerChange(id, None, owner) for id, owner in zip(ids, owners, strict=True)]
        env.hooks.owners_changed(model=info.model, changes=changes)
    return ids
