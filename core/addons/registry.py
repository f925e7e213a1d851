"""Everything that the installed addons contribute, collected once per process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy.orm import configure_mappers

from core.addons.boot import NOBODY, Plan, Trial, plan
from core.addons.composition import Composition
from core.addons.implementations import Implementations
from core.addons.loading import PARTS, import_core_models, import_part, make_importable
from core.addons.manifest import Manifest
from core.addons.origin import claim
from core.addons.problems import Quarantined
from core.i18n import load_catalogues
from core.orm.lists import ListSpec
from core.orm.model import Model, finish_tables
from core.records import Records

S = TypeVar("S")


class Addon:
    """An installed addon: its manifest and its modules."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest, self.name = manifest, manifest.name
        self.modules: dict[str, ModuleType] = {}

    def contributed(self, part: str, name: str, default: Any) -> Any:
        """A module-level value of the addon, `default` where it has none."""
        return getattr(self.modules.get(part), name, default)


class Registry:
    """The installed addons in dependency order, and what each declares. `quarantined` are there and not loaded."""

    def __init__(self, addons: Sequence[Addon], quarantined: Sequence[Quarantined] = ()) -> None:
        self.addons, self.quarantined = list(addons), tuple(quarantined)
        self.hooks = Implementations(self.addons)
        self.services = Composition()
        for addon in self.addons:
            if "services" in addon.modules:
                self.services.take(addon.name, addon.modules["services"])

    @classmethod
    def discover(
        cls,
        folders: Sequence[Path] = (),
        *,
        only: frozenset[str] | None = None,
        without: frozenset[str] = NOBODY,
        trial: Trial | None = None,
    ) -> Registry:
        """Finds, orders and imports the addons that come with the product, those in `folders`, installed packages.

        With `only`, all others are left out, as if they were not installed; so are those in `without`. `trial` tries
        them before; without it, whatever is wrong with one is raised here.
        """
        return cls.load(plan(folders, only=only, without=without, trial=trial), folders)

    @classmethod
    def load(cls, chosen: Plan, folders: Sequence[Path] = ()) -> Registry:
        """Imports the addons of the plan, and maps their models."""
        make_importable(folders)
        addons = [Addon(manifest) for manifest in chosen.addons]
        for addon in addons:
            claim(addon.manifest.package, addon.name, addon.manifest.depends)
        import_core_models()
        for part in PARTS:
            for addon in addons:
                module = import_part(addon.manifest.package, part)
                if module is not None:
                    addon.modules[part] = module
        configure_mappers()
        finish_tables()
        here = Path(__file__).resolve().parents[1]
        load_catalogues([here / "translations", *(a.manifest.path / "translations" for a in addons)])
        return cls(addons, chosen.quarantined)

    def addon(self, name: str) -> Addon:
        """The installed addon of that name. Raises `KeyError`."""
        return {addon.name: addon for addon in self.addons}[name]

    def enabled(self, stored: Mapping[str, bool]) -> frozenset[str]:
        """The addons that are on: as `stored` says, else as their manifests do, with all that they depend on."""
        found: set[str] = set()
        for addon in self.addons:
            wanted = stored.get(addon.name, addon.manifest.enabled_by_default)
            if wanted and found.issuperset(addon.manifest.depends):
                found.add(addon.name)
        return frozenset(found)

    def lists(self) -> list[ListSpec]:
        """The editable lists that the installed addons declare."""
        return [spec for addon in self.addons for spec in addon.contributed("lists", "LISTS", ())]

    def pages(self, enabled: frozenset[str]) -> list[tuple[str, Any]]:
        """(addon, node) of every page contribution of the enabled addons, in dependency order."""
        return [
            (addon.name, node)
            for addon in self.addons
            if addon.name in enabled
            for node in addon.contributed("pages", "PAGES", ())
        ]

    def records_class(self, model: type[Model]) -> type[Records[Any]]:
        """The service of a model: the addon's own, or core's plain one."""
        return self.services.records_class(model)

    def composed(self, cls: type[S], enabled: frozenset[str]) -> type[S]:
        """The service class with the enabled addons' extensions in front of it; made once per set."""
        return self.services.composed(cls, enabled)
