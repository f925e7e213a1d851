"""`9kcrm migrate`: tables follow the code."""

from __future__ import annotations

import click

from core.cli import Failed
from core.cli.site import opened, upgraded


@click.command(short_help="Bring the tables up to date with the code.")
@click.option("--new", "message", metavar="MESSAGE", help="Write a new migration script instead (development).")
@click.option("--addon", metavar="NAME", help="Which addon the new script is for; core is one as well.")
@click.option("--check", is_flag=True, help="Only say what is waiting; exit code 1 if anything is.")
def migrate(message: str | None, addon: str | None, check: bool) -> None:
    """Bring the tables of core and of every installed addon up to date.

    Each addon's step happens as a whole or not at all. An SQLite database is copied to <data>/backups before.
    """
    if bool(message) != bool(addon):
        raise click.UsageError("--new and --addon belong together.")
    with opened(migrated=False) as site:
        from core.orm import migrations

        if message and addon:
            from core.orm.revisions import new_revision

            try:
                click.echo(f"Wrote {new_revision(site, addon, message)}. Read it before you commit it.")
            except LookupError as error:
                raise Failed(f"There is no addon {addon!r}.") from error
        elif check:
            waiting = migrations.pending(site)
            if waiting:
                raise Failed(f"Waiting: {', '.join(waiting)}. Run: 9kcrm migrate")
            click.echo("Everything is up to date.")
        else:
            moved = upgraded(site)
            click.echo(f"Migrated: {', '.join(moved)}." if moved else "Everything is up to date.")
