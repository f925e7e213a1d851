"""The people who sign in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select

from core.access import users
from core.access.models import User
from core.errors import Forbidden, Message
from core.i18n import _
from core.records import Records

_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{1,99}")


class Users(Records[User]):
    """Users. What protects the right to administer is written once, in `core.access.users`."""

    model = User

    def validate(self, values: Mapping[str, Any], record: User | None) -> dict[str, Message]:
        """Sign-in names differ in more than case; nobody supervises themselves, over any number of steps."""
        problems = super().validate(values, record)
        username = values.get("username") or ""
        if not _USERNAME.fullmatch(username):
            problems["username"] = _("Two or more letters, digits and . _ - @ +, without spaces.")
        elif self._is_username_taken(username, record):
            problems["username"] = _("This sign-in name is already used.")
        if record is not None and record.id in self._supervisors_of(values.get("supervisor_id")):
            problems["supervisor_id"] = _("Nobody can be their own supervisor.")
        return problems

    def update(self, record: User, values: Mapping[str, Any], *, version: int | None = None) -> User:
        """Changes a user. Raises `LastAdministrator` if nobody would remain to administer the site."""
        self._check_outranked(record)
        with users.keeping_administrators(self.env):
            return super().update(record, values, version=version)

    def delete(self, record: User, *, version: int | None = None) -> int:
        """Deletes a user of whom nothing depends. Raises `LastAdministrator`, `Conflict`."""
        self._check_outranked(record)
        with users.keeping_administrators(self.env):
            return super().delete(record, version=version)

    def give_roles(self, record: User, roles: Collection[int]) -> None:
        """Gives the user exactly these roles. Needs the grant to edit roles, not only users."""
        if not self.env.actor.may(*users.ADMINISTERS):
            raise Forbidden()
        users.set_roles(self.env, record, roles)

    def give_password(self, record: User, password: str) -> None:
        """A password that the user has to change at the next sign-in. Raises `Invalid` for a weak one."""
        self.check_may_reset(record)
        users.set_password(self.env, record, password, must_change=True)

    def check_may_reset(self, record: User) -> None:
        """Raises `Forbidden` unless the actor may help the user to a new password."""
        if not self.env.can("edit", record):
            raise Forbidden()
        self._check_outranked(record)

    def _check_outranked(self, record: User) -> None:
        """Else whoever may edit users could make an administrator's account their own."""
        actor = self.env.actor
        if actor.is_system or actor.id == record.id or actor.may(*users.ADMINISTERS):
            return
        if record.id in users.administrators(self.env.connection_of_core):
            raise Forbidden(_("Only an administrator may change an administrator."))

    def _is_username_taken(self, username: str, record: User | None) -> bool:
        statement = select(User.id).where(func.lower(User.username) == username.lower())
        if record is not None:
            statement = statement.where(User.id != record.id)
        return self.env.session.scalar(statement.limit(1)) is not None

    def _supervisors_of(self, supervisor_id: int | None) -> set[int]:
        """The supervisor, theirs and so on."""
        members, found = self.env.actor.organisation.members, set[int]()
        while supervisor_id is not None and supervisor_id not in found:
            found.add(supervisor_id)
            member = members.get(supervisor_id)
            supervisor_id = member.supervisor_id if member else None
        return found
