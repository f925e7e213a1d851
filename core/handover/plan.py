"""Who is to get what, who may say so, and beginning it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from core import clock
from core.access.actor import ASSIGN, EDIT, READ
from core.access.models import Scope, User
from core.access.users import ADMINISTERS, LastAdministrator, administrators
from core.errors import Conflict, Forbidden, Invalid, Message
from core.handover.holdings import owned_models
from core.handover.models import Handover
from core.i18n import _
from core.jobs.models import JobState
from core.jobs.outbox import OUTBOX
from core.orm.model import ModelInfo, describe, model_of
from core.orm.rules import Owned

if TYPE_CHECKING:
    from core.env import Env


class HandoverRuns(Conflict):
    """Somebody else is handing over the same person's records."""

    code = "handover_runs"
    default = _("Somebody is handing over the records of this person already.")


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets what. `models`: model → the successors, who get its records in turn; what is not named stays.

    `departments`, `reports`, `shares` and `views` name who manages the departments, supervises the people, collaborates
    and looks after the views that others use from now on. With `leaves` the user is set to *left* at the end: then None
    leaves departments and people to nobody and ends the collaborations; else it leaves all as it is.
    """

    models: Mapping[str, Sequence[int]]
    departments: int | None = None
    reports: int | None = None
    shares: int | None = None
    views: int | None = None
    reason: str = ""
    leaves: bool = True
    posts: bool = True
    """Whether departments, people and collaborations are part of it."""

    def as_json(self) -> dict[str, Any]:
        """What the database keeps."""
        return asdict(self) | {"models": {key: list(users) for key, users in self.models.items()}}


def may_hand_over(env: Env, user: User) -> bool:
    """Whether the actor may hand over anything of the user's: administrators, and who may assign their records."""
    return administers(env) or any(may_give(env, info, user.id) for info in owned_models())


def may_end(env: Env, user: User) -> bool:
    """Whether the actor may also set the user to *left* and fill their posts."""
    return env.user_id != user.id and (administers(env) or env.can(EDIT, user))


def administers(env: Env) -> bool:
    """Whether the actor may have any grant, and so hand over everything."""
    return env.actor.may(*ADMINISTERS)


def may_give(env: Env, info: ModelInfo, user_id: int) -> bool:
    """Whether the actor may hand over the user's records of the model: by the grant to assign them."""
    if administers(env):
        return True
    reach = env.actor.owners(info.key, ASSIGN)
    return isinstance(info.rule, Owned) and (reach is None or user_id in reach)


def may_take(env: Env, info: ModelInfo, user_id: int) -> bool:
    """Whether the user has a role that may read the model, also where its addon is off at the moment."""
    member, grants = env.actor.organisation.members.get(user_id), env.actor.organisation.grants
    roles = member.roles if member is not None else ()
    return any(grants.get(role, {}).get((info.key, READ), Scope.NONE) is not Scope.NONE for role in roles)


def check(env: Env, user: User, plan: Plan) -> None:
    """Raises `Forbidden`, `LastAdministrator`, or `Invalid` with what is wrong about each successor."""
    problems: dict[str, Message] = {}
    for key, successors in plan.models.items():
        info = describe(model_of(key))
        if not info.owner or not may_give(env, info, user.id):
            raise Forbidden()
        for successor in successors:
            message = _successor_problem(env, user, successor) or _reach_problem(env, info, successor)
            if message is not None:
                problems[key] = message
    for name in ("departments", "reports", "shares", "views"):
        chosen = getattr(plan, name)
        message = _successor_problem(env, user, chosen) if chosen is not None else None
        if message is not None:
            problems[name] = message
    if problems:
        raise Invalid(problems)
    if (plan.leaves or plan.posts) and not may_end(env, user):
        raise Forbidden()
    if plan.leaves and administrators(env.connection_of_core) == {user.id}:
        raise LastAdministrator()


def _successor_problem(env: Env, user: User, successor: int) -> Message | None:
    member = env.actor.organisation.members.get(successor)
    if successor == user.id:
        return _("Somebody else has to take over.")
    if member is None or not member.is_active:
        return _("Please choose an active user.")
    return None


def _reach_problem(env: Env, info: ModelInfo, successor: int) -> Message | None:
    name = env.actor.organisation.members[successor].name
    if not may_take(env, info, successor):
        return _("{name} has no role that may see {model}.", name=name, model=info.title_plural)
    reach = env.actor.owners(info.key, ASSIGN)
    if not administers(env) and reach is not None and successor not in reach:
        return _("You may not assign records to {name}.", name=name)
    return None


def begin(env: Env, user: User, plan: Plan) -> int:
    """Starts the hand-over in the background. Returns the job's id.

    One that was stopped or has failed is given up for this one. Raises what `check` raises, and `HandoverRuns`.
    """
    check(env, user, plan)
    connection = env.connection_of_core
    # Locked: two people may start it at the same moment.
    connection.execute(select(User.id).where(User.id == user.id).with_for_update())
    still = (Handover.user_id == user.id, Handover.done_at.is_(None))
    running = connection.execute(select(Handover.id, Handover.job_id).where(*still)).first()
    if running is not None and not _is_over(env, running.job_id):
        raise HandoverRuns()
    connection.execute(update(Handover).where(*still).values(done_at=clock.now()))
    row = {"user_id": user.id, "by_id": env.user_id, "plan": plan.as_json(), "at": clock.now(), "given": {}}
    id = connection.execute(insert(Handover).values(row).returning(Handover.id)).scalar_one()
    job = env.enqueue("handover.run", handover=id, locale=env.locale)
    connection.execute(update(Handover).where(Handover.id == id).values(job_id=job))
    return job


def _is_over(env: Env, job_id: int | None) -> bool:
    state = env.connection_of_core.scalar(select(OUTBOX.c.state).where(OUTBOX.c.id == job_id))
    return state not in (JobState.QUEUED.value, JobState.RUNNING.value)
