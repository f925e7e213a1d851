"""Pytest fixtures for core and for every addon: a fresh site per test, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from core.access import presets, users
from core.addons import lifecycle
from core.addons.registry import Registry
from core.config import Settings
from core.i18n import SOURCE_LOCALE, use_locale
from core.orm import migrations
from core.orm.database import make_engine
from core.site import Site
from core.testing.cast import Cast, hire
from core.testing.factories import Factory
from core.testing.quicker import compile_once, share_statements_of, with_shared_statements
from core.testing.services import NotInstalled, postgres
from core.testing.web import ApiClient, Visitor
from core.web.app import create_app

if TYPE_CHECKING:
    from _pytest.tmpdir import TempPathFactory

BACKENDS = ("sqlite", "postgresql")


ADDONS_PATH, ADDONS_ONLY, ENGINES = "ninekcrm_addons_path", "ninekcrm_addons_only", "ninekcrm_engines"
_folders: list[Path] = []
_only: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the settings for those who test addons of their own."""
    parser.addini(ADDONS_PATH, "Folders with addons to install beside the product's; they are enabled.", type="paths")
    parser.addini(ADDONS_ONLY, "The addons to install of all that there are; all of them if empty.", type="args")
    parser.addini(ENGINES, "The database engines to test on.", type="args", default=list(BACKENDS))


def pytest_configure(config: pytest.Config) -> None:
    """Installs the addons named, before their tests are imported and import them."""
    compile_once()
    _folders[:], _only[:] = config.getini(ADDONS_PATH), config.getini(ADDONS_ONLY)
    if _folders:
        try:
            registry()
        except Exception as error:  # An addon is free to fail in any way while it is imported.
            told = ", ".join(map(str, _folders))
            raise pytest.UsageError(f"The addons in {told} cannot be loaded: {error!r}") from error


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out tests on engines that were not asked for."""
    asked = {*config.getini(ENGINES), None}
    left_out = [each for each in items if isinstance(each, pytest.Function) and _engine_of(each) not in asked]
    if left_out:
        items[:] = [each for each in items if each not in left_out]
        config.hook.pytest_deselected(items=left_out)


def _engine_of(test: pytest.Function) -> str | None:
    found: Any = test.callspec.params.get("backend") if hasattr(test, "callspec") else None
    return str(found) if found else None


@cache
def registry() -> Registry:
    """The installed addons, imported once per process."""
    found = Registry.discover(_folders, only=frozenset(_only) or None)
    for left_out in found.quarantined:
        raise pytest.UsageError(f"{left_out.path}: {left_out.problem.cause} {left_out.problem.remedy}")
    return found


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Texts are in the language of the source unless a test asks for another one."""
    with use_locale(SOURCE_LOCALE):
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A throw-away PostgreSQL server's address, of a database that tests do not touch.

    Where PostgreSQL is not installed, what needs it is skipped and says so.
    """
    try:
        with postgres() as url:
            yield url
    except NotInstalled as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: TempPathFactory) -> Path:
    """A migrated SQLite database with the cast, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    url = f"sqlite:///{folder / 'site.db'}"
    _prepare(url, folder)
    return folder / "site.db"


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, tmp_path_factory: TempPathFactory) -> str:
    """The name of a migrated PostgreSQL database with the cast, copied for each test."""
    _sql(postgres_url, "CREATE DATABASE ninekcrm_template")
    _prepare(_named(postgres_url, "ninekcrm_template"), tmp_path_factory.mktemp("pg"))
    return "ninekcrm_template"


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The database engine of this run of the test. Override it to run on one only."""
    return str(request.param)


@pytest.fixture
def site(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A migrated site with preset roles and the cast, its own database and data folder."""
    with fresh_site(backend, tmp_path, request) as opened:
        yield opened


