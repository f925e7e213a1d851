"""What a role may do, and with which fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from core.administration import Change, FieldGrant, Grant, Grantable, bump, grantables, keeping_administrators
from core.api import FieldLevel, Forbidden, Role, Scope, clock

if TYPE_CHECKING:
    from core.api import Env

Key = tuple[str, str]


class Grants:
    """The grants of roles. Whoever may edit roles may edit them."""

    def __init__(self, env: Env) -> None:
        self.env = env

    def matrix(self) -> list[Grantable]:
        """What can be granted with the enabled addons."""
        return grantables(self.env.site.registry, self.env.enabled)

    def scopes_of(self, role: Role) -> dict[Key, Scope]:
        """(model, action) → scope, of disabled addons too."""
        rows = self.env.connection_of_core.execute(
            select(Grant.model, Grant.action, Grant.scope).where(Grant.role_id == role.id)
        )
        return {(model, action): Scope(scope) for model, action, scope in rows}

    def levels_of(self, role: Role) -> dict[Key, FieldLevel]:
        """(model, field) → level, where it is less than edit."""
        rows = self.env.connection_of_core.execute(
            select(FieldGrant.model, FieldGrant.field, FieldGrant.level).where(FieldGrant.role_id == role.id)
        )
        return {(model, name): FieldLevel(level) for model, name, level in rows}

    def save(self, role: Role, scopes: Mapping[Key, Scope], levels: Mapping[Key, FieldLevel]) -> None:
        """Stores what is named in `scopes` and `levels`; what is not named stays as it is.

        Raises `Forbidden`, or `LastAdministrator` and `OwnAdministration` for what would lock people out.
        """
        if not self.env.can("edit", role):
            raise Forbidden()
        had_scopes, had_levels = self.scopes_of(role), self.levels_of(role)
        new_scopes = _kept({**had_scopes, **scopes}, without=Scope.NONE)
        new_levels = _kept({**had_levels, **levels}, without=FieldLevel.EDIT)
        with keeping_administrators(self.env):
            self._write(Grant, role, "action", "scope", had_scopes, new_scopes)
            self._write(FieldGrant, role, "field", "level", had_levels, new_levels)
        self._note(role, {**had_scopes, **had_levels}, {**new_scopes, **new_levels})

    def _write(
        self, table: Any, role: Role, key: str, value: str, had: Mapping[Key, Any], new: Mapping[Key, Any]
    ) -> None:
        connection, column = self.env.connection_of_core, getattr(table, key)
        for model, name in [k for k in had if had[k] != new.get(k)]:
            connection.execute(delete(table).where(table.role_id == role.id, table.model == model, column == name))
        rows = [
            {"role_id": role.id, "model": model, key: name, value: found}
            for (model, name), found in new.items()
            if had.get((model, name)) != found
        ]
        if rows:
            connection.execute(insert(table), rows)

    def _note(self, role: Role, had: Mapping[Key, Any], new: Mapping[Key, Any]) -> None:
        """Writes the role's history: `customer.read: own → all`."""
        changes = {
            f"{model}.{name}": [had.get((model, name)), new.get((model, name))]
            for model, name in {**had, **new}
            if had.get((model, name)) != new.get((model, name))
        }
        if not changes:
            return
        row = {"model": "role", "record_id": role.id, "at": clock.now(), "user_id": self.env.user_id}
        self.env.connection_of_core.execute(insert(Change).values(**row, action="grants", reason="", changes=changes))
        bump(self.env.connection_of_core, "organisation")


def _kept(found: Mapping[Key, Any], *, without: Any) -> dict[Key, Any]:
    return {key: value for key, value in found.items() if value != without}
