"""`9kcrm init`: a database that is ready to be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from core.cli.site import explained, opened, upgraded

if TYPE_CHECKING:
    from core.site import Site


@click.command(short_help="Create the tables, or bring them up to date.")
@click.option("--demo", is_flag=True, help="Load demo data if the database is new.")
@click.option("--admin", metavar="NAME", help="Create an administrator of this sign-in name.")
@click.option("--password", envvar="NINEKCRM_PASSWORD", help="The administrator's. Asked for when it is left out.")
def init(demo: bool, admin: str | None, password: str | None) -> None:
    """Create the tables, or bring them up to date, and the first people.

    Repeat it as often as you like: what is there is kept.
    """
    if demo and admin:
        raise click.UsageError("--demo brings its own administrator; leave out --admin.")
    if admin and not password:
        password = click.prompt(f"Password for {admin}", hide_input=True, confirmation_prompt=True)

    from core.access import presets

    with opened(migrated=False) as site:
        if moved := upgraded(site):
            click.echo(f"The tables of {', '.join(moved)} are up to date.")
        presets.install(site)
        is_new = not _has_people(site)
        if admin and password:
            _create_administrator(site, admin, password)
        if demo and is_new:
            _load_demo(site)
            return
        _begin(site)
        if is_new and not admin:
            click.echo("Nobody can sign in yet. Next: 9kcrm init --admin NAME, or: 9kcrm demo load")


def _has_people(site: Site) -> bool:
    """Whether somebody can sign in. Not whether tables are new: an earlier try may have ended in between."""
    from sqlalchemy import exists, select

    from core.access.models import User

    with site.system("9kcrm init", write=False) as env:
        return bool(env.session.scalar(select(exists(select(User.id)))))


def _create_administrator(site: Site, username: str, password: str) -> None:
    from core.access import users

    with explained(), site.system("9kcrm init") as env:
        users.create(env, username=username, name=username, password=password, role="administrator")
    click.echo(f"{username} can sign in and administers the site.")


def _begin(site: Site) -> None:
    from core.addons import starting

    with site.system("9kcrm init") as env:
        starting.begin(env)


def _load_demo(site: Site) -> None:
    from core.addons import demo

    click.echo("Loading demo data …")
    demo.load(site)
