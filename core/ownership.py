"""Who owns a record and who collaborates on it. The only place where owners change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core import clock
from core.access.actor import ASSIGN
from core.access.models import Share, ShareLevel
from core.errors import Forbidden, Invalid
from core.i18n import Text, _, ngettext
from core.orm import search
from core.orm.locking import locked_now
from core.orm.model import Model, ModelInfo, describe, models
from core.orm.rules import Follows, Owned
from core.orm.tables import Change
from core.orm.values import to_json
from core.orm.whole import give_owners

if TYPE_CHECKING:
    from core.env import Env

ASSIGNED, SHARED = "assigned", "shared"
"""The kinds of notifications."""


@dataclass(frozen=True, slots=True)
class OwnerChange:
    """A record has another owner. `before` and `after` are ids of users; None is nobody, or a record that is new."""

    record_id: int
    before: int | None
    after: int | None
    reason: str = ""


def assign(env: Env, record: Model, *, to: int | None, reason: str) -> None:
    """Gives `record` to the user `to`, with everything that follows it, in this transaction.

    The grant "assign" must cover the record as stored and the new owner. Raises `Forbidden`, `Invalid`.
    """
    info = describe(type(record))
    if not isinstance(info.rule, Owned) or not env.can(ASSIGN, record):
        raise Forbidden()
    _check_new_owner(env, info, to)
    with env.system("assign") as session:
        # Locked and read anew: somebody else may be assigning the record at this moment.
        stored = locked_now(session, type(record), record.id)
        before = getattr(stored, info.owner)
        if before == to:
            return
        setattr(stored, info.owner, to)
        session.info["history"] = ("assign", reason)
        try:
            session.flush()
        finally:
            session.info.pop("history")
        move_followers(env, info, [record.id], to)
        change = OwnerChange(record.id, before, to, reason)
        env.hooks.owners_changed(model=info.model, changes=[change])
    _tell(env, stored, to, ASSIGNED, _told_of_owner)
    if stored is not record:
        env.session.expire(record)


def give(env: Env, info: ModelInfo, ids: Sequence[int], *, of: int, to: int, reason: str) -> int:
    """Gives many records of `of` to the active user `to`, with all that follows them. Returns how many it were.

    No rights are asked for: that is for the caller. Those that are somebody else's by now stay so.
    """
    env.flush()
    connection, table = env.connection_of_core, info.table
    values = {info.owner: to, "version": table.c.version + 1, "updated_at": clock.now(), "updated_by": env.user_id}
    theirs = (table.c.id.in_(ids), table.c[info.owner] == of)
    moved = sorted(connection.scalars(update(table).where(*theirs).values(values).returning(table.c.id)))
    if not moved:
        return 0
    entry = {"model": info.key, "action": "assign", "at": clock.now(), "user_id": env.user_id, "reason": reason}
    connection.execute(insert(Change), [entry | {"record_id": id, "changes": {info.owner: [of, to]}} for id in moved])
    give_owners(connection, info, moved)
    if not isinstance(info.rule, Owned):
        search.index_ids(connection, info, moved)
        return len(moved)
    search.index_roots(connection, info, moved)
    move_followers(env, info, moved, to)
    changes = [OwnerChange(id, of, to, reason) for id in moved]
    env.hooks.owners_changed(model=info.model, changes=changes)
    return len(moved)


def _tell(env: Env, record: Model, user: int | None, kind: str, text: Callable[[str, int], Text]) -> None:
    """Notifies the user of a record that somebody else gave them; of many at once in one sentence."""
    if user is not None and user != env.user_id:
        who = env.actor.name
        env.notify([user], text(who, 1), kind=kind, about=record, many=lambda count: text(who, count))


def _told_of_owner(who: str, count: int) -> Text:
    if count == 1:
        return _("{who} assigned {record} to you", who=who)
    return ngettext("{who} assigned {count} record to you", "{who} assigned {count} records to you", count, who=who)


def _told_of_share(who: str, count: int) -> Text:
    if count == 1:
        return _("{who} made you a collaborator of {record}", who=who)
    return ngettext(
        "{who} made you a collaborator of {count} record",
        "{who} made you a collaborator of {count} records",
        count,
        who=who,
    )


def move_followers(env: Env, info: ModelInfo, ids: list[int], to: int | None) -> None:
    """Rewrites the copied owner of all that follows the roots `ids`, deleted records included."""
    connection = env.connection_of_core
    for follower in followers_of(info.model):
        table = follower.table
        connection.execute(update(table).where(table.c.root_id.in_(ids)).values(root_owner_id=to))
        search.index_roots(connection, follower, ids)


def followers_of(root: type[Model]) -> Iterator[ModelInfo]:
    """Every model whose records follow `root`, directly or over others, of disabled addons too."""
    for model in models().values():
        info = describe(model)
        if isinstance(info.rule, Follows) and info.root is root:
            yield info


def share(env: Env, record: Model, *, user: int, level: ShareLevel, until: datetime | None) -> None:
    """Makes `user` a collaborator, or changes how. Needs the grant "assign", which no share ever gives."""
    info = _shareable(env, record)
    if user not in env.actor.organisation.members:
        raise Invalid({"user_id": _("Please choose an existing record.")})
    if until is not None and until <= clock.now():
        raise Invalid({"until": _("Please choose a date in the future.")})
    connection = env.connection_of_core
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"level": level.value, "until": until, "created_at": clock.now(), "created_by": env.user_id}
    connection.execute(
        dialect.insert(Share)
        .values(root_model=info.key, root_id=record.id, user_id=user, **values)
        .on_conflict_do_update(index_elements=["root_model", "root_id", "user_id"], set_=values)
    )
    _note(env, info, record, "share", {"user_id": user, "level": level.value, "until": to_json(until)})
    _reindex(env, info, record)
    _tell(env, record, user, SHARED, _told_of_share)


def unshare(env: Env, record: Model, *, user: int) -> None:
    """Ends a collaboration."""
    info = _shareable(env, record)
    env.connection_of_core.execute(
        delete(Share).where(Share.root_model == info.key, Share.root_id == record.id, Share.user_id == user)
    )
    _note(env, info, record, "unshare", {"user_id": user})
    _reindex(env, info, record)


def _note(env: Env, info: ModelInfo, record: Model, action: str, values: dict[str, Any]) -> None:
    """Keeps in the record's history who was let in, and who no longer."""
    changes = {name: [None, value] for name, value in values.items() if value is not None}
    entry = {"model": info.key, "record_id": record.id, "action": action, "at": clock.now(), "changes": changes}
    env.connection_of_core.execute(insert(Change).values(**entry, user_id=env.user_id, reason=""))


def shares_of(env: Env, record: Model) -> list[Share]:
    """The collaborators of a record that the actor may see, ended ones included."""
    with env.system("collaborators of a visible record") as session:
        wanted = (Share.root_model == describe(type(record)).key, Share.root_id == record.id)
        return list(session.scalars(select(Share).where(*wanted).order_by(Share.id)))


def _shareable(env: Env, record: Model) -> ModelInfo:
    info = describe(type(record))
    if not isinstance(info.rule, Owned) or not env.can(ASSIGN, record):
        raise Forbidden()
    return info


def _check_new_owner(env: Env, info: ModelInfo, to: int | None) -> None:
    reach = env.actor.owners(info.key, ASSIGN)
    if to is None:
        if reach is not None:
            raise Forbidden()
        return
    member = env.actor.organisation.members.get(to)
    if member is None or not member.is_active:
        raise Invalid({info.owner: _("Please choose an active user.")})
    if reach is not None and to not in reach:
        raise Forbidden(_("You may not assign records to this user."))


def _reindex(env: Env, info: ModelInfo, record: Model) -> None:
    search.index_roots(env.connection_of_core, info, [record.id])
    for follower in followers_of(info.model):
        search.index_roots(env.connection_of_core, follower, [record.id])
