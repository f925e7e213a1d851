"""`9kcrm serve` and `9kcrm worker`: the processes of a site."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import click

from core.cli import Failed
from core.config import Settings


@click.command(short_help="Run the whole site on this machine.")
@click.option("--host", metavar="ADDRESS", help="Where to listen; 0.0.0.0 is every network.")
@click.option("--port", metavar="NUMBER", help="The port to listen on.")
@click.option("--safe", is_flag=True, help="Start with core and base alone, when another addon does harm.")
@click.option("--reload", is_flag=True, help="Start anew whenever a file of the code changes (development).")
def serve(host: str | None, port: str | None, safe: bool, reload: bool) -> None:
    """Run the whole site: web server, background jobs, schedule and, unless you have one, the queue.

    Ctrl-C ends it; a job that is under way is finished, or runs again next time.
    """
    # The children read their settings from the environment, as this process does.
    given = {"NINEKCRM_HOST": host, "PORT": port, "NINEKCRM_SAFE": "1" if safe else None}
    os.environ.update({name: value for name, value in given.items() if value is not None})
    settings = Settings.load()
    if reload:
        # One is ready sooner than several, and whoever writes code waits for it.
        settings = replace(settings, web_workers=1)
    people = _checked(settings)

    from core.cli.demo import show_sign_ins
    from core.jobs.supervisor import local_address

    def ready() -> None:
        address = settings.public_url or local_address(settings)
        click.echo(f"\n9KCRM is ready at {click.style(address, bold=True)}  (Ctrl-C ends it)")
        if settings.safe:
            click.echo("Safe mode: addons other than base are not loaded.")
        if reload:
            click.echo("It starts anew whenever a file of the code changes.")
        show_sign_ins(people)

    click.echo("Starting 9KCRM …")
    _supervise(settings, web=True, reload=reload, ready=ready)


@click.command(short_help="Run background jobs only.")
@click.option("--count", type=click.IntRange(1, 64), help="How many jobs may run at the same time.")
def worker(count: int | None) -> None:
    """Run background jobs and the schedule only, for instance on a second machine.

    It needs the same database and the same queue (NINEKCRM_REDIS_URL) as the web server.
    """
    settings = Settings.load()
    if count is not None:
        settings = replace(settings, job_workers=count)
    from core.jobs import queue

    if not settings.redis_url and not queue.is_reachable(settings):
        raise Failed(
            "There is no queue to work on. Set NINEKCRM_REDIS_URL to the one that the web server uses; "
            "`9kcrm serve` on this machine brings its own queue and workers."
        )
    _supervise(settings, web=False, ready=lambda: click.echo("Working. Ctrl-C ends it."))


def _checked(settings: Settings) -> Sequence[tuple[str, str]]:
    """Refuses to serve a database without tables; returns the demo sign-ins.

    Tables that are behind, or a database that is away for the moment, are no reason not to start: until then the
    site says that it is in maintenance.
    """
    from sqlalchemy import inspect
    from sqlalchemy.exc import OperationalError

    from core.cli.demo import sign_ins
    from core.cli.site import behind
    from core.orm.migrations import pending
    from core.site import Site

    site = Site.open(settings)
    try:
        waiting = pending(site)
        if "core" in waiting and not inspect(site.engine).has_table("core_user"):
            raise Failed("There are no tables yet. Run: 9kcrm init")
        if waiting:
            click.secho(behind(site, waiting), fg="yellow", err=True)
            click.secho("Until then the site shows that it is in maintenance.", fg="yellow", err=True)
            return ()
        return sign_ins(site)
    except OperationalError as error:
        click.secho(f"The database cannot be used at the moment: {error.orig}", fg="yellow", err=True)
        return ()
    finally:
        site.dispose()


def _supervise(settings: Settings, *, web: bool, reload: bool = False, ready: Callable[[], None]) -> None:
    from core.jobs import logs
    from core.jobs.supervisor import CannotStart, Supervisor

    logs.configure("serve")
    try:
        sys.exit(Supervisor(settings, web=web, reload=reload, ready=ready).run())
    except CannotStart as error:
        raise Failed(str(error)) from error
