"""The people who sign in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select

from core.administration import UserState, end_sign_in, users
from core.api import Changes, Forbidden, Message, Records, User, _

SIGN_IN_FIELDS = ("username", "email")
"""With the sign-in name one signs in, and to the address goes the link for a new password."""

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
        return problems | (self._out_of_reach(values, record) if record is not None else {})

    def update(self, record: User, values: Mapping[str, Any], *, version: int | None = None) -> User:
        """Changes a user. Raises `LastAdministrator` if nobody would remain to administer the site."""
        self._check_outranked(record)
        with users.keeping_administrators(self.env):
            return super().update(record, values, version=version)

    def saved(self, record: User, changes: Changes, *, created: bool) -> None:
        """Whoever is disabled or has left is signed out for good: coming back means signing in again."""
        super().saved(record, changes, created=created)
        if not created and "state" in changes and record.state != UserState.ACTIVE:
            end_sign_in(self.env, record.id)

    def delete(self, record: User, *, version: int | None = None) -> int:
        """Deletes a user of whom nothing depends. Raises `LastAdministrator`, `Conflict`."""
        self._check_outranked(record)
        id = record.id
        with users.keeping_administrators(self.env):
            act = super().delete(record, version=version)
            end_sign_in(self.env, id)
            return act

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
        users.check_may_act_as(self.env, record)

    def may_reset(self, record: User) -> bool:
        """Whether `check_may_reset` lets the actor through."""
        try:
            self.check_may_reset(record)
        except Forbidden:
            return False
        return True

    def _out_of_reach(self, values: Mapping[str, Any], record: User) -> dict[str, Message]:
        """Fields that only an administrator may change, or else the user becomes the actor's or reaches further."""
        changed = {name for name, value in values.items() if value != getattr(record, name, None)}
        problems: dict[str, Message] = {}
        actor = self.env.actor
        if "department_id" in changed and actor.id == record.id and not actor.may(*users.ADMINISTERS):
            problems["department_id"] = _("Only an administrator may move you to another department.")
        try:
            users.check_may_act_as(self.env, record)
        except Forbidden as error:
            problems |= dict.fromkeys(changed.intersection(SIGN_IN_FIELDS), error.message)
        return problems

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
