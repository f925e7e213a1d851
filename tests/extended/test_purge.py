"""Purging on a database that others use."""

import threading

import pytest
from sqlalchemy import inspect

from core.addons import lifecycle
from core.addons.purge import purge
from core.orm import migrations
from core.site import Site
from core.testing.cast import Cast


def has_entries(site: Site) -> bool:
    return inspect(site.engine).has_table("loyalty_entry")


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_purging_waits_until_nobody_migrates(site: Site, cast: Cast, backend: str) -> None:
    if backend == "sqlite":
        pytest.skip("SQLite has one writer at a time.")
    with cast.env("admin") as env:
        lifecycle.disable(env, "loyalty")
    at_work = threading.Thread(target=purge, args=(site, "loyalty"))

    with migrations.alone(site.engine):
        at_work.start()
        at_work.join(0.5)
        assert at_work.is_alive()
        assert has_entries(site)
    at_work.join(30)

    assert not has_entries(site)
    migrations.upgrade(site)
