"""What one process switches counts in another one from its next unit of work on."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from core.addons import lifecycle
from core.site import Site
from core.testing.web import ApiClient, Visitor

OTHER = """
import sys
from core.addons import lifecycle
from core.config import Settings
from core.site import Site

site = Site.open(Settings.load())
for line in sys.stdin:
    what, _, name = line.strip().partition(" ")
    with site.system("another process") as env:
        if what != "tell":
            getattr(lifecycle, what)(env, name)
        found = sorted(env.enabled)
    print(*found, flush=True)
"""


@contextmanager
def another_process(site: Site) -> Iterator[Callable[[str], list[str]]]:
    """A process on the same site. It is told "enable x", "disable x" or "tell", and answers what is on."""
    url = site.engine.url.render_as_string(hide_password=False)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NINEKCRM_")}
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER],
        env=environ | {"NINEKCRM_DATA": str(site.settings.data), "NINEKCRM_DATABASE_URL": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    asked, answers = process.stdin, process.stdout

    def ask(what: str) -> list[str]:
        asked.write(what + "\n")
        asked.flush()
        return answers.readline().split()

    try:
        yield ask
    finally:
        asked.close()
        answers.close()
        assert process.wait(30) == 0


@pytest.mark.slow
def test_both_see_what_the_other_switches(
    site: Site, visit: Callable[..., Visitor], api: Callable[[str], ApiClient]
) -> None:
    browser, client = visit("gm"), api("gm")

    def seen() -> tuple[int, int, bool]:
        menu = browser.get("/department").text
        return browser.get("/customer").status_code, client.get("/customer").status_code, 'href="/customer"' in menu

    with another_process(site) as ask:
        assert ask("tell") == ["approval", "base", "customer", "data_exchange", "opportunity", "product", "sales"]
        assert seen() == (200, 200, True)

        ask("disable customer")
        assert seen() == (404, 404, False)

        ask("enable customer")
        assert seen() == (200, 200, True)

        with site.system("switch") as env:
            lifecycle.disable(env, "customer")
        assert ask("tell") == ["approval", "base", "data_exchange"]
