"""The people of the tests, named by their role, the same as the demo sign-ins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import insert, select

from core.access import users
from core.access.models import Department, Role, RoleMember, User
from core.env import Env
from core.orm.versions import bump
from core.site import Site

PEOPLE = {
    "sales": ("林怡君", "north", "salesperson"),
    "manager": ("陳建宏", "north", "manager"),
    "sales2": ("黃志明", "south", "salesperson"),
    "gm": ("張淑芬", None, "general_manager"),
    "accountant": ("李雅婷", None, "accountant"),
    "admin": ("王俊傑", None, "administrator"),
}
"""Username → (name, department, preset role). North and South are beside each other."""


PASSWORD = "correct horse battery"
"""Everybody's."""


def hire(site: Site) -> None:
    """Adds the cast to a migrated site with its preset roles."""
    with site.system("hire the cast") as env:
        departments = {name: env.records(Department).create({"name": name.title()}).id for name in ("north", "south")}
        roles = dict(env.session.execute(select(Role.preset, Role.id)).all())
        for username, (name, department, role) in PEOPLE.items():
            user = env.records(User).create(
                {"username": username, "name": name, "department_id": departments.get(department or "")}
            )
            row = {"user_id": user.id, "role_id": roles[role]}
            env.connection_of_core.execute(insert(RoleMember).values(row))
            users.store_password(env, user.id, PASSWORD)
        bump(env.connection_of_core, "organisation")


class Cast:
    """Lets each of the people act on a site: `with cast.env("sales") as env: …`."""

    def __init__(self, site: Site) -> None:
        self.site = site
        with site.system("find the cast", write=False) as env:
            people = env.session.execute(select(User.username, User.id)).all()
        self.ids: dict[str, int] = dict(people)

    @contextmanager
    def env(self, username: str, *, write: bool = True, locale: str = "en") -> Iterator[Env]:
        """A unit of work by that person, in English unless told otherwise, committed at the end."""
        with self.site.env(self.ids[username], write=write, locale=locale) as env:
            yield env

    def __getattr__(self, username: str) -> int:
        try:
            return self.ids[username]
        except KeyError:
            raise AttributeError(username) from None
