from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from core import clock
from core.access.models import User
from core.addons import demo
from core.env import Env
from core.orm.versions import bump
from core.site import Site
from core.testing.plugin import fresh_site, settle

DEMOS = {"sqlite": "sqlite_demo", "postgresql": "postgres_demo"}


@pytest.fixture
def company(site: Site) -> Site:
    """A site where real people work whose sign-in names are not those of the demo company."""
    rename_the_cast(site)
    return site


@pytest.fixture
def demo_company(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """`company` with the demo, loaded a moment ago: a copy, for tests that ask what it has rather than how it comes."""
    folder = tmp_path / "demo"
    folder.mkdir()
    loaded_at: dict[str, datetime] = request.getfixturevalue("demo_loaded_at")
    # Loaded before midnight and looked at after it, the demo would be a day older than it says.
    with fresh_site(backend, folder, request, templates=DEMOS) as opened, clock.frozen(loaded_at[backend]):
        yield opened


@pytest.fixture
def loaded(demo_company: Site) -> Iterator[Env]:
    """The demo company as the system sees it."""
    with demo_company.system("look", write=False) as env:
        yield env


@pytest.fixture(scope="session")
def sqlite_demo(
    sqlite_template: Path,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    demo_loaded_at: dict[str, datetime],
) -> Iterator[Path]:
    """The file of an SQLite database with the demo company."""
    folder = tmp_path_factory.mktemp("demo")
    with loaded_once("sqlite", folder, request, demo_loaded_at):
        yield folder / "site.db"


@pytest.fixture(scope="session")
def postgres_demo(
    postgres_template: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    demo_loaded_at: dict[str, datetime],
) -> Iterator[str]:
    """The name of a PostgreSQL database with the demo company."""
    with loaded_once("postgresql", tmp_path_factory.mktemp("demo"), request, demo_loaded_at) as site:
        name = site.engine.url.database
        assert name
        yield name


@pytest.fixture(scope="session")
def demo_loaded_at() -> dict[str, datetime]:
    """Engine → when the demo was loaded that tests copy."""
    return {}


@contextmanager
def loaded_once(
    backend: str, folder: Path, request: pytest.FixtureRequest, loaded_at: dict[str, datetime]
) -> Iterator[Site]:
    with fresh_site(backend, folder, request) as site:
        rename_the_cast(site)
        demo.load(site)
        settle(site)
        loaded_at[backend] = clock.now()
        yield site


def rename_the_cast(site: Site) -> None:
    with site.system("rename the cast") as env:
        env.connection_of_core.execute(update(User).values(username="real." + User.username))
        bump(env.connection_of_core, "organisation")
