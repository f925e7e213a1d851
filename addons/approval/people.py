"""Who a step asks: the people it means, those in whose place others are asked, and who of them can decide at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from addons.approval.models import ApprovalDeputy
from addons.approval.steps import OWNER, ROLE, SUPERVISOR, USERS, Step
from core.api import Department, Env, Model, describe


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody to be asked, perhaps in the place of another."""

    user: int
    instead_of: int | None = None


def asked_by(env: Env, step: Step, record: Model, *, submitter: int | None, self_approval: bool) -> list[Asked]:
    """Whom the step asks about the record now, in order and each once; empty if nobody can decide.

    Only who is active and may read the record is asked, and not who submitted it unless `self_approval`. The deputy of
    who is away comes in their place, where that one can decide.
    """
    meant = list(dict.fromkeys(_meant(env, step, record, submitter)))
    deputies = deputies_on(env, env.today)
    chains = {id: _chain(id, deputies) for id in meant}
    can = env.readers_among(record, dict.fromkeys([id for chain in chains.values() for id in chain]))
    if not self_approval:
        can -= {submitter} if submitter is not None else set()
    found: dict[int, Asked] = {}
    for id, chain in chains.items():
        fit = [each for each in chain if each in can]
        if fit and fit[-1] not in found:
            found[fit[-1]] = Asked(fit[-1], None if fit[-1] == id else id)
    return list(found.values())


def deputies_on(env: Env, day: date) -> Mapping[int, int]:
    """Who is away on the day → who decides instead."""
    wanted = select(ApprovalDeputy.user_id, ApprovalDeputy.to_id).where(
        ApprovalDeputy.since <= day, ApprovalDeputy.until >= day
    )
    with env.system("who is asked instead of whom") as session:
        rows = session.execute(wanted.order_by(ApprovalDeputy.id)).all()
    return {user: to for user, to in rows if user is not None}


def _meant(env: Env, step: Step, record: Model, submitter: int | None) -> Iterable[int]:
    members = env.actor.organisation.members
    if step.who == USERS:
        return step.users
    if step.who == ROLE:
        holders = [each for each in members.values() if step.role in each.roles]
        return [each.id for each in sorted(holders, key=lambda each: (each.name, each.id))]
    owner = describe(type(record)).owner
    start = getattr(record, owner) if step.whose == OWNER and owner else submitter
    if start is None or start not in members:
        return []
    above = _supervisors(env, start) if step.who == SUPERVISOR else _managers(env, start)
    found = list(dict.fromkeys(above))
    return found[step.levels - 1 : step.levels]


def _supervisors(env: Env, user: int) -> Iterator[int]:
    """The supervisor, theirs, and so on; a circle ends it."""
    members, seen = env.actor.organisation.members, {user}
    above = members[user].supervisor_id
    while above is not None and above in members and above not in seen:
        seen.add(above)
        yield above
        above = members[above].supervisor_id


def _managers(env: Env, user: int) -> Iterator[int]:
    """The managers of the user's department and of those above it, but for the user: nobody is above themselves."""
    organisation = env.actor.organisation
    with env.system("who manages which department") as session:
        rows = session.execute(select(Department.id, Department.manager_id)).all()
    managers = {row.id: row.manager_id for row in rows}
    department, seen = organisation.members[user].department_id, set[int]()
    while department is not None and department not in seen:
        seen.add(department)
        manager = managers.get(department)
        if manager is not None and manager != user:
            yield manager
        department = organisation.parents.get(department)


def _chain(user: int, deputies: Mapping[int, int]) -> Sequence[int]:
    """The user, their deputy, the deputy's deputy and so on; a circle ends it."""
    found = [user]
    while (following := deputies.get(found[-1])) is not None and following not in found:
        found.append(following)
    return found
