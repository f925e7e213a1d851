"""Roles, whose grants are another service's."""

from __future__ import annotations

from sqlalchemy import func, select

from addons.base.services.grants import Grants
from core.administration import RoleMember
from core.api import Conflict, Records, Role, User, _, ngettext


class RoleInUse(Conflict):
    """Somebody still has the role."""

    code = "role_in_use"


class Roles(Records[Role]):
    """Roles. One that somebody has is not deleted."""

    model = Role

    def copy(self, record: Role) -> Role:
        """A new role that may do what this one may; nobody has it yet. Raises `Forbidden`."""
        grants = self.env.service(Grants)
        name = str(_("Copy of {name}", name=record.name))[:100]
        made = self.create({"name": name, "description": record.description})
        grants.save(made, grants.scopes_of(record), grants.levels_of(record))
        return made

    def delete(self, record: Role, *, version: int | None = None) -> int:
        """Raises `RoleInUse`: people would lose what they may do without being told."""
        count = self.env.connection_of_core.scalar(
            select(func.count())
            .select_from(RoleMember)
            .join(User, User.id == RoleMember.user_id)
            .where(RoleMember.role_id == record.id, User.deleted_at.is_(None))
        )
        if count:
            raise RoleInUse(
                ngettext(
                    "{count} user still has this role. Give them another one first.",
                    "{count} users still have this role. Give them another one first.",
                    count,
                )
            )
        return super().delete(record, version=version)
