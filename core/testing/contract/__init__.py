"""What every addon owes, as a test class that its tests inherit.

class TestContract(AddonContract):
    addon = "loyalty"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

import pytest
from flask import Flask

from core.access.actor import READ
from core.addons import lifecycle
from core.addons.discovery import ESSENTIAL
from core.addons.registry import Addon
from core.orm.model import Model, models
from core.pages.catalogue import catalogue_of
from core.site import Site
from core.testing import factories
from core.testing.cast import Cast
from core.testing.contract import imports, parts, printing, rows, switching, tables, templates, words
from core.testing.contract.problems import Problem, demand_none
from core.testing.contract.rows import Readers
from core.testing.queries import MANY, assert_constant
from core.testing.web import ApiClient, Visitor

__all__ = ["AddonContract", "Problem"]


class AddonContract:
    """The tests of an addon's promises. A subclass names the `addon`, and may say more of its models.

    `values` gives those that records need and cannot be made up: model key → field → value, or a function of the env
    that returns it.
    """

    addon: ClassVar[str]
    values: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test per model of the addon."""
        if "model_key" in metafunc.fixturenames:
            own: list[Any] = sorted(key for key, model in _models().items() if model.__addon__ == self.addon)
            none = pytest.param("", marks=pytest.mark.skip(reason="The addon has no models."))
            metafunc.parametrize("model_key", own or [none])

    @pytest.fixture
    def installed(self) -> Addon:
        """The addon as the product has loaded it."""
        return _installed(self.addon)

    @pytest.fixture
    def enabled(self, installed: Addon, site: Site) -> Addon:
        """The addon, enabled on the site of the test."""
        with site.system("enable the addon under test") as env:
            lifecycle.enable(env, installed.name)
        return installed

    @pytest.fixture
    def readers(self, visit: Callable[..., Visitor], api: Callable[[str], ApiClient]) -> Readers:
        """The cast at browsers and with tokens, each signed in once."""
        return Readers(_kept(visit), _kept(api))

    def make(self, env: Any, model: type[Model], /, **values: Any) -> Model:
        """A record of the model, with what `values` of this class say of it. Skips where there are none of it."""
        stated = {n: v(env) if callable(v) else v for n, v in self.values.get(model.key(), {}).items()}
        try:
            return factories.make(env, model, **stated | values)
        except factories.NoneHere as error:
            pytest.skip(str(error))

    # What can be read from the files.

    def test_addon_toml_says_what_administrators_ask(self, installed: Addon) -> None:
        """addon.toml names the addon, its version, category and summary."""
        demand_none(words.untold(installed.manifest))

    def test_every_module_can_be_imported(self, installed: Addon) -> None:
        """Every module can be imported."""
        demand_none(imports.unimportable(installed.manifest))

    def test_only_public_names_and_declared_addons_are_imported(self, installed: Addon) -> None:
        """Only the public names of core and addons that addon.toml names are imported."""
        demand_none(imports.forbidden_imports(installed.manifest))

    def test_templates_hold_no_scripts_and_styles(self, installed: Addon) -> None:
        """Templates hold no scripts, styles and event handlers."""
        demand_none(templates.inline_code(installed.manifest.path))

    def test_everything_is_translated(self, installed: Addon) -> None:
        """Every text is translated into all languages of the product."""
        demand_none(words.untranslated(installed.manifest))

    def test_what_others_use_is_documented(self, installed: Addon) -> None:
        """Models, services, hooks, jobs, errors and permissions say what they are."""
        demand_none(words.undocumented(installed))

    def test_parts_fit_their_wholes(self, installed: Addon) -> None:
        """Parts have the rule of their whole, a link to it, and no grants."""
        demand_none(parts.ill_fitting(installed))

    # What takes a database.

    def test_tables_come_and_go(self, installed: Addon, empty_site: Site) -> None:
        """Migrations go up, down and up again, make what the models say, and touch nothing else."""
        registry = empty_site.registry
        demand_none(tables.moved(empty_site.settings, empty_site.engine, registry, installed.name))

    def test_pages_open_while_it_is_enabled(self, enabled: Addon, cast: Cast, app: Flask, readers: Readers) -> None:
        """Its pages open for somebody while it is enabled."""
        demand_none(switching.broken_while_on(cast, enabled, app, readers))

    def test_nothing_is_left_while_it_is_disabled(
        self, enabled: Addon, cast: Cast, app: Flask, readers: Readers
    ) -> None:
        """Its pages, API, menu, nodes and hooks are gone while it is disabled."""
        if enabled.name in ESSENTIAL:
            pytest.skip("This addon cannot be disabled.")
        demand_none(switching.there_while_off(cast, enabled, app, readers))

    def test_the_site_works_while_it_is_disabled(self, enabled: Addon, cast: Cast, readers: Readers) -> None:
        """The rest of the site works while it is disabled."""
        if enabled.name in ESSENTIAL:
            pytest.skip("This addon cannot be disabled.")
        demand_none(switching.broken_while_off(cast, enabled, readers))

    def test_print_templates_can_be_typeset(self, enabled: Addon, cast: Cast) -> None:
        """Its print templates are there, and print what a reader may see, be it everything or next to nothing."""
        demand_none(printing.unprintable(enabled, cast, self.make))

    def test_rows_reach_those_who_may_read_them_alone(
        self, model_key: str, enabled: Addon, cast: Cast, readers: Readers
    ) -> None:
        """No page, API call, filter, search, look-up, export, history or file shows a row to who may not read it."""
        model = models()[model_key]
        if not rows.is_reachable(model):
            return
        target = rows.hidden(cast, model, self.make)
        demand_none(rows.leaked(cast, target, readers))
        demand_none(rows.leaked_files(cast, target, readers))
        demand_none(rows.shared(cast, target, readers))

    def test_lists_ask_as_often_for_many_rows(
        self, model_key: str, enabled: Addon, site: Site, cast: Cast, readers: Readers
    ) -> None:
        """A list takes as many statements for thirty rows as for one."""
        model = models()[model_key]
        with cast.env("gm", write=False) as env:
            pages = catalogue_of(env).models.get(model_key)
            if pages is None or pages.listing is None or not env.actor.may(model_key, READ):
                return
        self._fill(cast, model, 1)
        url, grow = f"/{model_key}", partial(self._fill, cast, model, MANY)
        assert_constant(site, partial(readers.visit("gm").get, url), grow)
        assert_constant(site, partial(readers.api("gm").get, url), grow)

    def _fill(self, cast: Cast, model: type[Model], number: int) -> None:
        with cast.site.system("rows for a list", locale="en") as env:
            for _ in range(number):
                self.make(env, model, **rows.owned_by(cast, model))


def _models() -> dict[str, type[Model]]:
    from core.testing.plugin import registry

    registry()
    return models()


def _installed(name: str) -> Addon:
    from core.testing.plugin import registry

    try:
        return registry().addon(name)
    except KeyError:
        pytest.fail(
            f"No addon {name!r} is installed. Name the folder that its folder stands in, in pyproject.toml:\n"
            '[tool.pytest.ini_options]\nninekcrm_addons_path = [".."]',
            pytrace=False,
        )


def _kept(make: Callable[[str], Any]) -> Callable[[str], Any]:
    known: dict[str, Any] = {}

    def get(username: str) -> Any:
        if username not in known:
            known[username] = make(username)
        return known[username]

    return get
