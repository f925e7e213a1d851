"""What is left of an addon while it is disabled: nothing that people meet, and a site that works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Flask

from core.access.actor import READ
from core.addons import lifecycle
from core.addons.registry import Addon
from core.orm.model import Model, models
from core.pages import nodes
from core.pages.catalogue import catalogue_of
from core.testing.cast import PEOPLE, Cast
from core.testing.contract.problems import Problem
from core.testing.contract.rows import Readers

if TYPE_CHECKING:
    from core.env import Env

REMEDY_ON = "Open it as that person and read the log: something in it raises, or a node of PAGES is missing."
REMEDY_OFF = "Declare it in PAGES, so that it comes and goes with the addon."


@contextmanager
def disabled(cast: Cast, addon: str) -> Iterator[None]:
    """The addon is off inside the block, with all that depend on it, and on again afterwards."""
    with cast.site.system("disable an addon for a test") as env:
        off = lifecycle.disable(env, addon)
    try:
        yield
    finally:
        with cast.site.system("enable it again") as env:
            for name in off:
                lifecycle.enable(env, name)


def addresses(cast: Cast, addon: Addon, app: Flask) -> list[str]:
    """The addresses that are the addon's alone: its models' pages, API and look-up, and its own routes."""
    with cast.site.system("which pages there are", write=False) as env:
        pages = catalogue_of(env).models
    found = []
    for model in own_models(addon):
        key = model.key()
        if key in pages and pages[key].listing is not None:
            found += [f"/{key}", f"/export/{key}.csv"]
        if key in pages and pages[key].form is not None:
            found.append(f"/{key}/new")
    blueprints = {n.blueprint.name for n in addon.contributed("pages", "PAGES", ()) if isinstance(n, nodes.Routes)}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.rpartition(".")[0] in blueprints and "GET" in (rule.methods or ()) and not rule.arguments:
            found.append(rule.rule)
    return found


def own_models(addon: Addon) -> list[type[Model]]:
    """The models that the addon declares."""
    return [model for model in models().values() if model.__addon__ == addon.name]


def broken_while_on(cast: Cast, addon: Addon, app: Flask, readers: Readers) -> Iterator[Problem]:
    """Addresses of the addon that nobody of the cast can open."""
    for url in addresses(cast, addon, app):
        answers = {username: readers.visit(username).get(url).status_code for username in PEOPLE}
        if broken := {username: status for username, status in answers.items() if status >= 500}:
            yield Problem(f"GET {url}", f"fails: {broken}.", REMEDY_ON)
        elif 200 not in answers.values() and not url.startswith("/export/"):
            # Whether anybody exports is for the addon to say.
            yield Problem(f"GET {url}", f"opens for nobody: {answers}.", "Suggest grants in GRANTS of access.py.")


def there_while_off(cast: Cast, addon: Addon, app: Flask, readers: Readers) -> Iterator[Problem]:
    """What of the addon can still be reached while it is disabled."""
    urls, reader = addresses(cast, addon, app), "gm"
    with disabled(cast, addon.name):
        for url in urls:
            status = readers.visit(reader).get(url).status_code
            if status != 404:
                yield Problem(f"GET {url}", f"answers {status} while the addon is off, not 404.", REMEDY_OFF)
        for model in own_models(addon):
            status = readers.api(reader).get(f"/{model.key()}").status_code
            if status not in (403, 404):
                where = f"GET /api/v1/{model.key()}"
                yield Problem(where, f"answers {status} while the addon is off, not 404.", REMEDY_OFF)
        with cast.env("admin", write=False) as env:
            yield from _hooks_left(env, addon)
            yield from _nodes_left(env, addon)


def broken_while_off(cast: Cast, addon: Addon, readers: Readers) -> Iterator[Problem]:
    """Pages of others that need this addon to be on."""
    with disabled(cast, addon.name):
        for username in PEOPLE:
            with cast.env(username, write=False) as env:
                urls = ["/", *_pages_of_others(env)]
            for url in urls:
                status = readers.visit(username).get(url).status_code
                if status >= 400:
                    what = f"answers {username} with {status} while {addon.name} is off."
                    yield Problem(f"GET {url}", what, "Something else asks for what this addon brings; see the log.")


def _pages_of_others(env: Env) -> Iterator[str]:
    for key, pages in catalogue_of(env).models.items():
        if pages.listing is not None and env.actor.may(key, READ):
            yield f"/{key}"


def _hooks_left(env: Env, addon: Addon) -> Iterator[Problem]:
    for name, hook in env.site.registry.hooks.among(env.enabled).items():
        if any(implementation.addon == addon.name for implementation in hook.implementations):
            yield Problem(f"{addon.manifest.package}.hooks.{name}", "is called while the addon is off.", REMEDY_OFF)


def _nodes_left(env: Env, addon: Addon) -> Iterator[Problem]:
    left = [key for key, origin in catalogue_of(env).origins.items() if origin == addon.name]
    for place, key in left:
        yield Problem(f"{place} {key}".strip(), "stands on a page while the addon is off.", REMEDY_OFF)
