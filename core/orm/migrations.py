"""Migrations: a chain per addon, each with its own version table, run in dependency order.

Scripts are generated while developing (`new_revision`), read by a person, and committed; nothing is generated at
run time. One addon's step is one transaction, on SQLite as well.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from core import clock
from core.orm.database import WRITES
from core.orm.failed_migration import MigrationFailed, failure_of, forget, remember

if TYPE_CHECKING:
    from core.site import Site

log = logging.getLogger(__name__)
LOCK = 0x394B43524D
"""The advisory lock that lets one process migrate at a time on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The migrations of one addon; `core` is one as well."""

    addon: str
    folder: Path

    @property
    def version_table(self) -> str:
        return f"alembic_version_{self.addon}"

    @property
    def script(self) -> ScriptDirectory:
        return ScriptDirectory(str(self.folder), version_locations=[str(self.folder)])

    @property
    def head(self) -> str | None:
        return self.script.get_current_head()


def chains(site: Site) -> list[Chain]:
    """Core's chain and those of all installed addons, enabled or not, in dependency order."""
    core = Path(__file__).resolve().parents[1] / "migrations"
    found = [Chain("core", core)]
    found += [Chain(addon.name, addon.manifest.path / "migrations") for addon in site.registry.addons]
    return [chain for chain in found if chain.folder.is_dir()]


def pending(site: Site) -> list[str]:
    """The addons whose tables are behind their code."""
    with site.engine.connect() as connection:
        return [c.addon for c in chains(site) if _current(connection, c) != c.head]


def upgrade(site: Site) -> list[str]:
    """Brings every addon's tables up to date, one transaction each. Returns the addons that moved.

    A process killed in between leaves whole steps only; the next call goes on from there. Raises `MigrationFailed`
    at the first addon whose step fails; those before it are up to date then.
    """
    with alone(site.engine):
        waiting = pending(site)
        if waiting:
            _back_up(site)
        moved = [c.addon for c in chains(site) if c.addon in waiting and _up(site, c)]
    forget(site.settings.data)
    return moved


def _up(site: Site, chain: Chain) -> bool:
    steps: list[str] = []
    try:
        return _move(site.engine, chain, "head", steps)
    except OperationalError as error:
        if error.connection_invalidated:
            # The database went away, which says nothing of the script.
            raise
        raise _failed(site, chain, steps, error) from error
    except Exception as error:  # A script is free to fail in any way.
        raise _failed(site, chain, steps, error) from error


def _failed(site: Site, chain: Chain, steps: list[str], error: Exception) -> MigrationFailed:
    failure = failure_of(chain.addon, steps[-1] if steps else "", error, chain.folder)
    remember(site.settings.data, failure)
    return MigrationFailed(failure)


def downgrade(site: Site, addon: str, revision: str = "base") -> None:
    """Takes one addon's tables back to `revision`. Raises `MigrationFailed` where a script fails."""
    chain = _chain_of(site, addon)
    if chain is not None:
        with _scripts(chain) as steps, alone(site.engine):
            _move(site.engine, chain, revision, steps)


def take_away(site: Site, addon: str, connection: Connection) -> None:
    """Takes all of one addon's tables away within a transaction of the caller, who works `alone`.

    Raises `MigrationFailed` where a script fails; then the transaction is to be undone.
    """
    chain = _chain_of(site, addon)
    if chain is None:
        return
    _hurry(connection)
    with _scripts(chain) as steps:
        if _current(connection, chain) is not None:
            _run(connection, chain, "base", steps)
        connection.execute(text(f'DROP TABLE IF EXISTS "{chain.version_table}"'))


def _chain_of(site: Site, addon: str) -> Chain | None:
    return next((chain for chain in chains(site) if chain.addon == addon), None)


@contextmanager
def _scripts(chain: Chain) -> Iterator[list[str]]:
    """The steps that have begun, to be filled in; raises `MigrationFailed` with the last of them."""
    steps: list[str] = []
    try:
        yield steps
    except Exception as error:  # A script is free to fail in any way.
        raise MigrationFailed(failure_of(chain.addon, steps[-1] if steps else "", error, chain.folder)) from error


def _move(engine: Engine, chain: Chain, to: str, steps: list[str] | None = None) -> bool:
    """Runs the chain's scripts up to `to`. `steps` is told of each before it begins."""
    with _transaction(engine) as connection:
        before = _current(connection, chain)
        if before == (None if to == "base" else chain.head):
            return False
        _run(connection, chain, to, [] if steps is None else steps)
    log.info("Migrated %s from %s to %s.", chain.addon, before, to)
    return True


def _run(connection: Connection, chain: Chain, to: str, told: list[str]) -> None:
    script = chain.script
    steps = script._downgrade_revs if to == "base" else script._upgrade_revs

    def plan(current: Any, _context: Any) -> Iterator[Any]:
        for step in steps(to, current):
            told.append(step.revision.revision)
            yield step

    with EnvironmentContext(Config(), script, fn=plan) as environment:
        environment.configure(connection=connection, version_table=chain.version_table, transactional_ddl=True)
        with Operations.context(environment.get_context()):
            environment.run_migrations()


def _current(connection: Connection, chain: Chain) -> str | None:
    options = {"version_table": chain.version_table}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        connection.execution_options(**{WRITES: True})
        with connection.begin():
            _hurry(connection)
            yield connection


def _hurry(connection: Connection) -> None:
    """A script that has to wait for a table is given up before all those who wait behind it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """One migrating process at a time. SQLite's own write lock does that per step."""
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()


def _back_up(site: Site) -> None:
    """A copy of an SQLite database beside it before its tables change; PostgreSQL has its own tools."""
    if site.engine.dialect.name != "sqlite" or not inspect(site.engine).has_table("core_user"):
        return
    folder = site.settings.data / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"before-migration-{clock.now():%Y%m%d-%H%M%S-%f}.db"
    driver = site.engine.raw_connection()
    try:
        if driver.cursor().execute("SELECT count(*) FROM core_user").fetchone() == (0,):
            return
        driver.cursor().execute("VACUUM INTO ?", (str(target),))
    finally:
        driver.close()
    log.info("Copied the database to %s before migrating.", target)
