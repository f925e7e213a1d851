"""Somebody acting: their grants, the owners they reach and their field access, worked out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from core.access.models import FieldLevel, Scope
from core.access.organisation import Member, Organisation
from core.addons.origin import CORE
from core.orm.model import describe, models
from core.orm.parts import is_part, whole_of

AccessRules = Callable[..., list[Any]]
"""Called with the arguments of the hook `access_rules`; gives the conditions of all addons."""

READ, EDIT, CREATE, DELETE, ASSIGN = "read", "edit", "create", "delete", "assign"
IMPORT, EXPORT, PRINT, BULK_EDIT = "import", "export", "print", "bulk_edit"

REFER = "refer"
"""To know records by their names and to link to them: of what may be read anyway, and of what this grant reaches."""

THROUGH_THE_WHOLE = (READ, EXPORT, PRINT)
"""What one may do with the parts of records that one may do it with. All else is done to the whole."""


class Actor:
    """A user within one version of the organisation. Immutable; cached per version, user and set of enabled addons.

    What belongs to an addon that is off does not exist for anybody: its fields are hidden, its models not granted.
    """

    is_system = False

    def __init__(
        self, organisation: Organisation, member: Member, enabled: frozenset[str], rules: AccessRules | None = None
    ) -> None:
        self.organisation, self.member, self.enabled = organisation, member, enabled
        self.rules = rules
        """What addons take away from the rows in reach; None if they take away nothing."""
        self.id, self.name = member.id, member.name
        self.criteria: dict[Any, Any] = {}
        """The compiled read rules, per model; kept by the guarded session."""
        self._owners: dict[tuple[str, str], frozenset[int] | None] = {}
        self._fields: dict[tuple[str, str], FieldLevel] = {}

    @cached_property
    def grants(self) -> dict[tuple[str, str], Scope]:
        """(model, action) → the widest scope that any of the roles gives."""
        found: dict[tuple[str, str], Scope] = {}
        # Parts have no grants of their own, whatever is stored for their models.
        off = {key for key, model in models().items() if not self._is_on(model.__addon__) or is_part(model)}
        for role in self.member.roles:
            for key, scope in self.organisation.grants.get(role, {}).items():
                if scope.width > found.get(key, Scope.NONE).width and key[0] not in off:
                    found[key] = scope
        return found

    def scope(self, model: str, action: str) -> Scope:
        """How far the grant reaches; of a part that of what it belongs to."""
        return self.grants.get((_granted_as(model, action), action), Scope.NONE)

    def may(self, model: str, action: str) -> bool:
        """Whether the action is granted on the model in any scope at all."""
        return (_granted_as(model, action), action) in self.grants

    def owners(self, model: str, action: str) -> frozenset[int] | None:
        """The owners whose records the grant reaches: empty for none, None for all."""
        key = (model, action)
        if key not in self._owners:
            self._owners[key] = self.organisation.owners_within(self.member, self.scope(model, action))
        return self._owners[key]

    def field_level(self, model: str, name: str) -> FieldLevel:
        """The most that any role which may read the model allows for the field; without a word, edit.

        A field of an addon that is off is hidden from everybody, the system included.
        """
        key = (model, name)
        if key not in self._fields:
            self._fields[key] = self._widest(key) if self._exists(key) else FieldLevel.HIDDEN
        return self._fields[key]

    def _exists(self, key: tuple[str, str]) -> bool:
        model = models().get(key[0])
        spec = describe(model).fields.get(key[1]) if model is not None else None
        return spec is None or self._is_on(spec.addon)

    def _is_on(self, addon: str) -> bool:
        return addon in ("", CORE) or addon in self.enabled

    def _widest(self, key: tuple[str, str]) -> FieldLevel:
        read = (_granted_as(key[0], READ), READ)
        readers = [r for r in self.member.roles if read in self.organisation.grants.get(r, {})]
        levels = [self.organisation.field_grants.get(r, {}).get(key, FieldLevel.EDIT) for r in readers]
        return max(levels, key=lambda level: level.width, default=FieldLevel.EDIT)


def _granted_as(model: str, action: str) -> str:
    """The model whose grant decides: that of the whole for a part, and none at all for writing one by itself."""
    found = models().get(model)
    whole = whole_of(found) if found is not None else None
    if whole is None:
        return model
    return whole.model.key() if action in THROUGH_THE_WHOLE else ""


class SystemActor(Actor):
    """The system itself: a job, the command line, a migration. Everything is open to it."""

    is_system = True

    def __init__(self, organisation: Organisation, enabled: frozenset[str]) -> None:
        super().__init__(organisation, SYSTEM, enabled)

    def scope(self, model: str, action: str) -> Scope:
        return Scope.ALL

    def may(self, model: str, action: str) -> bool:
        return True

    def owners(self, model: str, action: str) -> frozenset[int] | None:
        return None

    def _widest(self, key: tuple[str, str]) -> FieldLevel:
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
    timezone=None,
    roles=(),
)
