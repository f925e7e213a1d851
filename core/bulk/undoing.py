"""Undoing what was done to many records, where nobody has changed them since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select, update

from core import clock, deletion
from core.bulk import acts
from core.bulk.acts import Act
from core.bulk.models import BulkAct, BulkRecord
from core.errors import AppError, Conflict, NotFound
from core.i18n import Text, _, listed
from core.orm.model import Model, describe, model_of
from core.orm.values import from_json, to_json
from core.pages.actions import explain
from core.pages.naming import name_of

if TYPE_CHECKING:
    from core.env import Env

BATCH = 25


class AlreadyUndone(Conflict):
    """Somebody, or a second press of the button, was faster."""

    code = "already_undone"
    default = _("This has been undone already.")


def begin(env: Env, id: int) -> Act:
    """Takes the actor's own act to be undone, once, or what is left of it where the job that undid it has stopped.

    Raises `NotFound`, `AlreadyUndone`, `Conflict` while it runs.
    """
    act = acts.find(env, id, lock=True)
    if act.undone_at is not None and not acts.stopped_undoing(env, [act]):
        raise AlreadyUndone()
    if acts.is_running(env, act):
        raise Conflict(_("This is not finished yet."))
    begun = {"undone_at": clock.now(), "undo_job_id": None}
    env.connection_of_core.execute(update(BulkAct).where(BulkAct.id == id).values(begun))
    return act


def entries(env: Env, act: int, after: int = 0, limit: int | None = BATCH) -> Sequence[Row[Any]]:
    """The next records to be undone."""
    statement = select(BulkRecord.__table__).where(acts.is_left([act]), BulkRecord.id > after)
    return env.connection_of_core.execute(statement.order_by(BulkRecord.id).limit(limit)).all()


def left(env: Env, act: int) -> int:
    """How many records are still to be undone."""
    return env.connection_of_core.scalar(select(func.count()).select_from(BulkRecord).where(acts.is_left([act]))) or 0


def take_back(env: Env, act: Act, rows: Sequence[Row[Any]]) -> int:
    """Undoes what was done to these records, by the rights that the actor has now. Returns how many it was done for."""
    model, count = model_of(act.model), 0
    for row in rows:
        name, why = _undone(env, model, row)
        values = {"undone": not why, "name": name[:200], "kept": why[: acts.LONGEST]}
        env.connection_of_core.execute(update(BulkRecord).where(BulkRecord.id == row.id).values(values))
        count += not why
    return count


def _undone(env: Env, model: type[Model], row: Row[Any]) -> tuple[str, str]:
    """(name of the record, why it stays as it is, or "")."""
    name = f"{describe(model).title} {row.record_id}"
    try:
        with env.savepoint():
            if row.deletion is not None:
                deletion.restore(env, row.deletion)
                return name, ""
            record = env.get(model, row.record_id)
            name = name_of(env, record)
            return name, _give_back(env, record, row.changes)
    except NotFound:
        return name, str(_("It is not there any more, or out of your reach."))
    except AppError as error:
        return name, explain(error, model)


def _give_back(env: Env, record: Model, changes: dict[str, list[Any]]) -> str:
    """Gives the record back the values that it had. Says which were changed since, and so stay."""
    info = describe(type(record))
    known = {name: pair for name, pair in changes.items() if name in info.fields}
    same = {name: pair[0] for name, pair in known.items() if to_json(getattr(record, name)) == pair[1]}
    values = {name: from_json(info.fields[name], before) for name, before in same.items()}
    service: Any = env.records(type(record))
    if info.owner in values:
        service.assign(record, to=values.pop(info.owner), reason=str(_("Undone")))
    if values:
        service.update(record, values)
    return str(_since([str(info.fields[name].label) for name in known if name not in same]))


def _since(labels: Sequence[str]) -> Text | str:
    return _("Changed since, and kept: {fields}", fields=listed(labels)) if labels else ""
