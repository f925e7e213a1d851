"""`9kcrm shell`: Python with the site at hand."""

from __future__ import annotations

import code
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from core.cli import Failed
from core.cli.site import opened

if TYPE_CHECKING:
    from core.env import Env
    from core.site import Site

BANNER = """9KCRM shell. Each block is one transaction, stored at its end:
  >>> with system() as env:           sees everything
  >>> with acting("sales") as env:    with that user's rights
Keep blocks short on SQLite: while one is open, nobody else can save.
"""


@click.command(short_help="Open Python with the site at hand.")
@click.option("-c", "--command", metavar="CODE", help="Run this with `env` of the system, store, and leave.")
@click.option("--as", "username", metavar="NAME", help="With -c: act with the rights of this user.")
def shell(command: str | None, username: str | None) -> None:
    """Open Python with `site`, `system()`, `acting(NAME)` and `select` ready."""
    if username and command is None:
        raise click.UsageError('--as goes with -c. In the shell: with acting("NAME") as env: …')
    from sqlalchemy import select

    with opened() as site:

        def system() -> AbstractContextManager[Env]:
            return site.system("9kcrm shell")

        def acting(name: str) -> AbstractContextManager[Env]:
            return site.env(id_of(site, name), write=True)

        names = {"site": site, "select": select, "system": system, "acting": acting}
        if command is None:
            code.interact(BANNER, local=names, exitmsg="")
            return
        with acting(username) if username else system() as env:
            exec(command, names | {"env": env})


def id_of(site: Site, username: str) -> int:
    """The user of that name. Raises Failed."""
    from sqlalchemy import select

    from core.access.models import User

    with site.system("9kcrm shell", write=False) as env:
        found = env.session.scalar(select(User.id).where(User.username == username))
    if found is None:
        raise Failed(f"There is no user {username!r}. `9kcrm user list` shows them.")
    return found
