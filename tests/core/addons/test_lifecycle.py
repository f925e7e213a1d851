"""Enabling and disabling addons on a site."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from core.addons import lifecycle
from core.addons.lifecycle import EssentialAddon, UnknownAddon
from core.errors import Forbidden
from core.orm.tables import Change
from core.site import Site
from core.testing.cast import Cast
from core.testing.web import ApiClient, Visitor


def test_disabling_and_enabling_is_told_by_the_addons_that_change(cast: Cast) -> None:
    with cast.env("admin") as env:
        assert lifecycle.disable(env, "customer") == ["customer", "opportunity", "product", "sales"]
        assert lifecycle.disable(env, "customer") == []
        assert "customer" not in env.enabled
    with cast.env("admin") as env:
        assert "customer" not in env.enabled

        assert lifecycle.enable(env, "customer") == ["customer", "opportunity", "product", "sales"]

        assert "customer" in env.enabled


def test_base_cannot_be_disabled(cast: Cast) -> None:
    with cast.env("admin") as env, pytest.raises(EssentialAddon):
        lifecycle.disable(env, "base")


def test_only_an_addon_that_is_installed_can_be_switched(cast: Cast) -> None:
    with cast.env("admin") as env:
        with pytest.raises(UnknownAddon):
            lifecycle.enable(env, "warranty")
        with pytest.raises(UnknownAddon):
            lifecycle.disable(env, "warranty")


@pytest.mark.parametrize("username", ["gm", "manager", "sales"])
def test_who_has_no_grant_switches_nothing(cast: Cast, username: str) -> None:
    with cast.env(username) as env, pytest.raises(Forbidden):
        lifecycle.disable(env, "customer")
    with cast.env(username, write=False) as env:
        assert "customer" in env.enabled


def test_the_log_says_who_switched_what(cast: Cast) -> None:
    with cast.env("admin") as env:
        lifecycle.disable(env, "customer")

    with cast.site.system("read", write=False) as env:
        entry = env.session.scalars(select(Change).where(Change.model == "addons")).one()

    assert (entry.user_id, entry.changes) == (cast.admin, {"customer": [True, False]})


def test_what_is_off_is_gone_from_pages_and_interface_until_it_is_on(
    site: Site, cast: Cast, visit: Callable[..., Visitor], api: Callable[[str], ApiClient]
) -> None:
    browser, client = visit("gm"), api("gm")

    def seen() -> tuple[int, int, bool, bool]:
        described = client.get("/openapi.json").text
        statuses = browser.get("/customer").status_code, client.get("/customer").status_code
        return *statuses, 'href="/customer"' in browser.get("/department").text, "/customer" in described

    before = seen()
    with cast.env("admin") as env:
        lifecycle.disable(env, "customer")
    off = seen()
    with cast.env("admin") as env:
        lifecycle.enable(env, "customer")

    assert before == (200, 200, True, True)
    assert off == (404, 404, False, False)
    assert seen() == before
