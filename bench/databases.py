"""The two databases that are measured, kept between runs in one folder."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core.addons.registry import Registry
from core.config import Settings
from core.orm.database import make_engine
from core.site import Site
from core.testing import services

FOLDER = Path(__file__).resolve().parents[1] / "var" / "bench"
# As somebody would set up a server with a few gigabytes: the defaults are for a very small one.
POSTGRES = {
    "listen_addresses": "",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "512MB",
    "effective_cache_size": "2GB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "synchronous_commit": "off",
    "fsync": "off",
    "jit": "off",
    # So that the processor time of a request is that of one process.
    "max_parallel_workers_per_gather": "0",
}


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """The address of the SQLite database of this size."""
    folder.mkdir(parents=True, exist_ok=True)
    yield f"sqlite:///{folder / 'site.db'}"


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of the PostgreSQL database of this size, on a server that runs meanwhile."""
    user = services.UNPRIVILEGED if os.geteuid() == 0 else None
    folder.mkdir(parents=True, exist_ok=True)
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    with services._folder("9kcrm-bench-", user) as sockets:
        programs = services._postgres_programs(sockets, user)
        if not (folder / "data" / "PG_VERSION").exists():
            services._initialise(programs, folder / "data", user)
        settings = {**POSTGRES, "unix_socket_directories": str(sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(programs / "postgres"), "-D", str(folder / "data"), *options]
        with services._running(command, sockets / "log", user):
            url = f"postgresql+psycopg://postgres@/postgres?host={sockets}"
            services._wait_for_postgres(url, sockets / "log")
            yield url


ENGINES = {"sqlite": sqlite, "postgresql": postgresql}


def open_site(url: str, folder: Path) -> Site:
    """The site on that database, as the product opens it."""
    environ = {"NINEKCRM_DATA": str(folder), "NINEKCRM_DATABASE_URL": url}
    settings = replace(Settings.load(environ=environ), argon2=(1, 8, 1))
    return Site(settings, make_engine(url), Registry.discover())
