"""`9kcrm doctor`: what is right and what is wrong with this installation."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import click

from core.config import ConfigError, Settings

if TYPE_CHECKING:
    from core.site import Site

LOW_DISK = 500 * 1024 * 1024
OK, NOTE, WRONG = "ok", "note", "wrong"
INDENT = "\n" + " " * 16
COLOURS = {OK: "green", NOTE: "yellow", WRONG: "red"}


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    level: str
    subject: str
    text: str


@click.command(short_help="Say what is right and wrong with this installation.")
@click.option("--repair", is_flag=True, help="Put right the copies of owners that differ from the original.")
def doctor(repair: bool) -> None:
    """Check settings, data folder, database, tables, copied owners, addons and their data, queue, jobs, assets, mail.

    Exit code 1 if anything is wrong.
    """
    is_wrong = False
    for finding in findings(repair=repair):
        is_wrong = is_wrong or finding.level == WRONG
        mark = click.style(f"{finding.level:<6}", fg=COLOURS[finding.level])
        click.echo(f"{mark}{finding.subject:<10}{_indented(finding.text)}")
    sys.exit(1 if is_wrong else 0)


def _indented(text: str) -> str:
    """The lines of a text, those of a database's error for example, one below the other."""
    return INDENT.join(line.strip() for line in text.splitlines() if line.strip())


def findings(*, repair: bool = False) -> Iterator[Finding]:
    """What the doctor finds, in the order in which one thing depends on another."""
    try:
        settings = Settings.load()
    except ConfigError as error:
        yield Finding(WRONG, "settings", str(error))
        return
    yield from _settings(settings)
    yield from _data(settings)
    yield from _assets()
    yield from _mail(settings)
    yield from _queue(settings)
    yield from _site(settings, repair=repair)


def _settings(settings: Settings) -> Iterator[Finding]:
    from core.config_source import ENVIRONMENT

    file = os.environ.get("NINEKCRM_CONFIG") or "none of your own"
    yield Finding(OK, "settings", f"file: {file}; listens on {settings.host}:{settings.port}")
    known = {*ENVIRONMENT, "NINEKCRM_CONFIG", "NINEKCRM_PASSWORD"}
    for name in sorted(n for n in os.environ if n.startswith("NINEKCRM_") and n not in known):
        yield Finding(NOTE, "settings", f"{name} is set, but no setting is called so.")
    if settings.debug:
        yield Finding(NOTE, "settings", "site.debug is on: errors show their details. Not in production.")


def _data(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.data).free
    level = OK if free > LOW_DISK else WRONG
    yield Finding(level, "data", f"{settings.data}, {free // 1024**2:,} MiB free")
    secret = settings.data / "secret_key"
    if secret.exists() and secret.stat().st_mode & 0o077:
        yield Finding(WRONG, "data", f"Others can read {secret}. Run: chmod 600 {secret}")


def _assets() -> Iterator[Finding]:
    from importlib.resources import files

    from core.printing import fonts

    if (files("core") / "web" / "static" / "dist" / "manifest.json").is_file():
        yield Finding(OK, "assets", "built")
    else:
        yield Finding(WRONG, "assets", "The browser assets are not built. Run: make assets")
    if not fonts.are_there():
        yield Finding(WRONG, "fonts", "The fonts for printing are not built. Run: make assets")


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.smtp is None:
        yield Finding(NOTE, "mail", "No server is set (mail.host): messages are kept, not sent.")
    else:
        yield Finding(OK, "mail", f"{settings.smtp.host}:{settings.smtp.port} as {settings.smtp.sender}")
        if settings.public_url is None:
            yield Finding(WRONG, "mail", "Links in mail need the address of this site. Set server.public_url.")


def _queue(settings: Settings) -> Iterator[Finding]:
    from core.jobs import queue, valkey

    kind = "configured" if settings.redis_url else "embedded"
    if queue.is_reachable(settings):
        yield Finding(OK, "queue", f"{kind}, answers")
    elif settings.redis_url:
        yield Finding(WRONG, "queue", "NINEKCRM_REDIS_URL does not answer; jobs wait until it does.")
    else:
        try:
            yield Finding(OK, "queue", f"embedded, starts with `9kcrm serve` ({valkey.binary()})")
        except valkey.QueueServerError as error:
            yield Finding(WRONG, "queue", str(error))


