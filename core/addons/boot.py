"""The boot plan: which of the addons that are there can be loaded, in which order, and why the others cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import SpecifierSet

from core import API_VERSION
from core.addons.discovery import find, refused
from core.addons.manifest import Manifest
from core.addons.problems import Problem, Quarantined
from core.i18n import _, listed

ANY = SpecifierSet()
NOBODY: frozenset[str] = frozenset()
Trial = Callable[[Sequence[Manifest]], Mapping[str, Problem]]
"""What tries addons that are in the order of dependency, each of which can be loaded as far as their manifests say."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The addons to load, in the order of dependency, and those to leave out."""

    addons: Sequence[Manifest]
    quarantined: Sequence[Quarantined] = ()


def plan(
    folders: Iterable[Path] = (),
    *,
    only: frozenset[str] | None = None,
    without: frozenset[str] = NOBODY,
    trial: Trial | None = None,
) -> Plan:
    """Finds all addons and sorts out those that cannot be loaded, with all that depend on them.

    With `only`, all others are left out without a word, as if they were not there; so are those in `without`.
    """
    found, broken = find(folders)
    if only is not None:
        return Plan(_ordered([m for m in found if m.name in only])[0])
    made = resolved([m for m in found if m.name not in without], broken)
    if trial is None:
        return made
    failed = trial(made.addons)
    good = [m for m in made.addons if m.name not in failed]
    bad = [refused(m, failed[m.name]) for m in made.addons if m.name in failed]
    return resolved(good, [*made.quarantined, *bad])


def resolved(found: Sequence[Manifest], broken: Sequence[Quarantined]) -> Plan:
    """The plan for the addons `found`, as far as their manifests tell; `broken` are there, but out already."""
    out = list(broken)
    good = {manifest.name: manifest for manifest in found}

    def leave_out(manifest: Manifest, problem: Problem, because_of: str = "") -> None:
        del good[manifest.name]
        out.append(refused(manifest, problem, because_of))

    for manifest in found:
        if not manifest.api.contains(API_VERSION, prereleases=True):
            leave_out(manifest, _wrong_api(manifest))
    while lacking := [(m, need) for m in good.values() if (need := _unmet(m, good)) is not None]:
        for manifest, need in lacking:
            leave_out(manifest, _lacks(manifest, need, good, out), _blamed(need, out))
    ordered, stuck = _ordered(good.values())
    for manifest in stuck:
        leave_out(manifest, *_entangled(manifest, stuck))
    return Plan(ordered, out)


def _wrong_api(manifest: Manifest) -> Problem:
    cause = _("It is written for core.api {wanted}; this is {present}.", wanted=manifest.api, present=API_VERSION)
    return Problem([cause], _("Install a version of the addon that fits, or another version of 9KCRM."))


def _unmet(manifest: Manifest, good: Mapping[str, Manifest]) -> str | None:
    """The first of what the addon depends on that is not there in a version that will do."""
    return next((name for name in manifest.depends if not _is_met(manifest, name, good.get(name))), None) or next(
        (name for name in manifest.optional if name in good and not _is_met(manifest, name, good[name])), None
    )


def _is_met(manifest: Manifest, name: str, there: Manifest | None) -> bool:
    return there is not None and manifest.versions.get(name, ANY).contains(there.version, prereleases=True)


def _lacks(manifest: Manifest, need: str, good: Mapping[str, Manifest], out: Sequence[Quarantined]) -> Problem:
    if need in good:
        wanted = f"{need}{manifest.versions[need]}"
        cause = _("It needs {wanted}; there is {present}.", wanted=wanted, present=good[need].version)
        return Problem([cause], _("Install a version of one of the two that fits the other."))
    if _blamed(need, out):
        cause = _("It depends on {name}, which cannot be loaded either.", name=need)
        return Problem([cause], _("Put {name} right; this one then comes back by itself.", name=need))
    cause = _("It depends on {name}, which is not installed.", name=need)
    return Problem([cause], _("Install {name}, or remove this addon.", name=need))


def _blamed(need: str, out: Sequence[Quarantined]) -> str:
    return need if any(each.name == need for each in out) else ""


def _ordered(manifests: Iterable[Manifest]) -> tuple[list[Manifest], list[Manifest]]:
    """Each addon after what it depends on, otherwise by name; and those that wait for each other in a circle.

    An optional addon comes first where that is possible.
    """
    waiting = {m.name: m for m in sorted(manifests, key=lambda m: m.name)}
    ordered: list[Manifest] = []
    while waiting:
        ready = [m for m in waiting.values() if not waiting.keys() & {*m.depends, *m.optional}]
        ready = ready or [m for m in waiting.values() if not waiting.keys() & {*m.depends}][:1]
        if not ready:
            break
        ordered += [waiting.pop(manifest.name) for manifest in ready]
    return ordered, list(waiting.values())


def _entangled(manifest: Manifest, stuck: Sequence[Manifest]) -> tuple[Problem, str]:
    """The problem of an addon in a circle, or behind one; and the name of the one it waits for in that case."""
    depends = {each.name: set(each.depends) for each in stuck}
    circle = [
        name for name in depends if _reaches(manifest.name, name, depends) and _reaches(name, manifest.name, depends)
    ]
    if circle:
        cause = _("These addons depend on each other in a circle: {names}.", names=listed(circle))
        return Problem([cause], _("Take one of them out of “depends”, or make it “optional”.")), ""
    need = next(name for name in manifest.depends if name in depends)
    cause = _("It depends on {name}, which cannot be loaded either.", name=need)
    return Problem([cause], _("Put {name} right; this one then comes back by itself.", name=need)), need


def _reaches(start: str, goal: str, depends: Mapping[str, set[str]]) -> bool:
    seen: set[str] = set()
    queue = list(depends[start])
    while queue:
        name = queue.pop()
        if name == goal:
            return True
        if name in depends and name not in seen:
            seen.add(name)
            queue += depends[name]
    return False
