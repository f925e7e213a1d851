"""Filling the posts of somebody who leaves: departments, people, collaborations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import aliased

from core import clock, ownership
from core.access.models import Department, Share, User
from core.handover.plan import Plan
from core.orm import search
from core.orm.model import describe, model_of, models
from core.orm.tables import Change
from core.orm.versions import bump
from core.saved_views.known import PRIVATE, VERSION
from core.saved_views.models import SavedView

if TYPE_CHECKING:
    from core.env import Env


def fill(env: Env, user: User, plan: Plan) -> None:
    """Gives the departments another manager, the people another supervisor, and the collaborations to somebody else.

    Where nobody is named, who leaves loses the post, and who stays keeps it.
    """
    with env.system("hand-over of posts") as session:
        session.info["history"] = ("update", plan.reason)
        try:
            if plan.leaves or plan.departments is not None:
                for department in session.scalars(select(Department).where(Department.manager_id == user.id)):
                    department.manager_id = plan.departments
            if plan.leaves or plan.reports is not None:
                for report in session.scalars(select(User).where(User.supervisor_id == user.id)):
                    report.supervisor_id = _supervisor(env, user, report.id, plan.reports)
            session.flush()
        finally:
            session.info.pop("history")
    if plan.leaves or plan.shares is not None:
        _hand_over_shares(env, user.id, plan.shares)
    if plan.views is not None:
        shared = (SavedView.owner_id == user.id, SavedView.audience != PRIVATE)
        env.connection_of_core.execute(update(SavedView).where(*shared).values(owner_id=plan.views))
        bump(env.connection_of_core, VERSION)


def _supervisor(env: Env, user: User, report: int, wanted: int | None) -> int | None:
    """The new supervisor of a report; the leaver's own where nobody may supervise themselves over any steps."""
    members, above, seen = env.actor.organisation.members, wanted, set[int]()
    while above is not None and above not in seen:
        if above == report:
            return user.supervisor_id
        seen.add(above)
        above = members[above].supervisor_id if above in members else None
    return wanted


def _hand_over_shares(env: Env, user_id: int, to: int | None) -> None:
    connection = env.connection_of_core
    shares = connection.execute(select(Share.__table__).where(Share.user_id == user_id).order_by(Share.id)).all()
    theirs = Share.user_id == user_id
    if to is None:
        connection.execute(delete(Share).where(theirs))
    else:
        same = aliased(Share)
        on_record = (same.root_model == Share.root_model, same.root_id == Share.root_id, same.user_id == to)
        connection.execute(delete(Share).where(theirs, select(same.id).where(*on_record).exists()))
        connection.execute(update(Share).where(theirs).values(user_id=to))
    if shares:
        connection.execute(insert(Change), [_entry(env, share, user_id, to) for share in shares])
    for key in {share.root_model for share in shares} & set(models()):
        info = describe(model_of(key))
        ids = sorted({share.root_id for share in shares if share.root_model == key})
        search.index_roots(connection, info, ids)
        for follower in ownership.followers_of(info.model):
            search.index_roots(connection, follower, ids)


def _entry(env: Env, share: Row[Any], user_id: int, to: int | None) -> dict[str, object]:
    return {
        "model": share.root_model,
        "record_id": share.root_id,
        "action": "unshare" if to is None else "share",
        "at": clock.now(),
        "user_id": env.user_id,
        "reason": "",
        "changes": {"user_id": [None if to is None else user_id, user_id if to is None else to]},
    }