def _site(settings: Settings, *, repair: bool) -> Iterator[Finding]:
    from sqlalchemy.exc import SQLAlchemyError

    from core.site import Site

    try:
        site = Site.open(settings)
    except Exception as error:  # An addon is free to fail in any way while it is imported.
        yield Finding(WRONG, "addons", f"cannot be loaded: {error!r}. Start without them: 9kcrm serve --safe")
        return
    checks: tuple[Callable[[Site], Iterator[Finding]], ...] = (_addons, _database, partial(_tables, repair=repair))
    try:
        for check in checks:
            yield from check(site)
    except SQLAlchemyError as error:
        yield Finding(WRONG, "database", f"{getattr(error, 'orig', error)}\nIs NINEKCRM_DATABASE_URL right?")
    finally:
        site.dispose()


def _addons(site: Site) -> Iterator[Finding]:
    from core.cli.site import LANGUAGE
    from core.i18n import use_locale

    names = ", ".join(f"{addon.name} {addon.manifest.version}" for addon in site.registry.addons)
    yield Finding(OK, "addons", f"installed: {names or 'none'}")
    with use_locale(LANGUAGE):
        for each in site.registry.quarantined:
            said = f"{each.name} ({each.path}) cannot be loaded. {each.problem.cause}\n{each.problem.remedy}"
            yield Finding(WRONG, "addons", said)


def _database(site: Site) -> Iterator[Finding]:
    with site.engine.connect() as connection:
        version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    yield Finding(OK, "database", f"{site.engine.dialect.name} {version}")


def _tables(site: Site, *, repair: bool) -> Iterator[Finding]:
    from core.cli.site import behind
    from core.orm.migrations import pending

    waiting = pending(site)
    if waiting:
        yield Finding(WRONG, "tables", behind(site, waiting))
        return
    yield Finding(OK, "tables", "up to date")
    yield from _owners(site, repair=repair)
    yield from of_addons(site)
    yield from _workers(site)
    yield from _jobs(site)


def _owners(site: Site, *, repair: bool) -> Iterator[Finding]:
    from core.orm import roots

    is_right = True
    for info in roots.followers():
        with site.engine.connect() as connection:
            count = roots.count_wrong(connection, info)
        if count and repair:
            yield Finding(NOTE, "owners", f"{info.table.name}: {roots.repair(site, info):,} put right")
        elif count:
            is_right = False
            text = f"{info.table.name}: {count:,} with another root or owner than what they follow."
            yield Finding(WRONG, "owners", f"{text} Run: 9kcrm doctor --repair")
    if is_right:
        yield Finding(OK, "owners", "copied ones are right")


def of_addons(site: Site) -> Iterator[Finding]:
    """What addons have to say of their data."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with site.system("what is right and wrong", write=False) as env:
            found = env.hooks.diagnose()
    except SQLAlchemyError:
        raise
    except Exception as error:  # An addon is free to fail in any way.
        yield Finding(WRONG, "addons", f"The examination by an addon failed: {error!r}")
        return
    for subject, text, is_wrong in found:
        yield Finding(WRONG if is_wrong else OK, subject, text)


def _workers(site: Site) -> Iterator[Finding]:
    """Those of this site: others may share the queue server."""
    from rq import Worker

    from core.jobs import queue, site_id

    if not queue.is_reachable(site.settings):
        return
    connection, id = queue.connect(site.settings, timeout=2.0), site_id.stored(site)
    count = Worker.count(queue=queue.make_queue(connection, id)) if id else 0
    if count:
        yield Finding(OK, "workers", str(count))
    else:
        yield Finding(WRONG, "workers", "None. Run: 9kcrm worker")


def _jobs(site: Site) -> Iterator[Finding]:
    from core.jobs.status import status

    found = status(site)
    late = found.oldest_waiting_seconds > 300
    waiting = f"{found.waiting} waiting, {found.running} running"
    yield Finding(WRONG if late else OK, "jobs", waiting + (": nobody takes them. Run: 9kcrm worker" if late else ""))
    if found.failed:
        yield Finding(NOTE, "jobs", f"{found.failed} failed and were given up; the last: {found.last_error}")
