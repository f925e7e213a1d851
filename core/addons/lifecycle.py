"""Enabling and disabling an installed addon on a site. It counts from the next unit of work, in every process.

Nothing is deleted by either: what an addon stored is kept, and there again when it is enabled again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite

from core import clock
from core.access import presets
from core.addons import breaker, starting
from core.addons.discovery import ESSENTIAL
from core.addons.registry import Registry
from core.errors import Conflict, Forbidden, NotFound
from core.i18n import _
from core.orm.tables import Change, EnabledAddon
from core.orm.versions import bump

if TYPE_CHECKING:
    from core.env import Env

MANAGE = ("addons", "edit")
"""The grant that all of this takes."""


class UnknownAddon(NotFound):
    """No addon of that name is installed."""

    code = "unknown_addon"
    default = _("No addon of this name is installed.")


class EssentialAddon(Conflict):
    """The addon cannot be disabled: the site could not be administered without it."""

    code = "essential_addon"
    default = _("This addon cannot be disabled: without it nobody could administer the site.")


def enable(env: Env, name: str) -> list[str]:
    """Enables the addon with all that it depends on. Returns the addons that are on now and were off before.

    Others that waited for one of them come along. Raises `UnknownAddon` or `Forbidden`.
    """
    check_may_manage(env)
    before = env.enabled
    needed = needed_for(env.site.registry, name)
    _store(env, dict.fromkeys(needed, True))
    presets.suggest(env)
    found = [addon.name for addon in env.site.registry.addons if addon.name in env.enabled - before]
    for addon in found:
        breaker.switch_on(env, addon)
    env.hooks.refresh()
    starting.begin(env)
    for addon in found:
        env.hooks.addon_enabled(addon=addon)
    return found


def disable(env: Env, name: str) -> list[str]:
    """Disables the addon. Returns the addons that are off now and were on before: it, and all that depend on it.

    Those wait, and are on again as soon as it is. Raises `UnknownAddon`, `EssentialAddon` or `Forbidden`.
    """
    check_may_manage(env)
    _check_known(env.site.registry, name)
    if name in ESSENTIAL:
        raise EssentialAddon()
    before = env.enabled
    for addon in [name, *(each for each in dependents_of(env.site.registry, name) if each in before)]:
        if addon in before:
            env.hooks.addon_disabled(addon=addon)
    _store(env, {name: False})
    env.hooks.refresh()
    return [addon.name for addon in env.site.registry.addons if addon.name in before - env.enabled]


def check_may_manage(env: Env) -> None:
    """Raises `Forbidden` unless the actor may enable and disable addons."""
    if not env.actor.may(*MANAGE):
        raise Forbidden()


def wanted(env: Env) -> dict[str, bool]:
    """Whether each installed addon is to be on, whatever has become of those that it depends on."""
    stored = dict(env.connection_of_core.execute(select(EnabledAddon.name, EnabledAddon.is_enabled)).all())
    return {a.name: stored.get(a.name, a.manifest.enabled_by_default) for a in env.site.registry.addons}


def needed_for(registry: Registry, name: str) -> list[str]:
    """The addon and all that it depends on over any number of steps, in their order. Raises `UnknownAddon`."""
    _check_known(registry, name)
    found = {name}
    for addon in reversed(registry.addons):
        if addon.name in found:
            found.update(addon.manifest.depends)
    return [addon.name for addon in registry.addons if addon.name in found]


def dependents_of(registry: Registry, name: str) -> list[str]:
    """The installed addons that cannot be on without this one, in their order. Raises `UnknownAddon`."""
    _check_known(registry, name)
    found = {name}
    for addon in registry.addons:
        if found.intersection(addon.manifest.depends):
            found.add(addon.name)
    return [addon.name for addon in registry.addons if addon.name in found - {name}]


def _check_known(registry: Registry, name: str) -> None:
    if all(addon.name != name for addon in registry.addons):
        raise UnknownAddon(addon=name)


def _store(env: Env, states: dict[str, bool]) -> None:
    known, connection = wanted(env), env.connection_of_core
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for name, state in states.items():
        row = {"name": name, "is_enabled": state, "version": env.site.registry.addon(name).manifest.version}
        statement = dialect.insert(EnabledAddon).values(row)
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))
    changes = {name: [known[name], state] for name, state in states.items() if known[name] != state}
    if changes:
        entry = {"model": "addons", "record_id": 0, "action": "update", "at": clock.now(), "user_id": env.user_id}
        connection.execute(insert(Change).values(**entry, reason="", changes=changes))
    bump(connection, "addons")
    # Actors know which fields are off.
    bump(connection, "organisation")
    env.known.pop("addons", None)
