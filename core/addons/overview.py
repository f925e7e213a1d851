"""What administrators are told of the addons that are there: which state each is in, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.addons import lifecycle
from core.addons.breaker import SwitchedOff, known_failures, switched_off
from core.addons.discovery import ESSENTIAL
from core.addons.manifest import CONTEXT
from core.i18n import Text, listed, ngettext, pgettext

if TYPE_CHECKING:
    from core.addons.problems import Problem, Quarantined
    from core.addons.registry import Addon
    from core.env import Env


class State(StrEnum):
    """What has become of an addon on this site."""

    ON = "on"
    OFF = "off"
    WAITING = "waiting"
    """It is to be on, and one that it depends on is off."""
    QUARANTINED = "quarantined"
    """It is there and not loaded."""


STATES: Mapping[State, Text] = {
    State.ON: pgettext("addon", "Enabled"),
    State.OFF: pgettext("addon", "Off"),
    State.WAITING: pgettext("addon", "Waiting"),
    State.QUARANTINED: pgettext("addon", "Cannot be loaded"),
}


@dataclass(frozen=True, slots=True)
class Overview:
    """One addon. `problem` says why it, or another of its name, is not loaded; `needs` are those it depends on."""

    name: str
    title: Text
    state: State
    version: str = ""
    summary: Text | None = None
    category: Text | None = None
    needs: Sequence[tuple[str, Text]] = ()
    waits_for: Sequence[Text] = ()
    problem: Problem | None = None
    path: str = ""
    is_essential: bool = False
    broken_hooks: Sequence[SwitchedOff] = ()


def overviews(env: Env) -> list[Overview]:
    """All addons, those that need attention first. Raises `Forbidden`."""
    lifecycle.check_may_manage(env)
    registry, wanted = env.site.registry, lifecycle.wanted(env)
    left_out = {each.name: each for each in registry.quarantined}
    broken = switched_off(env)
    found = [_loaded(env, addon, left_out.pop(addon.name, None), broken, wanted) for addon in registry.addons]
    found += [_left_out(each) for each in left_out.values()]
    return sorted(found, key=lambda o: (o.problem is None and not o.broken_hooks, str(o.category or ""), str(o.title)))


def overview(env: Env, name: str) -> Overview:
    """The addon of that name. Raises `UnknownAddon` or `Forbidden`."""
    for found in overviews(env):
        if found.name == name:
            return found
    raise lifecycle.UnknownAddon(addon=name)


def told(text: str) -> Text:
    """A text of an addon.toml, which its catalogue translates."""
    return Text(text, None, None, CONTEXT)


def attention(env: Env) -> str:
    """What to tell administrators on every page; empty for others, and as long as all is well."""
    quarantined, off = env.site.registry.quarantined, known_failures(env).off
    if not (quarantined or off) or not env.actor.may(*lifecycle.MANAGE):
        return ""
    if not quarantined:
        return str(_switched_off(env, sorted({addon for addon, _hook in off})))
    names = listed(sorted({each.title or each.name for each in quarantined}))
    text = ngettext(
        "{count} addon cannot be loaded: {names}. The rest of the site works.",
        "{count} addons cannot be loaded: {names}. The rest of the site works.",
        len(quarantined),
        names=names,
    )
    return str(text)


def _switched_off(env: Env, addons: Sequence[str]) -> Text:
    titles = {addon.name: str(told(addon.manifest.title)) for addon in env.site.registry.addons}
    names = listed([titles.get(name, name) for name in addons])
    return ngettext(
        "A part of {count} addon kept failing and is switched off: {names}.",
        "Parts of {count} addons kept failing and are switched off: {names}.",
        len(addons),
        names=names,
    )


def _loaded(
    env: Env,
    addon: Addon,
    left_out: Quarantined | None,
    broken: Sequence[SwitchedOff],
    wanted: Mapping[str, bool],
) -> Overview:
    manifest, registry = addon.manifest, env.site.registry
    needs = [(name, told(registry.addon(name).manifest.title)) for name in manifest.depends]
    return Overview(
        name=addon.name,
        title=told(manifest.title),
        state=_state(addon.name, env.enabled, wanted),
        version=manifest.version,
        summary=told(manifest.summary),
        category=told(manifest.category),
        needs=needs,
        waits_for=[title for name, title in needs if name not in env.enabled] if wanted[addon.name] else (),
        problem=left_out.problem if left_out else None,
        path=str(manifest.path),
        is_essential=addon.name in ESSENTIAL,
        broken_hooks=[each for each in broken if each.addon == addon.name],
    )


def _left_out(each: Quarantined) -> Overview:
    title = Text(each.title or each.name)
    return Overview(each.name, title, State.QUARANTINED, each.version, problem=each.problem, path=str(each.path))


def _state(name: str, enabled: frozenset[str], wanted: Mapping[str, bool]) -> State:
    if name in enabled:
        return State.ON
    return State.WAITING if wanted[name] else State.OFF