@pytest.fixture
def empty_site(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A site whose database is empty: no table, nobody."""
    folder = tmp_path / "empty"
    folder.mkdir()
    with _database(backend, folder, request, template=None) as url:
        opened = open_site(url, folder)
        yield opened
        opened.dispose()


TEMPLATES = {"sqlite": "sqlite_template", "postgresql": "postgres_template"}
"""Engine → the fixture that makes the database that tests begin with."""


@contextmanager
def fresh_site(
    backend: str, folder: Path, request: pytest.FixtureRequest, *, templates: Mapping[str, str] = TEMPLATES
) -> Iterator[Site]:
    """A site of its own on a copy of a template, removed at the end; for fixtures of a wider scope as well.

    `templates` names fixtures of another database to begin with: SQLite's is a path, PostgreSQL's a name.
    """
    with _database(backend, folder, request, template=templates[backend]) as url:
        opened = open_site(url, folder)
        yield opened
        opened.dispose()


@contextmanager
def _database(backend: str, folder: Path, request: pytest.FixtureRequest, *, template: str | None) -> Iterator[str]:
    """The address of a database of its own, empty or a copy of what the fixture `template` made."""
    source = request.getfixturevalue(template) if template else None
    if backend == "sqlite":
        if source:
            shutil.copy(source, folder / "site.db")
        yield f"sqlite:///{folder / 'site.db'}"
        return
    server: str = request.getfixturevalue("postgres_url")
    name = f"t{uuid.uuid4().hex}"
    # Copying files beats writing each page to the log where nothing has to outlive a crash.
    copied = f" TEMPLATE {source} STRATEGY FILE_COPY" if source else ""
    _sql(server, f"CREATE DATABASE {name}{copied}")
    yield _named(server, name)
    _sql(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def cast(site: Site) -> Cast:
    """The people of the site: `cast.env("sales")` acts, `cast.sales` is the id."""
    return Cast(site)


@pytest.fixture
def make(cast: Cast) -> Factory:
    """`make(Machine, name="…", by="sales")` stores a valid record of any model."""
    return Factory(cast)


@pytest.fixture
def app(site: Site) -> Flask:
    """The web application of the site."""
    made = create_app(site)
    made.testing = True
    return made


@pytest.fixture
def visit(app: Flask) -> Callable[..., Visitor]:
    """`visit("sales")` is a browser in which sales is signed in; `visit()` one where nobody is."""

    def make(username: str = "", *, locale: str = "en") -> Visitor:
        return Visitor(app, username, locale=locale)

    return make


@pytest.fixture
def api(app: Flask, cast: Cast) -> Callable[[str], ApiClient]:
    """`api("sales")` calls the API with a token of sales."""

    def make(username: str) -> ApiClient:
        with cast.site.system("a token for a test") as env:
            token = users.new_token(env, cast.ids[username], "test")
        return ApiClient(app, token)

    return make


def open_site(url: str, data: Path) -> Site:
    """A site for tests on the database `url`, with passwords that are cheap to hash."""
    environ = {"NINEKCRM_DATA": str(data), "NINEKCRM_DATABASE_URL": url}
    settings = replace(Settings.load(environ=environ), argon2=(1, 8, 1))
    return Site(settings, with_shared_statements(make_engine(url, pool_size=5)), registry())


def _prepare(url: str, data: Path) -> None:
    site = open_site(url, data)
    migrations.upgrade(site)
    presets.install(site)
    hire(site)
    with site.system("enable what is tested") as env:
        for addon in site.registry.addons:
            if addon.manifest.path.parent in _folders:
                lifecycle.enable(env, addon.name)
    share_statements_of(site.engine)
    settle(site)


def settle(site: Site) -> None:
    """Closes the site, with all that was stored in the one file of its database or on its server: it can be copied."""
    if site.engine.dialect.name == "sqlite":
        with site.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    site.dispose()


def _named(url: str, database: str) -> str:
    head, _, query = url.partition("?")
    base = head.rsplit("/", 1)[0]
    return f"{base}/{database}" + (f"?{query}" if query else "")


def _sql(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
