"""`9kcrm addon`: which addons there are, which of them are on, and taking the data of one away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core import clock
from core.cli import Failed
from core.cli.addon_check import check
from core.cli.addon_new import new
from core.cli.site import LANGUAGE, capitalised, explained, opened, system, upgraded
from core.config import Settings

if TYPE_CHECKING:
    from core.addons.purge import Loss
    from core.addons.registry import Registry
    from core.site import Site

COLOURS = {"on": "green", "waits": "yellow", "wrong": "red"}


@click.group()
def addon() -> None:
    """List the installed addons, enable and disable them, purge the data of one; write new ones and check them."""


addon.add_command(new)
addon.add_command(check)


@addon.command("list")
def list_() -> None:
    """List the addons that are there: on, off, waiting for another one, wrong (cannot be loaded), or purged.

    Exit code 1 if one cannot be loaded.
    """
    from core.addons import lifecycle
    from core.addons.purged import purged

    with system("addon list") as env:
        registry, wanted = env.site.registry, lifecycle.wanted(env)
        for found in registry.addons:
            state = "on" if found.name in env.enabled else "waits" if wanted[found.name] else "off"
            _show(state, found.name, found.manifest.version, found.manifest.title)
        for name in sorted(purged(env.site.settings.data)):
            _show("purged", name, "", "")
        for each in registry.quarantined:
            _show("wrong", each.name, each.version, each.title)
            click.echo(f"        {each.problem.cause}\n        {each.problem.remedy}")
    if registry.quarantined:
        raise click.exceptions.Exit(1)


@addon.command()
@click.argument("name")
def enable(name: str) -> None:
    """Enable the addon NAME, with all that it depends on. The running site follows with the next request."""
    from core.addons import lifecycle
    from core.addons.purged import bring_back, purged

    settings = Settings.load()
    was_purged = name in purged(settings.data)
    if was_purged:
        bring_back(settings.data, name)
        with opened(migrated=False) as site:
            upgraded(site)
    with system("addon enable") as env:
        _check_known(env.site.registry, name)
        changed = lifecycle.enable(env, name)
    click.echo(f"On: {', '.join(changed)}." if changed else f"{name} is on already.")
    if was_purged:
        click.echo("It begins with empty tables. Restart the site, which has not loaded it yet.")


@addon.command()
@click.argument("name")
def disable(name: str) -> None:
    """Disable the addon NAME, and with it all that depend on it. Nothing that they stored is deleted."""
    from core.addons import lifecycle
    from core.addons.manifest import PURGE

    with system("addon disable") as env:
        _check_known(env.site.registry, name)
        changed = lifecycle.disable(env, name)
        policy = env.site.registry.addon(name).manifest.uninstall
    click.echo(f"Off: {', '.join(changed)}. Their data is kept." if changed else f"{name} is off already.")
    if policy == PURGE:
        click.echo(f"What it stored can be made again at any time. To take it away: 9kcrm addon purge {name}")


ARCHIVE = click.Path(dir_okay=False, path_type=Path)


@addon.command()
@click.argument("name")
@click.option("--to", "target", metavar="FILE", type=ARCHIVE, help="A ZIP file; NAME-YYYYMMDD.zip here otherwise.")
def archive(name: str, target: Path | None) -> None:
    """Write all that the addon NAME has stored to a ZIP file, which must not exist yet. Nothing is taken away.

    It holds a manifest, each table as JSON lines, the history of the records, their files, and the values of lists.
    """
    with opened() as site, explained():
        _check_known(site.registry, name)
        _archived(site, name, target or Path(f"{name}-{clock.now():%Y%m%d}.zip"))


@addon.command()
@click.argument("name")
@click.option("--archive", "target", metavar="FILE", type=ARCHIVE, help="Write the data to this ZIP file before.")
@click.option("--confirm", metavar="NAME", help="The addon's name once more, instead of being asked for it.")
def purge(name: str, target: Path | None, confirm: str | None) -> None:
    """Take away all that the disabled addon NAME has stored: for good, while the site is not running.

    Its tables and columns go by its own migrations, then every trace of its records. The addon is not loaded any
    more, until `9kcrm addon enable` brings it back with empty tables. It is all or nothing. Make a copy of the
    database before, or at least archive what the addon has stored.
    """
    from core.addons.purge import losses
    from core.addons.purge import purge as take_away
    from core.orm.failed_migration import MigrationFailed

    with opened() as site, explained():
        _check_known(site.registry, name)
        _check_stopped(site)
        with site.system(f"9kcrm addon purge {name}", write=False, locale=LANGUAGE) as env:
            _tell(name, losses(env, name))
        if (confirm or click.prompt(f"Type {name} to go on", default="", show_default=False)) != name:
            raise Failed("Nothing was purged.")
        if target is not None:
            _archived(site, name, target)
        try:
            take_away(site, name)
        except MigrationFailed as error:
            raise Failed(f"{capitalised(error.failure.cause)}\nPut the script right and repeat the command.") from error
    click.echo(f"{name} is purged. Its folder or package may be removed now.")


def _show(state: str, name: str, version: str, title: str) -> None:
    click.echo(f"{click.style(f'{state:<8}', fg=COLOURS.get(state))}{name:<20}{version:<10}{title}".rstrip())


def _tell(name: str, found: Sequence[Loss]) -> None:
    click.echo(f"Purging {name} deletes for good:")
    for loss in found:
        what = f"columns {', '.join(loss.columns)} of {loss.table}" if loss.columns else f"table {loss.table}"
        click.echo(f"  {what}: {loss.rows:,} rows")
    click.echo("  and the history, shares, files, grants and jobs that belong to it")


def _archived(site: Site, name: str, target: Path) -> None:
    from core.addons.archive import archive as write

    with site.system(f"9kcrm addon archive {name}", write=False, locale=LANGUAGE) as env:
        try:
            found = write(env, name, target)
        except OSError as error:
            raise Failed(f"{target} cannot be written: {error.strerror}.") from error
    for table, rows in found.items():
        click.echo(f"  {table}: {rows:,} rows")
    click.echo(f"Archived {name} to {target}.")


def _check_known(registry: Registry, name: str) -> None:
    from difflib import get_close_matches

    from core.i18n import use_locale

    broken = next((each for each in registry.quarantined if each.name == name), None)
    names = [addon.name for addon in registry.addons]
    if name in names:
        return
    if broken is not None:
        with use_locale(LANGUAGE):
            raise Failed(f"{name} cannot be loaded. {broken.problem.cause}\n{broken.problem.remedy}")
    close = get_close_matches(name, names, n=1)
    raise Failed(f"There is no addon {name!r}. " + (f"Did you mean {close[0]}?" if close else "9kcrm addon list"))


def _check_stopped(site: Site) -> None:
    """Running processes have the addon's tables mapped, and would fail as soon as they are gone."""
    from rq import Worker

    from core.jobs import queue, site_id

    if not queue.is_reachable(site.settings):
        return
    id = site_id.stored(site)
    connection = queue.connect(site.settings, timeout=2.0)
    # The embedded queue runs with the site and no longer.
    if site.settings.redis_url is None or (id and Worker.count(queue=queue.make_queue(connection, id))):
        raise Failed("The site is running. Stop it first, the workers too.")
