"""A real browser at the demo company. `enter("sales")` opens a page where sales is signed in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response
from sqlalchemy import select

from core.access import presets
from core.access.models import User
from core.addons import demo
from core.env import Env
from core.orm import migrations
from core.site import Site
from core.testing.browser import launch_options, serving
from core.testing.plugin import open_site, settle
from core.web.app import create_app

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

Enter = Callable[..., Page]


@dataclass
class Live:
    """A demo company that is being served. What tests prepare goes through its services."""

    url: str
    site: Site
    ids: dict[str, int]
    states: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def env(self, username: str) -> Iterator[Env]:
        """A unit of work by that person."""
        with self.site.env(self.ids[username], write=True, locale="en") as env:
            yield env

    def customer(self, name: str, *, owner: str = "sales", **values: Any) -> int:
        """A new customer of `owner`; gives its id."""
        from addons.customer.models import Customer

        with self.env(owner) as env:
            return int(env.records(Customer).create({"name": name, "status": "potential"} | values).id)

    @property
    def today(self) -> date:
        """The day where the people of the company are."""
        with self.site.env(self.ids["sales"]) as env:
            return env.today

    def read(self, model: Any, id: int, *names: str) -> list[Any]:
        """Fields of a record as they are stored."""
        with self.site.system("look at what is stored", write=False) as env:
            record = env.session.get_one(model, id)
            return [getattr(record, name) for name in names]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company in an SQLite database, made once and copied for each module."""
    folder = tmp_path_factory.mktemp("demo")
    site = open_site(f"sqlite:///{folder / 'site.db'}", folder)
    open_company(site)
    settle(site)
    return folder / "site.db"


def open_company(site: Site) -> None:
    """Tables, preset roles and the demo data."""
    migrations.upgrade(site)
    presets.install(site)
    demo.load(site)


@pytest.fixture(scope="module")
def live(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A copy of the demo company, served for one module."""
    folder = tmp_path_factory.mktemp("live")
    shutil.copy(demo_database, folder / "site.db")
    shutil.copytree(demo_database.parent / "files", folder / "files")
    with served(open_site(f"sqlite:///{folder / 'site.db'}", folder)) as found:
        yield found


@contextmanager
def served(site: Site) -> Iterator[Live]:
    """Serves the site until the end of the block, and closes it."""
    with site.system("find the people", write=False) as env:
        ids = dict(env.session.execute(select(User.username, User.id)).all())
    with serving(create_app(site)) as url:
        yield Live(url, site, ids)
    site.dispose()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The browser that is tested with."""
    return dict(launch_options())


@pytest.fixture
def enter(live: Live, browser: Browser) -> Iterator[Enter]:
    """Opens a page at a site, signed in if a username is given. Fails the test for errors in a console."""
    with visitors(live, browser) as make:
        yield make


@contextmanager
def visitors(live: Live, browser: Browser) -> Iterator[Enter]:
    """Pages in browsers of their own; all are closed at the end, and no console may have complained."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def make(
        username: str = "", path: str = "/", *, phone: bool = False, locale: str = "en-US", **options: Any
    ) -> Page:
        given: dict[str, Any] = {"viewport": PHONE if phone else DESK, "has_touch": phone, "is_mobile": phone}
        given |= {"base_url": live.url, "locale": locale, "timezone_id": "Asia/Taipei", "reduced_motion": "reduce"}
        if username and username not in live.states:
            live.states[username] = _sign_in(browser, live.url, username)
        context = browser.new_context(**(given | {"storage_state": live.states.get(username)} | options))
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.extend(_complaint(message)))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("response", lambda answer: complaints.extend(_fault(answer)))
        page.goto(path)
        return page

    try:
        yield make
    finally:
        for context in opened:
            context.close()
    assert complaints == []


def _complaint(message: ConsoleMessage) -> list[str]:
    # What a browser notes about an answer of 404 or 422 is no mistake of the page.
    is_answer = "Failed to load resource" in message.text
    return [f"{message.page.url if message.page else ''}: {message.text}"] if _is_bad(message) and not is_answer else []


def _is_bad(message: ConsoleMessage) -> bool:
    return message.type in ("error", "warning", "assert")


def _fault(answer: Response) -> list[str]:
    return [f"{answer.url}: {answer.status}"] if answer.status >= 500 else []


def _sign_in(browser: Browser, url: str, username: str) -> Any:
    context = browser.new_context(base_url=url)
    form = context.request.get("/signin").text()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert token is not None
    sent = {"csrf_token": token[1], "username": username, "password": demo.PASSWORD}
    assert context.request.post("/signin", form=sent).ok
    state = context.storage_state()
    context.close()
    return state
