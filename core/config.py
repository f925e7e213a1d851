"""The settings of an installation: `config/default.toml`, then your own file, then the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from core.config_source import ConfigError, Values

__all__ = ["ConfigError", "Settings", "Smtp"]


@dataclass(frozen=True)
class Smtp:
    """The mail server. `tls` is "starttls", "tls" or "none"."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    tls: str
    sender: str


@dataclass(frozen=True)
class Settings:
    """What an installation is told from outside. Immutable; pass it on, and read nothing from globals."""

    data: Path
    secret_key: str = field(repr=False)
    timezone: str
    debug: bool
    safe: bool
    database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    """None means the embedded queue."""
    host: str
    port: int
    web_workers: int
    web_threads: int
    trusted_proxies: int
    public_url: str | None
    max_upload_mb: int
    job_workers: int
    session_days: int
    session_idle_minutes: int
    argon2: tuple[int, int, int]
    """time_cost, memory_cost in KiB, parallelism"""
    smtp: Smtp | None
    """None means that messages are kept, not sent."""
    max_mail_files_mb: int
    """How large the files of one message may be together."""
    addons_path: tuple[Path, ...]
    hook_seconds: float
    """How long an addon's part in something may take before it is interrupted."""
    trace_hooks: bool
    """Whether the log says which hooks ran, and how long each took."""

    @classmethod
    def load(cls, path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Self:
        """Reads and checks every setting; creates the data folder and the secret key if they are missing.

        `path` is a TOML file that takes the place of the one that NINEKCRM_CONFIG names.
        Raises ConfigError.
        """
        values = Values()
        values.read_defaults()
        if chosen := path or _named_file(environ):
            values.read_file(chosen)
        values.read_environment(environ)
        data, cores = _data_folder(values), os.cpu_count() or 1
        return cls(
            data=data,
            secret_key=values.optional("site.secret_key") or _kept_secret(data, values),
            timezone=_timezone(values),
            debug=values.flag("site.debug"),
            safe=values.flag("site.safe"),
            database_url=_database_url(values, data),
            redis_url=_redis_url(values),
            host=values.text("server.host"),
            port=values.number("server.port", 1, 65535),
            web_workers=values.number("server.web_workers", 0, 256) or min(4, cores),
            web_threads=values.number("server.web_threads", 0, 256) or min(8, 2 * cores),
            trusted_proxies=values.number("server.trusted_proxies", 0, 10),
            public_url=_public_url(values),
            max_upload_mb=values.number("server.max_upload_mb", 1, 4096),
            job_workers=values.number("jobs.workers", 1, 64),
            session_days=values.number("session.days", 1, 365),
            session_idle_minutes=values.number("session.idle_minutes", 1, 525_600),
            argon2=(
                values.number("passwords.time_cost", 1, 100),
                values.number("passwords.memory_cost", 8, 4_194_304),
                values.number("passwords.parallelism", 1, 64),
            ),
            smtp=_smtp(values),
            max_mail_files_mb=values.number("mail.max_files_mb", 1, 1024),
            addons_path=values.folders("addons.path"),
            hook_seconds=values.number("addons.hook_seconds", 1, 3600),
            trace_hooks=values.flag("addons.trace_hooks"),
        )


def _named_file(environ: Mapping[str, str]) -> Path | None:
    named = environ.get("NINEKCRM_CONFIG", "").strip()
    return Path(named) if named else None


def _data_folder(values: Values) -> Path:
    data = values.folder("site.data")
    try:
        # Private: it holds the database and the secret key.
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise values.error("site.data", f"{data} cannot be created: {error.strerror}.") from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise values.error("site.data", f"{data} is not writable for this user.")
    return data


def _kept_secret(data: Path, values: Values) -> str:
    kept = data / "secret_key"
    if not kept.exists():
        _create_secret(kept)
    secret = kept.read_text("ascii").strip()
    if len(secret) < 32:
        raise values.error("site.secret_key", f"{kept} is damaged. Delete it: everyone signs in again.")
    return secret


def _create_secret(kept: Path) -> None:
    fresh = kept.with_name(f".secret_key.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole or not at all, and never replaces the key of a process that was faster.
        os.link(fresh, kept)
    except FileExistsError:
        return
    finally:
        fresh.unlink(missing_ok=True)


def _timezone(values: Values) -> str:
    name = values.text("site.timezone")
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise values.error("site.timezone", 'Write an IANA name such as "Asia/Taipei".') from error
    return name


def _database_url(values: Values, data: Path) -> str:
    url = values.optional("database.url")
    if url is None:
        # SQLAlchemy decodes this part, so a "%" in a folder's name has to be encoded.
        return f"sqlite:///{quote(str(data / 'site.db'))}"
    if url.partition("://")[0] not in {"sqlite", "postgresql", "postgresql+psycopg"}:
        raise values.error("database.url", "Write sqlite:////absolute/path or postgresql://user:password@host/name.")
    return url


def _redis_url(values: Values) -> str | None:
    url = values.optional("queue.redis_url")
    if url is not None and url.partition("://")[0] not in {"redis", "rediss", "unix"}:
        raise values.error("queue.redis_url", "Write redis://host:6379/0, rediss://… or unix:///path.")
    return url


def _public_url(values: Values) -> str | None:
    url = values.optional("server.public_url")
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise values.error("server.public_url", "Write an address such as https://crm.example.com.")
    return url.rstrip("/")


def _smtp(values: Values) -> Smtp | None:
    host = values.optional("mail.host")
    if host is None:
        return None
    if values.optional("mail.sender") is None:
        raise values.error("mail.sender", 'mail.host is set, so write a sender: "9KCRM <crm@example.com>".')
    return Smtp(
        host=host,
        port=values.number("mail.port", 1, 65535),
        user=values.optional("mail.user"),
        password=values.optional("mail.password"),
        tls=values.choice("mail.tls", "starttls", "tls", "none"),
        sender=values.text("mail.sender"),
    )
