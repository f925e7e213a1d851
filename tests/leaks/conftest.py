"""One site and one world per engine for the whole matrix: its tests read, and put back what they change."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from flask import Flask

from core.site import Site
from core.testing.cast import Cast
from core.testing.plugin import BACKENDS, fresh_site
from core.testing.web import Visitor
from core.web.app import create_app
from tests.core.access.conftest import World, make_world


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def site(backend: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Site]:
    with fresh_site(backend, tmp_path_factory.mktemp(backend), request) as opened:
        yield opened


@pytest.fixture(scope="module")
def cast(site: Site) -> Cast:
    return Cast(site)


@pytest.fixture(scope="module")
def world(site: Site, cast: Cast) -> World:
    return make_world(site, cast)


@pytest.fixture(scope="module")
def app(site: Site) -> Flask:
    made = create_app(site)
    made.testing = True
    return made


@pytest.fixture(scope="module")
def visit(app: Flask) -> Callable[[str], Visitor]:
    return cache(lambda username: Visitor(app, username))
