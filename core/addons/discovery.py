"""Finding addons, without importing any: those that come with the product, folders, and installed packages."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from pathlib import Path

from core.addons.manifest import FILE, Manifest, ManifestError
from core.addons.origin import FOLDERS
from core.addons.problems import Problem, Quarantined
from core.i18n import Text, _

GROUP = "ninekcrm.addons"
"""The entry points that name the import packages of addons."""

BUNDLED = Path(__file__).resolve().parents[2] / FOLDERS
ESSENTIAL = frozenset({"base"})
"""The addons without which nobody could administer the site: always on, and loaded in safe mode."""

CORRECT_IT = _("Correct addon.toml; the reference says what its keys mean.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an addon is: its folder, and the package that it is imported as."""

    folder: Path
    package: str

    @property
    def name(self) -> str:
        """What the addon is called as long as its addon.toml has not been read."""
        return self.package.rpartition(".")[2]


def find(folders: Iterable[Path] = ()) -> tuple[list[Manifest], list[Quarantined]]:
    """The manifests of all addons that are there, and those that cannot even be told by theirs.

    Of two addons of one name the first counts: one of the product, of the folders in their order, of a package.
    """
    manifests: dict[str, Manifest] = {}
    broken: list[Quarantined] = []
    for place in _places(folders):
        try:
            manifest = Manifest.read(place.folder, place.package)
        except ManifestError as error:
            broken.append(Quarantined(place.name, Problem(error.complaints, CORRECT_IT), place.folder))
            continue
        problem = _misplaced(manifest, place, manifests)
        if problem is None:
            manifests[manifest.name] = manifest
        else:
            broken.append(refused(manifest, problem))
    return list(manifests.values()), broken + list(_lost_packages())


def refused(manifest: Manifest, problem: Problem, because_of: str = "") -> Quarantined:
    """The addon, to be left out for this reason."""
    return Quarantined(manifest.name, problem, manifest.path, manifest.title, manifest.version, because_of)


def _places(folders: Iterable[Path]) -> Iterator[Place]:
    for folder in (BUNDLED, *folders):
        for file in sorted(folder.glob(f"*/{FILE}")):
            yield Place(file.parent, f"{FOLDERS}.{file.parent.name}")
    for package in _packages():
        where = _folder_of(package)
        if where is not None:
            yield Place(where, package)


def _packages() -> list[str]:
    return sorted({entry.value.partition(":")[0] for entry in entry_points(group=GROUP)})


def _lost_packages() -> Iterator[Quarantined]:
    for package in _packages():
        if _folder_of(package) is None:
            cause = _(
                "An installed package names {package} as an addon, but there is no such package.", package=package
            )
            remedy = _("Install the package again, or uninstall it.")
            yield Quarantined(package.rpartition(".")[2], Problem([cause], remedy), Path())


def _folder_of(package: str) -> Path | None:
    """The package's folder. Unlike `importlib.util.find_spec`, this does not import what it lies in."""
    places: list[str] | None = None
    name = ""
    for part in package.split("."):
        name = f"{name}.{part}" if name else part
        spec = _spec(name, places)
        if spec is None or spec.submodule_search_locations is None:
            return None
        places = list(spec.submodule_search_locations)
    return Path(places[0]) if places else None


def _spec(name: str, places: list[str] | None) -> ModuleSpec | None:
    found = (finder.find_spec(name, places) for finder in sys.meta_path)
    return next((spec for spec in found if spec is not None), None)


def _misplaced(manifest: Manifest, place: Place, known: dict[str, Manifest]) -> Problem | None:
    if manifest.name in known:
        there: Text = _(
            "There is another addon {name} already, in {path}.", name=manifest.name, path=known[manifest.name].path
        )
        return Problem([there], _("Remove one of the two."))
    is_folder = place.package.startswith(f"{FOLDERS}.")
    if is_folder and manifest.name != place.name:
        cause = _("Its folder is called {folder}, its name is {name}.", folder=place.name, name=manifest.name)
        return Problem([cause], _("Rename the folder, or the addon as long as nobody has used it."))
    return None
