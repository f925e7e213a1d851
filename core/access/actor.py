"""Somebody acting: their grants, the owners they reach and their field access, worked out once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from core.access.models import FieldLevel, Scope
from core.access.organisation import Member, Organisation

READ, EDIT, CREATE, DELETE, ASSIGN, EXPORT = "read", "edit", "create", "delete", "assign", "export"


class Actor:
    """A user within one version of the organisation. Immutable; cached per version and user."""

    is_system = False

    def __init__(self, organisation: Organisation, member: Member) -> None:
        self.organisation, self.member = organisation, member
        self.id, self.name = member.id, member.name
        self.criteria: dict[Any, Any] = {}
        """The compiled read rules, per model; kept by the guarded session."""
        self._owners: dict[tuple[str, str], frozenset[int] | None] = {}
        self._fields: dict[tuple[str, str], FieldLevel] = {}

    @cached_property
    def grants(self) -> dict[tuple[str, str], Scope]:
        """(model, action) → the widest scope that any of the roles gives."""
        found: dict[tuple[str, str], Scope] = {}
        for role in self.member.roles:
            for key, scope in self.organisation.grants.get(role, {}).items():
                if scope.width > found.get(key, Scope.NONE).width:
                    found[key] = scope
        return found

    def scope(self, model: str, action: str) -> Scope:
        return self.grants.get((model, action), Scope.NONE)

    def may(self, model: str, action: str) -> bool:
        """Whether the action is granted on the model in any scope at all."""
        return (model, action) in self.grants

    def owners(self, model: str, action: str) -> frozenset[int] | None:
        """The owners whose records the grant reaches: empty for none, None for all."""
        key = (model, action)
        if key not in self._owners:
            self._owners[key] = self.organisation.owners_within(self.member, self.scope(model, action))
        return self._owners[key]

    def field_level(self, model: str, name: str) -> FieldLevel:
        """The most that any role which may read the model allows for the field; without a word, edit."""
        key = (model, name)
        if key not in self._fields:
            self._fields[key] = self._widest(key)
        return self._fields[key]

    def _widest(self, key: tuple[str, str]) -> FieldLevel:
        readers = [r for r in self.member.roles if (key[0], READ) in self.organisation.grants.get(r, {})]
        levels = [self.organisation.field_grants.get(r, {}).get(key, FieldLevel.EDIT) for r in readers]
        return max(levels, key=lambda level: level.width, default=FieldLevel.EDIT)


class SystemActor(Actor):
    """The system itself: a job, the command line, a migration. Everything is open to it."""

    is_system = True

    def __init__(self, organisation: Organisation) -> None:
        super().__init__(organisation, SYSTEM)

    def scope(self, model: str, action: str) -> Scope:
        return Scope.ALL

    def may(self, model: str, action: str) -> bool:
        return True

    def owners(self, model: str, action: str) -> frozenset[int] | None:
        return None

    def field_level(self, model: str, name: str) -> FieldLevel:
        return FieldLevel.EDIT


SYSTEM = Member(
    id=0,
    name="9KCRM",
    username="",
    title="",
    department_id=None,
    supervisor_id=None,
    state="active",
    locale=None,
    theme="auto",
    density="compact",
    timezone="Asia/Taipei",
    roles=(),
)
