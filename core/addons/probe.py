"""The throw-away process in which addons are imported and mapped before any process of the site does it.

`python -m core.addons.probe FD` reads from standard input which addons, and writes to the file descriptor, a line of
JSON each, which addon it is at and what is wrong with it. It ends with the first that fails: by then half of that
one is mapped, and nothing after it could be trusted. Only `core.addons.trial` starts it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from core.addons.origin import claim
from core.addons.symptoms import problem_of

if TYPE_CHECKING:
    from core.addons.manifest import Manifest
    from core.addons.registry import Addon, Registry

ENDED_BY = (Exception, SystemExit, KeyboardInterrupt)
SKIPPED = frozenset({"__pycache__", "node_modules", "static", "tests"})


def main(report: IO[str], task: Mapping[str, Any]) -> None:
    """Tries the addons of `task` one after the other; tells of each, and stops at the first that fails."""
    from core.addons.loading import import_core_models, make_importable
    from core.addons.manifest import Manifest
    from core.addons.registry import Addon

    folders = [Path(folder) for folder in task["folders"]]
    make_importable(folders)
    import_core_models()
    good: list[Addon] = []
    for place in task["addons"]:
        manifest = Manifest.read(Path(place["path"]), place["package"])
        _tell(report, at=manifest.name)
        addon = Addon(manifest)
        try:
            _examine(addon, good, Path(task["data"]))
        except ENDED_BY as error:
            _tell(report, problem=problem_of(error, manifest).as_json())
            return
        good.append(addon)
    _tell(report, done=True)


def _examine(addon: Addon, good: list[Addon], data: Path) -> None:
    """Does with the addon, beside the good ones, all that the start of a site does. Raises whatever goes wrong."""
    from sqlalchemy.orm import configure_mappers

    from core.addons.loading import PARTS, import_part
    from core.addons.registry import Registry
    from core.orm.model import finish_tables

    manifest = addon.manifest
    for path in python_files(manifest.path):
        # What is imported only in the middle of a request would fail there.
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    claim(manifest.package, manifest.name, manifest.depends)
    for part in PARTS:
        module = import_part(manifest.package, part)
        if module is not None:
            addon.modules[part] = module
    configure_mappers()
    _check_keys(manifest)
    finish_tables()
    _check_files(manifest)
    _check_pages(Registry([*good, addon]), manifest, data)


def python_files(folder: Path) -> Iterator[Path]:
    """The modules below the folder, without tests and what is not the addon's own code."""
    for path in sorted(folder.rglob("*.py")):
        if not SKIPPED.intersection(path.relative_to(folder).parts[:-1]):
            yield path


def _check_keys(manifest: Manifest) -> None:
    """Two models of one key would stand in for each other without a word."""
    from core.addons.symptoms import TakenError
    from core.orm.model import Base, Model

    owners: dict[str, str] = {}
    for model in (mapper.class_ for mapper in Base.registry.mappers):
        if issubclass(model, Model):
            other = owners.setdefault(model.key(), model.__addon__)
            if manifest.name in (other, model.__addon__) and other != model.__addon__:
                raise TakenError(model.key(), other if model.__addon__ == manifest.name else model.__addon__)


def _check_files(manifest: Manifest) -> None:
    from core.i18n import load_catalogues
    from core.orm.migrations import Chain

    load_catalogues([manifest.path / "translations"])
    if (manifest.path / "migrations").is_dir():
        list(Chain(manifest.name, manifest.path / "migrations").script.walk_revisions())


def _check_pages(registry: Registry, manifest: Manifest, data: Path) -> None:
    from core.access.permissions import action_labels, grantables
    from core.config import Settings
    from core.orm.database import make_engine
    from core.pages.catalogue import build
    from core.site import Site
    from core.web.app import create_app

    names = frozenset(addon.name for addon in registry.addons)
    build(registry, names)
    grantables(registry, names)
    action_labels(registry, names)
    registry.lists()
    # Nothing of the installation but its code: no file, no database.
    settings = Settings.load(environ={"NINEKCRM_DATA": str(data)})
    app = create_app(Site(settings, make_engine("sqlite://"), registry))
    templates = manifest.path / "templates"
    for path in sorted(templates.rglob("*.html")):
        app.jinja_env.get_template(f"{manifest.name}/{path.relative_to(templates).as_posix()}")


def _tell(report: IO[str], **line: Any) -> None:
    report.write(json.dumps(line) + "\n")
    report.flush()


def _run() -> NoReturn:
    with os.fdopen(int(sys.argv[1]), "w", encoding="utf-8") as report:
        main(report, json.load(sys.stdin))
    # An addon may have left a thread or an exit handler behind that never ends.
    os._exit(0)


if __name__ == "__main__":
    _run()
