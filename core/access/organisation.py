"""A snapshot of users, departments, roles and grants, kept per site until the organisation changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, func, select

from core.access.models import (
    Department,
    FieldGrant,
    FieldLevel,
    Grant,
    Role,
    RoleMember,
    Scope,
    User,
    UserState,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A user, as far as access and pages need to know."""

    id: int
    name: str
    username: str
    title: str
    department_id: int | None
    supervisor_id: int | None
    state: str
    locale: str | None
    theme: str
    density: str
    timezone: str | None
    roles: tuple[int, ...]

    @property
    def is_active(self) -> bool:
        return self.state == UserState.ACTIVE


class Organisation:
    """Who works where, and what each role is granted."""

    def __init__(
        self,
        members: Iterable[Member],
        parents: Mapping[int, int | None],
        names: Mapping[int, str],
        grants: Mapping[int, Mapping[tuple[str, str], Scope]],
        field_grants: Mapping[int, Mapping[tuple[str, str], FieldLevel]],
        presets: Mapping[int, str],
    ) -> None:
        self.members = {member.id: member for member in members}
        self.parents, self.department_names = parents, names
        self.grants, self.field_grants, self.presets = grants, field_grants, presets

    @classmethod
    def load(cls, connection: Connection) -> Organisation:
        """Reads the whole organisation: five queries, a few thousand rows at most."""
        roles = defaultdict(list)
        held = select(RoleMember.user_id, RoleMember.role_id).join(Role, Role.id == RoleMember.role_id)
        for user_id, role_id in connection.execute(held.where(Role.deleted_at.is_(None))):
            roles[user_id].append(role_id)
        return cls(
            members=_members(connection, roles),
            parents=dict(_rows(connection, Department.id, Department.parent_id)),
            names=dict(_rows(connection, Department.id, Department.name)),
            grants=_grants(connection),
            field_grants=_field_grants(connection),
            presets=dict(_rows(connection, Role.id, Role.preset)),
        )

    @cached_property
    def by_department(self) -> Mapping[int, frozenset[int]]:
        """Department → the users directly in it, whatever their state: records of leavers stay visible."""
        found: dict[int, set[int]] = defaultdict(set)
        for member in self.members.values():
            if member.department_id is not None:
                found[member.department_id].add(member.id)
        return {department: frozenset(users) for department, users in found.items()}

    def below(self, department_id: int) -> frozenset[int]:
        """The department and all departments under it; a circle in the tree ends the walk."""
        found, queue = {department_id}, [department_id]
        while queue:
            parent = queue.pop()
            for child, its_parent in self.parents.items():
                if its_parent == parent and child not in found:
                    found.add(child)
                    queue.append(child)
        return frozenset(found)

    def owners_within(self, member: Member, scope: Scope) -> frozenset[int] | None:
        """The owners whose records `scope` reaches for `member`; None means everybody's and nobody's."""
        if scope is Scope.ALL:
            return None
        if scope is Scope.NONE:
            return frozenset()
        own = frozenset({member.id})
        if scope is Scope.OWN or member.department_id is None:
            return own
        if scope is Scope.DEPARTMENT:
            return own | self.by_department.get(member.department_id, frozenset())
        departments = self.below(member.department_id)
        return own.union(*(self.by_department.get(d, frozenset()) for d in departments))


def _rows(connection: Connection, *columns: Any) -> list[Any]:
    return [tuple(row) for row in connection.execute(select(*columns))]


def _members(connection: Connection, roles: Mapping[int, list[int]]) -> list[Member]:
    rows: Any = connection.execute(
        select(
            User.id,
            User.name,
            User.username,
            func.coalesce(User.title, "").label("title"),
            User.department_id,
            User.supervisor_id,
            User.state,
            User.locale,
            User.theme,
            User.density,
            User.timezone,
        ).where(User.deleted_at.is_(None))
    )
    return [Member(**row._mapping, roles=tuple(roles.get(row.id, ()))) for row in rows]


def _grants(connection: Connection) -> dict[int, dict[tuple[str, str], Scope]]:
    found: dict[int, dict[tuple[str, str], Scope]] = defaultdict(dict)
    for grant in connection.execute(select(Grant.role_id, Grant.model, Grant.action, Grant.scope)):
        found[grant.role_id][grant.model, grant.action] = Scope(grant.scope)
    return found


def _field_grants(connection: Connection) -> dict[int, dict[tuple[str, str], FieldLevel]]:
    found: dict[int, dict[tuple[str, str], FieldLevel]] = defaultdict(dict)
    rows = connection.execute(select(FieldGrant.role_id, FieldGrant.model, FieldGrant.field, FieldGrant.level))
    for role_id, model, name, level in rows:
        found[role_id][model, name] = FieldLevel(level)
    return found
