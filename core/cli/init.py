"""`9kcrm init`: a database that is ready to be used."""

from __future__ import annotations

import click

from core.cli import Failed
from core.cli.site import opened


@click.command()
@click.option("--demo", is_flag=True, help="Load demo data if the database is new.")
@click.option("--admin", metavar="NAME", help="Create an administrator of this sign-in name.")
@click.password_option(
    "--password",
    prompt=False,
    envvar="NINEKCRM_ADMIN_PASSWORD",
    help="The administrator's password. Asked for when it is left out.",
)
def init(demo: bool, admin: str | None, password: str | None) -> None:
    """Create the tables, or bring them up to date, and the first people.

    Repeat it as often as you like: what is there is kept.
    """
    if demo and admin:
        raise click.UsageError("--demo brings its own administrator; leave out --admin.")
    if admin and not password:
        password = click.prompt(f"Password for {admin}", hide_input=True, confirmation_prompt=True)

    from core.access import presets
    from core.orm import migrations

    with opened(migrated=False) as site:
        is_new = "core" in migrations.pending(site)
        moved = migrations.upgrade(site)
        presets.install(site)
        if moved:
            click.echo(f"Tables are up to date: {', '.join(moved)}.")
        if admin and password:
            _create_admin(site, admin, password)
        if demo and is_new:
            _load_demo(site)
        elif is_new and not admin:
            click.echo("Nobody can sign in yet. Next: 9kcrm init --admin NAME, or 9kcrm demo load")
