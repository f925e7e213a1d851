"""Handing over, batch by batch; the last batch fills the posts, tells the successors and ends the sign-in."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select, update

from core import clock, ownership
from core.access.models import User, UserState
from core.errors import Conflict, Invalid, NotFound
from core.handover import posts
from core.handover.holdings import of
from core.handover.models import Handover
from core.handover.plan import Plan, check
from core.i18n import Text, _, ngettext
from core.orm.model import describe, model_of, models

if TYPE_CHECKING:
    from core.env import Env
    from core.jobs.progress import Progress

BATCH = 500
"""Records in one transaction."""

HANDED_OVER = "handed_over"
"""The kind of the notification."""

Given = dict[str, dict[str, int]]
"""Model → id of the successor, as JSON has it → how many records."""


def run(progress: Progress, id: int, locale: str) -> Given:
    """Does the whole hand-over; another attempt goes on after the last batch that was stored."""
    while True:
        with progress.batch(user_id=progress.user_id, locale=locale) as env:
            row = _row(env, id)
            if row.done_at is not None:
                # The attempt before died after its last batch, or another hand-over has taken the place of this one.
                return dict(row.given)
            done: dict[str, Any] = progress.checkpoint or {"given": {}, "total": _total(env, row)}
            is_over = not _give_some(env, row, done["given"])
            if is_over:
                _finish(env, row, done["given"])
            progress.checkpoint = done
            progress.update(_number(done["given"]), done["total"])
        if is_over:
            return dict(done["given"])


def _row(env: Env, id: int) -> Row[Any]:
    row = env.connection_of_core.execute(select(Handover.__table__).where(Handover.id == id)).first()
    if row is None:
        raise NotFound()
    return row


def _total(env: Env, row: Row[Any]) -> int:
    infos = [describe(model_of(key)) for key in row.plan["models"] if key in models()]
    counts = (select(func.count()).select_from(i.table).where(*of(i, row.user_id)) for i in infos)
    return sum(env.connection_of_core.scalar(count) or 0 for count in counts)


def _give_some(env: Env, row: Row[Any], given: Given) -> bool:
    """Hands over the next batch; False if there is nothing left."""
    for key, successors in row.plan["models"].items():
        info = describe(model_of(key)) if key in models() else None
        if info is None or not successors:
            continue
        wanted = select(info.table.c.id).where(*of(info, row.user_id)).order_by(info.table.c.id)
        ids = list(env.connection_of_core.scalars(wanted.limit(BATCH)))
        if not ids:
            continue
        _check_again(env, row, Plan({key: successors}, leaves=False, posts=False))
        counts = given.setdefault(key, {})
        first = sum(counts.values())
        for place, successor in enumerate(successors):
            # In turn, also across batches.
            share = ids[(place - first) % len(successors) :: len(successors)]
            if share:
                count = ownership.give(env, info, share, of=row.user_id, to=successor, reason=row.plan["reason"])
                counts[str(successor)] = counts.get(str(successor), 0) + count
        return True
    return False


def _check_again(env: Env, row: Row[Any], plan: Plan) -> None:
    """What was right when it began may not be any more: somebody has lost a right, or has left."""
    try:
        check(env, env.get(User, row.user_id), plan)
    except Invalid as error:
        reason = next(message for messages in error.fields.values() for message in messages)
        raise Conflict(_("A successor cannot take over any more. {reason}", reason=reason)) from error


def _finish(env: Env, row: Row[Any], given: Given) -> None:
    user = env.get(User, row.user_id)
    plan = Plan(**row.plan)
    if plan.posts or plan.leaves:
        _check_again(env, row, replace(plan, models={}))
    if plan.posts:
        posts.fill(env, user, plan)
    if plan.leaves and user.state != UserState.LEFT:
        env.records(User).update(user, {"state": UserState.LEFT.value})
    _tell(env, user, given)
    ended = {"done_at": clock.now(), "given": given}
    env.connection_of_core.execute(update(Handover).where(Handover.id == row.id).values(ended))


def _tell(env: Env, user: User, given: Given) -> None:
    """Tells each successor once."""
    counts: Counter[int] = Counter()
    for each in given.values():
        counts.update({int(id): count for id, count in each.items()})
    for successor, count in counts.items():
        if successor != env.user_id and count:
            key = next(key for key, each in given.items() if str(successor) in each)
            env.notify([successor], _told(env.actor.name, user.name, count), kind=HANDED_OVER, url=f"/{key}")


def _told(who: str, name: str, count: int) -> Text:
    return ngettext(
        "{who} handed {count} record of {name} over to you",
        "{who} handed {count} records of {name} over to you",
        count,
        who=who,
        name=name,
    )


def _number(given: Given) -> int:
    return sum(count for each in given.values() for count in each.values())


def lines(env: Env, given: Given) -> list[str]:
    """Who got how many of what, a line each."""
    members = env.actor.organisation.members
    found = []
    for key, counts in given.items():
        title = describe(model_of(key)).title_plural
        for id, count in counts.items():
            name = members[int(id)].name if int(id) in members else id
            found.append(str(_("{model}: {count} to {name}", model=title, count=count, name=name)))
    return found
